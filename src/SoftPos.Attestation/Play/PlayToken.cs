using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SoftPos.Attestation.Play;

/// <summary>The two keys of an app from its store console, for opening classic and standard tokens without the store's server.</summary>
public sealed class PlayTokenKeys : IDisposable
{
    private const int KeyLength = 32;

    private readonly byte[] _decryption;
    private readonly ECDsa _verification;

    private PlayTokenKeys(byte[] decryption, ECDsa verification)
    {
        _decryption = decryption;
        _verification = verification;
    }

    internal ReadOnlySpan<byte> Decryption => _decryption;

    internal ECDsa Verification => _verification;

    /// <summary>Takes the keys.</summary>
    /// <param name="decryption">AES-256 key, 32 bytes.</param>
    /// <param name="verification">SubjectPublicKeyInfo of a P-256 key.</param>
    /// <param name="keys">The keys, when true.</param>
    public static bool TryCreate(ReadOnlySpan<byte> decryption, ReadOnlySpan<byte> verification, out PlayTokenKeys? keys)
    {
        keys = null;
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(verification, out int read);
            if (decryption.Length == KeyLength && read == verification.Length && key.KeySize == 256)
            {
                keys = new PlayTokenKeys(decryption.ToArray(), key);
                return true;
            }
        }
        catch (CryptographicException)
        {
            // Falls through: the caller learns that these are no keys, never which byte.
        }

        key.Dispose();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_decryption);
        _verification.Dispose();
    }
}

/// <summary>
/// Opens an integrity token: JWE compact (A256KW, A256GCM) around a JWS compact (ES256). Exactly these algorithms; the token is not asked
/// which it would like, and any further header that could change the meaning is refused.
/// </summary>
public static class PlayToken
{
    /// <summary>Genuine tokens are below 4 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    private const int WrappedKeyLength = 40;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int SignatureLength = 64;

    private static readonly string[] OuterHeaders = ["alg", "enc", "kid", "typ", "cty"];
    private static readonly string[] InnerHeaders = ["alg", "kid", "typ"];

    /// <summary>Decrypts and verifies.</summary>
    /// <param name="token">The token as the phone sent it.</param>
    /// <param name="keys">Keys of the app.</param>
    /// <param name="payload">JSON of the verdict, when there is no problem.</param>
    /// <param name="problem">Why it is not genuine, otherwise.</param>
    public static bool TryOpen(string token, PlayTokenKeys keys, out ReadOnlyMemory<byte> payload, out AttestationProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(keys);
        payload = default;
        if (token.Length > MaxLength)
        {
            problem = Refuse("play.token.size", $"longer than {MaxLength} characters");
            return false;
        }

        string[] parts = token.Split('.');
        if (parts.Length != 5 || !parts.All(IsCanonical))
        {
            problem = Refuse("play.token.form", "not a compact JWE of five base64url parts");
            return false;
        }

        byte[]? signed = Decrypt(parts, keys.Decryption);
        if (signed is null)
        {
            problem = Refuse("play.token.decrypt", "not encrypted by A256KW and A256GCM under this app's key");
            return false;
        }

        if (!TryVerify(Encoding.ASCII.GetString(signed), keys.Verification, out payload))
        {
            problem = Refuse("play.token.signature", "not signed by ES256 under this app's key");
            return false;
        }

        problem = null;
        return true;
    }

    private static byte[]? Decrypt(string[] parts, ReadOnlySpan<byte> key)
    {
        byte[] wrapped = Base64Url.DecodeFromChars(parts[1]);
        byte[] nonce = Base64Url.DecodeFromChars(parts[2]);
        byte[] tag = Base64Url.DecodeFromChars(parts[4]);
        if (!HasHeader(parts[0], OuterHeaders, ("alg", "A256KW"), ("enc", "A256GCM"))
            || wrapped.Length != WrappedKeyLength || nonce.Length != NonceLength || tag.Length != TagLength)
        {
            return null;
        }

        Span<byte> content = stackalloc byte[AesKeyWrap.ContentKeyLength];
        if (!AesKeyWrap.TryUnwrap(key, wrapped, content))
        {
            return null;
        }

        try
        {
            return DecryptContent(content, nonce, Base64Url.DecodeFromChars(parts[3]), tag, Encoding.ASCII.GetBytes(parts[0]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>A256GCM with a 96-bit nonce and a whole tag (RFC 7518, 5.3); null when the tag does not hold.</summary>
    internal static byte[]? DecryptContent(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> associated)
    {
        if (key.Length != AesKeyWrap.ContentKeyLength || nonce.Length != NonceLength || tag.Length != TagLength)
        {
            return null;
        }

        byte[] plain = new byte[encrypted.Length];
        try
        {
            using AesGcm gcm = new(key, TagLength);
            gcm.Decrypt(nonce, encrypted, tag, plain, associated);
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Base64url without padding, blanks or spare bits: one token has one spelling, since its hash marks it as used.</summary>
    private static bool IsCanonical(string part) =>
        Base64Url.IsValid(part) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(part)) == part;

    internal static bool TryVerify(string signed, ECDsa key, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        string[] parts = signed.Split('.');
        if (parts.Length != 3 || !parts.All(IsCanonical) || !HasHeader(parts[0], InnerHeaders, ("alg", "ES256")))
        {
            return false;
        }

        byte[] signature = Base64Url.DecodeFromChars(parts[2]);
        byte[] message = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        if (signature.Length != SignatureLength || !key.VerifyData(
            message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        payload = Base64Url.DecodeFromChars(parts[1]);
        return true;
    }

    private static bool HasHeader(string part, string[] allowed, params ReadOnlySpan<(string Name, string Value)> wanted)
    {
        try
        {
            using JsonDocument header = JsonDocument.Parse(
                Base64Url.DecodeFromChars(part), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (header.RootElement.ValueKind is not JsonValueKind.Object
                || header.RootElement.EnumerateObject().Any(member => !allowed.Contains(member.Name)))
            {
                return false;
            }

            foreach ((string name, string value) in wanted)
            {
                if (!header.RootElement.TryGetProperty(name, out JsonElement member) || member.ValueKind is not JsonValueKind.String
                    || member.GetString() != value)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second comes from a text that is not UTF-8.
            return false;
        }
    }

    private static AttestationProblem Refuse(string rule, string detail) => new(rule, Contract.ReasonCodes.PlayTokenInvalid, detail);
}
