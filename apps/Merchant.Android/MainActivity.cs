using Android.Runtime;
using SoftPos.Terminal;
using SoftPos.Terminal.Links;

namespace SoftPos.Merchant;

/// <summary>The launcher's window. Whatever an intent brings along is not read.</summary>
[Register("org.opensoftpos.merchant.MainActivity")]
public sealed class MainActivity : MerchantActivity
{
    /// <inheritdoc/>
    public override void Return(string reference, PaymentResult? result)
    {
        // Nobody asked.
    }

    /// <inheritdoc/>
    protected override AppRequestReading? ReadRequest() => null;
}
