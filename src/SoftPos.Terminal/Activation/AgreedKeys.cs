using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>Initial keys as they came out of their key blocks. Disposing zeroes them.</summary>
internal sealed record AgreedKeys(byte[] DataKeyId, byte[] DataKey, byte[] PinKeyId, byte[] PinKey) : IDisposable
{
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(DataKey);
        CryptographicOperations.ZeroMemory(PinKey);
    }

    /// <summary>Shows nothing.</summary>
    public override string ToString() => "agreed keys";
}
