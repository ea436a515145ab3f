using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Cryptography;

/// <summary>What wrapping may do beyond the house rules.</summary>
public sealed record KeyBlockWrapping
{
    /// <summary>Versions A and C: broken binding of key and header; only for partners that know nothing newer. B and E are allowed with it too.</summary>
    public bool AllowLegacyVersions { get; init; }

    /// <summary>A protection key weaker than the wrapped one.</summary>
    public bool AllowWeakerProtection { get; init; }

    /// <summary>A key whose length does not fit its algorithm; for analysis tools.</summary>
    public bool AllowAnyKeyLength { get; init; }

    /// <summary>Pads to the longest key of the algorithm, so that the block does not tell the length (X9.143).</summary>
    public bool HidesLength { get; init; } = true;
}

/// <summary>Key blocks of X9.143 (TR-31) versions A to D and ISO 20038 version E.</summary>
public static class KeyBlock
{
    /// <summary>Longest wrapped key in bytes: a 4096-bit RSA private key in DER fits, and the block stays within 9999 characters.</summary>
    public const int LongestKey = 4000;

    private const int LengthField = 2;

    /// <summary>Wraps a key. Faults of header or key are the caller's, hence <see cref="ArgumentException"/>.</summary>
    /// <param name="protectionKey">Key block protection key.</param>
    /// <param name="header">Header; a padding block is added where needed.</param>
    /// <param name="key">Key bytes.</param>
    /// <param name="random">Source of the padding.</param>
    /// <param name="wrapping">Exceptions from the house rules; none by default.</param>
    public static string Wrap(
        KeyBlockProtectionKey protectionKey,
        KeyBlockHeader header,
        ReadOnlySpan<byte> key,
        RandomNumberGenerator random,
        KeyBlockWrapping? wrapping = null)
    {
        ArgumentNullException.ThrowIfNull(protectionKey);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(random);
        wrapping ??= new KeyBlockWrapping();
        CheckWrap(protectionKey, header, key, wrapping);
        header = header.Aligned();

        int payloadLength = PayloadLength(header, key.Length, wrapping.HidesLength);
        int headerLength = KeyBlockHeader.FixedLength + header.Options.Sum(option => option.Length);
        int total = headerLength + (payloadLength * 2) + header.MacCharacters;
        if (total > KeyBlockHeader.LongestBlock)
        {
            throw new ArgumentException("the block would be longer than 9999 characters", nameof(key));
        }

        string headerText = header.Text(total);
        byte[] text = GC.AllocateUninitializedArray<byte>(headerLength + payloadLength, pinned: true);
        Encoding.ASCII.GetBytes(headerText, text);
        Span<byte> payload = text.AsSpan(headerLength);
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)(key.Length * 8));
        key.CopyTo(payload[LengthField..]);
        random.GetBytes(payload[(LengthField + key.Length)..]);
        string block = headerText + Seal(protectionKey, header, text, headerLength);
        CryptographicOperations.ZeroMemory(text);
        return block;
    }

    /// <summary>Unwraps a key: parses, derives, deciphers, compares the MAC in constant time, and only then reads what it protects.</summary>
    /// <param name="protectionKey">Key block protection key.</param>
    /// <param name="block">The block.</param>
    /// <param name="content">The key with its header, or null.</param>
    /// <param name="fault">What is wrong, and where. Tell no more than "refused" to a sender.</param>
    /// <param name="anyKeyLength">Accepts authentic keys whose length does not fit their algorithm; for analysis tools.</param>
    public static bool TryUnwrap(
        KeyBlockProtectionKey protectionKey,
        ReadOnlySpan<char> block,
        out KeyBlockContent? content,
        out KeyBlockFault fault,
        bool anyKeyLength = false)
    {
        ArgumentNullException.ThrowIfNull(protectionKey);
        content = null;
        if (!KeyBlockHeader.TryParse(block, out KeyBlockHeader? header, out int headerLength, out fault))
        {
            return false;
        }

        if (!protectionKey.Fits(header!.Version))
        {
            fault = new KeyBlockFault(KeyBlockFaultKind.ProtectionKey, 0);
            return false;
        }

        int payloadLength = (block.Length - headerLength - header.MacCharacters) / 2;
        bool isWhole = header.Version is 'E' || payloadLength % header.BlockLength == 0;
        if (payloadLength < LengthField || (block.Length - headerLength) % 2 != 0 || !isWhole)
        {
            fault = new KeyBlockFault(KeyBlockFaultKind.Payload, headerLength);
            return false;
        }

        byte[] text = GC.AllocateUninitializedArray<byte>(headerLength + payloadLength, pinned: true);
        try
        {
            return TryOpen(protectionKey, header, block, headerLength, text, out fault)
                && TryReadKey(header, text.AsSpan(headerLength), headerLength, anyKeyLength, out content, out fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>True when a key of so many bytes is one of the header's algorithm.</summary>
    public static bool LengthFits(char algorithm, int length) => algorithm switch
    {
        'A' => length is 16 or 24 or 32,
        'T' => length is 16 or 24,
        'D' => length == 8,
        _ => length > 0,
    };

    private static bool TryOpen(
        KeyBlockProtectionKey protectionKey,
        KeyBlockHeader header,
        ReadOnlySpan<char> block,
        int headerLength,
        Span<byte> text,
        out KeyBlockFault fault)
    {
        int macStart = block.Length - header.MacCharacters;
        Span<byte> mac = stackalloc byte[header.MacCharacters / 2];
        Span<byte> payload = text[headerLength..];
        fault = new KeyBlockFault(KeyBlockFaultKind.Payload, headerLength);
        if (!TryHex(block[headerLength..macStart], payload, headerLength, ref fault) || !TryHex(block[macStart..], mac, macStart, ref fault))
        {
            return false;
        }

        Encoding.ASCII.GetBytes(block[..headerLength], text);
        Span<byte> keys = stackalloc byte[2 * DukptDerivation.LongestKey];
        Span<byte> encryption = keys[..protectionKey.Length];
        Span<byte> authentication = keys.Slice(protectionKey.Length, protectionKey.Length);
        protectionKey.DeriveKeys(header.Version, encryption, authentication);
        Span<byte> expected = stackalloc byte[mac.Length];
        bool macsCipherText = header.Version is 'A' or 'C';
        if (macsCipherText)
        {
            KeyBlockCipher.ComputeMac(header.Version, authentication, text, expected);
        }

        ReadOnlySpan<byte> iv = macsCipherText ? text[..8] : mac;
        KeyBlockCipher.Decrypt(header.Version, encryption, iv, payload, payload);
        if (!macsCipherText)
        {
            KeyBlockCipher.ComputeMac(header.Version, authentication, text, expected);
        }

        CryptographicOperations.ZeroMemory(keys);
        bool isAuthentic = CryptographicOperations.FixedTimeEquals(expected, mac);
        fault = isAuthentic ? KeyBlockFault.None : new KeyBlockFault(KeyBlockFaultKind.NotAuthentic, macStart);
        return isAuthentic;
    }

    private static bool TryReadKey(
        KeyBlockHeader header, ReadOnlySpan<byte> payload, int offset, bool anyKeyLength, out KeyBlockContent? content, out KeyBlockFault fault)
    {
        content = null;
        fault = new KeyBlockFault(KeyBlockFaultKind.KeyLength, offset);
        int bits = BinaryPrimitives.ReadUInt16BigEndian(payload);
        int length = bits / 8;
        if (bits % 8 != 0 || length > payload.Length - LengthField || (!anyKeyLength && !LengthFits(header.Algorithm, length)))
        {
            return false;
        }

        fault = KeyBlockFault.None;
        content = new KeyBlockContent(header, payload.Slice(LengthField, length));
        return true;
    }

    /// <summary>Enciphers the payload and computes the MAC; answers both as hexadecimal digits.</summary>
    private static string Seal(KeyBlockProtectionKey protectionKey, KeyBlockHeader header, Span<byte> text, int headerLength)
    {
        Span<byte> keys = stackalloc byte[2 * DukptDerivation.LongestKey];
        Span<byte> encryption = keys[..protectionKey.Length];
        Span<byte> authentication = keys.Slice(protectionKey.Length, protectionKey.Length);
        protectionKey.DeriveKeys(header.Version, encryption, authentication);
        Span<byte> mac = stackalloc byte[header.MacCharacters / 2];
        Span<byte> payload = text[headerLength..];
        if (header.Version is 'A' or 'C')
        {
            KeyBlockCipher.Encrypt(header.Version, encryption, text[..8], payload, payload);
            KeyBlockCipher.ComputeMac(header.Version, authentication, text, mac);
        }
        else
        {
            KeyBlockCipher.ComputeMac(header.Version, authentication, text, mac);
            KeyBlockCipher.Encrypt(header.Version, encryption, mac, payload, payload);
        }

        CryptographicOperations.ZeroMemory(keys);
        return Convert.ToHexString(payload) + Convert.ToHexString(mac);
    }

    private static int PayloadLength(KeyBlockHeader header, int keyLength, bool hidesLength)
    {
        int longest = (hidesLength, header.Algorithm) switch
        {
            (true, 'A') => 32,
            (true, 'T' or 'D') => 24,
            _ => 0,
        };
        int length = LengthField + Math.Max(keyLength, longest);
        return header.Version is 'E' ? LengthField + keyLength : (length + header.BlockLength - 1) / header.BlockLength * header.BlockLength;
    }

    private static void CheckWrap(KeyBlockProtectionKey protectionKey, KeyBlockHeader header, ReadOnlySpan<byte> key, KeyBlockWrapping wrapping)
    {
        header.Check();
        if (header.Version != 'D' && !wrapping.AllowLegacyVersions)
        {
            throw new ArgumentException("only version D is written without the legacy switch", nameof(header));
        }

        if (!protectionKey.Fits(header.Version))
        {
            throw new ArgumentException("the protection key does not fit the version", nameof(protectionKey));
        }

        if ((!wrapping.AllowAnyKeyLength && !LengthFits(header.Algorithm, key.Length)) || key.Length > LongestKey)
        {
            throw new ArgumentException("the key does not fit its algorithm", nameof(key));
        }

        bool isWeaker = header.Algorithm is 'A' && (key.Length > protectionKey.Length || header.BlockLength == 8);
        isWeaker |= header.Algorithm is 'T' && header.BlockLength == 8 && key.Length > protectionKey.Length;
        if (isWeaker && !wrapping.AllowWeakerProtection)
        {
            throw new ArgumentException("the protection key is weaker than the key", nameof(protectionKey));
        }
    }

    private static bool TryHex(ReadOnlySpan<char> digits, Span<byte> bytes, int offset, ref KeyBlockFault fault)
    {
        if (Convert.FromHexString(digits, bytes, out int read, out _) is System.Buffers.OperationStatus.Done)
        {
            return true;
        }

        fault = new KeyBlockFault(KeyBlockFaultKind.Payload, offset + read);
        return false;
    }
}
