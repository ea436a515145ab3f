using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace SoftPos.Storage;

/// <summary>Public half of a note key: name, key ID and Ed25519 key (C2SP signed-note). The platform has no Ed25519; BouncyCastle has.</summary>
public sealed class NoteVerifier
{
    /// <summary>Signature type of a note under Ed25519.</summary>
    internal const byte NoteType = 0x01;

    /// <summary>Signature type of a witness's cosignature with its time.</summary>
    internal const byte CosignatureType = 0x04;

    private const int KeyLength = 32;
    private readonly byte[] _publicKey;

    internal NoteVerifier(string name, byte type, byte[] publicKey)
    {
        Name = name;
        Type = type;
        _publicKey = publicKey;
        byte[] hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), 0x0A, type, .. publicKey]);
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>Name, such as <c>example.org/log</c>.</summary>
    public string Name { get; }

    /// <summary>First four bytes of SHA-256 over name, type and key.</summary>
    public uint KeyId { get; }

    internal byte Type { get; }

    /// <summary>Reads <c>name+keyid+base64</c>.</summary>
    /// <returns>False when the text is no verifier key of a kind that is known here, or its key ID is not its own.</returns>
    public static bool TryParse(string text, out NoteVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(text);
        verifier = null!;
        string[] parts = text.Trim().Split('+', 3);
        byte[] key = new byte[KeyLength + 1];
        if (parts.Length != 3 || !IsName(parts[0]) || !Convert.TryFromBase64String(parts[2], key, out int length) || length != key.Length
            || key[0] is not (NoteType or CosignatureType))
        {
            return false;
        }

        NoteVerifier read = new(parts[0], key[0], key[1..]);
        if (!string.Equals(parts[1], read.KeyId.ToString("x8", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            return false;
        }

        verifier = read;
        return true;
    }

    /// <summary>The text form, <c>name+keyid+base64</c>.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([Type, .. _publicKey])}");

    /// <summary>Whether the payload of a signature line (after the key ID) signs the text.</summary>
    internal bool Verify(string text, ReadOnlySpan<byte> payload)
    {
        if (Type == NoteType)
        {
            return payload.Length == Ed25519PrivateKeyParameters.SignatureSize && VerifyBytes(Encoding.UTF8.GetBytes(text), payload);
        }

        return payload.Length == sizeof(ulong) + Ed25519PrivateKeyParameters.SignatureSize
            && VerifyBytes(Encoding.UTF8.GetBytes(CosignedText(text, BinaryPrimitives.ReadUInt64BigEndian(payload))), payload[sizeof(ulong)..]);
    }

    internal static bool IsName(string name) =>
        name.Length > 0 && !name.Any(static letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter == '+');

    internal static string CosignedText(string text, ulong seconds) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}");

    private bool VerifyBytes(byte[] message, ReadOnlySpan<byte> signature)
    {
        Ed25519Signer signer = new();
        signer.Init(forSigning: false, new Ed25519PublicKeyParameters(_publicKey));
        signer.BlockUpdate(message, 0, message.Length);
        return signer.VerifySignature(signature.ToArray());
    }
}

/// <summary>Private half of a note key. Holds its seed until it is disposed.</summary>
public sealed class NoteSigner : IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedLength = 32;

    private readonly byte[] _seed;

    private NoteSigner(string name, ReadOnlySpan<byte> seed, byte type)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException($"expected {SeedLength} bytes", nameof(seed));
        }

        if (!NoteVerifier.IsName(name))
        {
            throw new ArgumentException("a key name has no blank, no control character and no plus sign", nameof(name));
        }

        _seed = GC.AllocateUninitializedArray<byte>(SeedLength, pinned: true);
        seed.CopyTo(_seed);
        Verifier = new NoteVerifier(name, type, new Ed25519PrivateKeyParameters(_seed).GeneratePublicKey().GetEncoded());
    }

    /// <summary>The public half.</summary>
    public NoteVerifier Verifier { get; }

    /// <summary>A log's key, for its checkpoints.</summary>
    public static NoteSigner ForLog(string name, ReadOnlySpan<byte> seed) => new(name, seed, NoteVerifier.NoteType);

    /// <summary>A witness's key, for its cosignatures; a key of its own.</summary>
    public static NoteSigner ForWitness(string name, ReadOnlySpan<byte> seed) => new(name, seed, NoteVerifier.CosignatureType);

    /// <summary>A signature line for the text.</summary>
    /// <param name="text">Text of a note, ending in a line feed.</param>
    /// <param name="time">Time that a witness states; not used by a log's key.</param>
    public string SignatureLine(string text, DateTimeOffset time)
    {
        byte[] payload;
        if (Verifier.Type == NoteVerifier.NoteType)
        {
            payload = Sign(text);
        }
        else
        {
            ulong seconds = (ulong)time.ToUnixTimeSeconds();
            payload = [.. new byte[sizeof(ulong)], .. Sign(NoteVerifier.CosignedText(text, seconds))];
            BinaryPrimitives.WriteUInt64BigEndian(payload, seconds);
        }

        byte[] line = [.. new byte[sizeof(uint)], .. payload];
        BinaryPrimitives.WriteUInt32BigEndian(line, Verifier.KeyId);
        return $"\u2014 {Verifier.Name} {Convert.ToBase64String(line)}\n";
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_seed);

    private byte[] Sign(string text)
    {
        byte[] message = Encoding.UTF8.GetBytes(text);
        Ed25519Signer signer = new();
        signer.Init(forSigning: true, new Ed25519PrivateKeyParameters(_seed));
        signer.BlockUpdate(message, 0, message.Length);
        return signer.GenerateSignature();
    }
}
