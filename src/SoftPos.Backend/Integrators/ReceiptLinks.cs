using System.Buffers.Text;
using System.Security.Cryptography;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>
/// Addresses of receipt pages: the payment's identity and a MAC of 128 bits under a key of the installation, so that nobody guesses one and none
/// has to be stored. The key rests sealed by the key room.
/// </summary>
internal sealed class ReceiptLinks : IDisposable
{
    private const string Setting = "key.receipts.1";
    private const int KeyLength = 32;
    private const int IdentityLength = 16;
    private const int MacLength = 16;

    /// <summary>Characters of a token.</summary>
    private const int TokenLength = 43;

    private readonly byte[] _key;

    private ReceiptLinks(byte[] key) => _key = key;

    public static async Task<ReceiptLinks> OpenAsync(Database database, IKeyRoom keys, CancellationToken cancellation) =>
        new(await new SealedSetting(database, keys, Setting, "key of receipts' addresses").FindOrMakeAsync(KeyLength, cancellation));

    /// <summary>Address of a receipt's page.</summary>
    public Uri AddressOf(Uri backend, Guid paymentId)
    {
        byte[] identity = paymentId.ToByteArray(bigEndian: true);
        return new Uri(backend, "/r/" + Base64Url.EncodeToString([.. identity, .. Mac(identity)]));
    }

    /// <summary>The payment of a token; false for a token that is none of ours.</summary>
    public bool TryRead(string token, out Guid paymentId)
    {
        paymentId = default;
        byte[] bytes = new byte[IdentityLength + MacLength];
        bool read = token.Length == TokenLength && Base64Url.IsValid(token) && Base64Url.TryDecodeFromChars(token, bytes, out int length) && length == bytes.Length;
        if (!read || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(IdentityLength), Mac(bytes.AsSpan(0, IdentityLength))))
        {
            return false;
        }

        paymentId = new Guid(bytes.AsSpan(0, IdentityLength), bigEndian: true);
        return true;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> identity) => HMACSHA256.HashData(_key, identity).AsSpan(0, MacLength);
}
