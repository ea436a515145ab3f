using Android.Content;
using Android.Runtime;
using SoftPos.Terminal;
using SoftPos.Terminal.Android;
using SoftPos.Terminal.Links;

namespace SoftPos.Merchant;

/// <summary>
/// The one door for others: links of this deployment and payment requests of apps that it knows. What comes in is validated and fills a screen;
/// the merchant decides there. The result goes back to the app that started it for a result, and to nobody else.
/// </summary>
[Register("org.opensoftpos.merchant.EntryActivity")]
public sealed class EntryActivity : MerchantActivity
{
    private const int MaxExtras = 16;

    /// <inheritdoc/>
    public override void Return(string reference, PaymentResult? result)
    {
        using Intent answer = new();
        answer.PutExtra("reference", reference);
        if (result is not null)
        {
            answer.PutExtra("paymentId", result.PaymentId.ToString());
            answer.PutExtra("outcome", result.Outcome.ToString());
            answer.PutExtra("reason", result.Reason.Code);
        }

        SetResult(result is null ? Result.Canceled : Result.Ok, answer);
        Finish();
    }

    /// <inheritdoc/>
    protected override void OnNewIntent(Intent? intent)
    {
        // A second request while one is on the screen is not taken: what the merchant sees must be what was asked.
        base.OnNewIntent(null);
    }

    /// <inheritdoc/>
    protected override AppRequestReading? ReadRequest()
    {
        AppRequestReader reader = new(AndroidFiles.ReadDeployment(this).Links);
        if (Intent is not { } intent)
        {
            return null;
        }

        if (intent.Action == AppRequestReader.ViewAction)
        {
            return reader.ReadLink(intent.DataString);
        }

        Caller caller = new(CallingPackage, PackageSigners.Of(this, CallingPackage));
        return reader.ReadIntent(intent.Action, intent.DataString, ExtrasOf(intent), caller);
    }

    /// <summary>Names of all extras, and the values of those with a type that may be: nothing else is unpacked.</summary>
    private static Dictionary<string, object?> ExtrasOf(Intent intent)
    {
        Dictionary<string, object?> extras = new(StringComparer.Ordinal);
        foreach (string name in (intent.Extras?.KeySet() ?? []).Take(MaxExtras))
        {
            extras[name] = name == "amountMinor"
                ? intent.GetLongExtra(name, 0)
                : intent.GetStringExtra(name);
        }

        return extras;
    }
}
