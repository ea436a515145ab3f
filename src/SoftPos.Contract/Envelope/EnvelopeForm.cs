using System.Buffers.Binary;
using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>
/// The one form that each layer of the envelope has, byte by byte (docs/reference/envelope.md). COSE leaves many encodings open; here all
/// but the values is fixed, so that reading is comparing, and what differs in any byte is refused.
/// </summary>
internal static class EnvelopeForm
{
    public const int KeyIdLength = 8;
    public const int IvLength = 12;
    public const int TagLength = 16;
    public const int MacLength = 32;
    public const int TerminalIdLength = 16;

    /// <summary>Protected header of a recipient: algorithm, key identifier, ephemeral key.</summary>
    public const int RecipientHeaderLength = 90;

    /// <summary>Where the key identifier stands in it.</summary>
    public const int KeyIdAt = 6;

    private const int XAt = 23, YAt = 58;

    /// <summary>The longest head of a byte string here: one byte and a 32-bit length.</summary>
    private const int MaxHead = 5;

    /// <summary>{1: 3}: A256GCM (RFC 9053, 4.1).</summary>
    public static ReadOnlySpan<byte> ContentHeader => [0xA1, 0x01, 0x03];

    /// <summary>COSE_Encrypt, tag 96: the content header, and an unprotected one of the IV, label 5.</summary>
    private static ReadOnlySpan<byte> RequestHead => [0xD8, 0x60, 0x84, 0x43, 0xA1, 0x01, 0x03, 0xA1, 0x05, 0x4C];

    /// <summary>One recipient, whose protected header has 90 bytes.</summary>
    private static ReadOnlySpan<byte> RecipientHead => [0x81, 0x83, 0x58, RecipientHeaderLength];

    /// <summary>Nothing unprotected, and no encrypted key: the key is agreed on directly (RFC 9052, 8.5.4).</summary>
    private static ReadOnlySpan<byte> RecipientTail => [0xA0, 0x40];

    /// <summary>{1: -25 (ECDH-ES + HKDF-256, RFC 9053, 6.3.1), 4: 8 bytes …</summary>
    private static ReadOnlySpan<byte> RecipientAlgorithm => [0xA3, 0x01, 0x38, 0x18, 0x04, 0x48];

    /// <summary>… -1: {1: 2 (EC2), -1: 1 (P-256), -2: 32 bytes …</summary>
    private static ReadOnlySpan<byte> EphemeralX => [0x20, 0xA4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20];

    /// <summary>… -3: 32 bytes}}.</summary>
    private static ReadOnlySpan<byte> EphemeralY => [0x22, 0x58, 0x20];

    /// <summary>COSE_Encrypt0, tag 16, with the same headers.</summary>
    private static ReadOnlySpan<byte> AnswerHead => [0xD0, 0x83, 0x43, 0xA1, 0x01, 0x03, 0xA1, 0x05, 0x4C];

    /// <summary>COSE_Mac0, tag 17: {1: 5 (HMAC 256/256, RFC 9053, 3.1), 4: 16 bytes.</summary>
    private static ReadOnlySpan<byte> SenderHead => [0xD1, 0x84, 0x55, 0xA2, 0x01, 0x05, 0x04, 0x50];

    /// <summary>Protected header of the sender's MAC, up to the identity.</summary>
    private static ReadOnlySpan<byte> SenderHeader => SenderHead[3..];

    private static ReadOnlySpan<byte> MacHead => [0x58, MacLength];

    /// <summary>Bytes that a request has beyond its ciphertext, at most.</summary>
    public static int RequestOverhead =>
        RequestHead.Length + IvLength + MaxHead + RecipientHead.Length + RecipientHeaderLength + RecipientTail.Length;

    /// <summary>The protected header of a recipient.</summary>
    public static byte[] RecipientHeader(ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        [.. RecipientAlgorithm, .. keyId, .. EphemeralX, .. x, .. EphemeralY, .. y];

    /// <summary>The ephemeral key's coordinates in a recipient's protected header.</summary>
    public static (byte[] X, byte[] Y) EphemeralOf(ReadOnlySpan<byte> header) => (header.Slice(XAt, 32).ToArray(), header[YAt..].ToArray());

    public static byte[] WriteRequest(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> recipientHeader) =>
        [.. RequestHead, .. iv, .. Head(ciphertext.Length), .. ciphertext, .. RecipientHead, .. recipientHeader, .. RecipientTail];

    public static bool TryReadRequest(
        ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> iv, out ReadOnlySpan<byte> ciphertext, out ReadOnlySpan<byte> recipientHeader)
    {
        iv = ciphertext = recipientHeader = default;
        int at = 0;
        return Take(bytes, ref at, RequestHead)
            && Take(bytes, ref at, IvLength, out iv)
            && TakeString(bytes, ref at, out ciphertext)
            && ciphertext.Length > TagLength
            && Take(bytes, ref at, RecipientHead)
            && Take(bytes, ref at, RecipientHeaderLength, out recipientHeader)
            && bytes[at..].SequenceEqual(RecipientTail)
            && IsRecipientHeader(recipientHeader);
    }

    public static byte[] WriteAnswer(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext) =>
        [.. AnswerHead, .. iv, .. Head(ciphertext.Length), .. ciphertext];

    public static bool TryReadAnswer(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> iv, out ReadOnlySpan<byte> ciphertext)
    {
        iv = ciphertext = default;
        int at = 0;
        return Take(bytes, ref at, AnswerHead)
            && Take(bytes, ref at, IvLength, out iv)
            && TakeString(bytes, ref at, out ciphertext)
            && at == bytes.Length
            && ciphertext.Length > TagLength;
    }

    public static byte[] WriteSender(ReadOnlySpan<byte> terminalId, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> mac) =>
        [.. SenderHead, .. terminalId, 0xA0, .. Head(payload.Length), .. payload, .. MacHead, .. mac];

    public static bool TryReadSender(
        ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> terminalId, out ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> mac)
    {
        terminalId = payload = mac = default;
        int at = 0;
        return Take(bytes, ref at, SenderHead)
            && Take(bytes, ref at, TerminalIdLength, out terminalId)
            && Take(bytes, ref at, [0xA0])
            && TakeString(bytes, ref at, out payload)
            && Take(bytes, ref at, MacHead)
            && Take(bytes, ref at, MacLength, out mac)
            && at == bytes.Length;
    }

    /// <summary>Whether the clear bytes of a request name a sender.</summary>
    public static bool HasSender(ReadOnlySpan<byte> bytes) => bytes.StartsWith(SenderHead[..1]);

    /// <summary>Enc_structure (RFC 9052, 5.3): what the tag of the ciphertext covers beside it.</summary>
    public static byte[] EncStructure(string context, ReadOnlySpan<byte> external)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(3);
        writer.WriteTextString(context);
        writer.WriteByteString(ContentHeader);
        writer.WriteByteString(external);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>MAC_structure (RFC 9052, 6.3).</summary>
    public static byte[] MacStructure(ReadOnlySpan<byte> terminalId, ReadOnlySpan<byte> external, ReadOnlySpan<byte> payload)
    {
        byte[] header = [.. SenderHeader, .. terminalId];
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("MAC0");
        writer.WriteByteString(header);
        writer.WriteByteString(external);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>
    /// COSE_KDF_Context (RFC 9053, 5.2): a key of 256 bits for A256GCM; parties unnamed; the recipient's protected header, in which the
    /// ephemeral key and the key identifier stand; and what tells this key from any other of the same agreement.
    /// </summary>
    public static byte[] KdfContext(ReadOnlySpan<byte> recipientHeader, ReadOnlySpan<byte> other)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteInt32(3);
        for (int party = 0; party < 2; party++)
        {
            writer.WriteStartArray(3);
            writer.WriteNull();
            writer.WriteNull();
            writer.WriteNull();
            writer.WriteEndArray();
        }

        writer.WriteStartArray(3);
        writer.WriteInt32(256);
        writer.WriteByteString(recipientHeader);
        writer.WriteByteString(other);
        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static bool IsRecipientHeader(ReadOnlySpan<byte> header)
    {
        int at = 0;
        return Take(header, ref at, RecipientAlgorithm)
            && Take(header, ref at, KeyIdLength, out _)
            && Take(header, ref at, EphemeralX)
            && Take(header, ref at, 32, out _)
            && Take(header, ref at, EphemeralY)
            && header.Length - at == 32;
    }

    private static bool Take(ReadOnlySpan<byte> bytes, scoped ref int at, ReadOnlySpan<byte> expected)
    {
        bool stands = bytes[at..].StartsWith(expected);
        at += stands ? expected.Length : 0;
        return stands;
    }

    private static bool Take(ReadOnlySpan<byte> bytes, scoped ref int at, int length, out ReadOnlySpan<byte> taken)
    {
        bool stands = bytes.Length - at >= length;
        taken = stands ? bytes.Slice(at, length) : default;
        at += stands ? length : 0;
        return stands;
    }

    /// <summary>A byte string whose length is written as short as it can be.</summary>
    private static bool TakeString(ReadOnlySpan<byte> bytes, scoped ref int at, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        ReadOnlySpan<byte> rest = bytes[at..];
        if (rest.IsEmpty)
        {
            return false;
        }

        (int size, long length) = rest[0] switch
        {
            >= 0x40 and < 0x58 => (1, rest[0] - 0x40L),
            0x58 when rest.Length >= 2 => (2, rest[1]),
            0x59 when rest.Length >= 3 => (3, BinaryPrimitives.ReadUInt16BigEndian(rest[1..])),
            0x5A when rest.Length >= MaxHead => (MaxHead, (long)BinaryPrimitives.ReadUInt32BigEndian(rest[1..])),
            _ => (0, -1L),
        };
        if (length < 0 || length > rest.Length - size || Head((int)length).Length != size)
        {
            return false;
        }

        at += size;
        return Take(bytes, ref at, (int)length, out taken);
    }

    private static byte[] Head(int length)
    {
        switch (length)
        {
            case < 24:
                return [(byte)(0x40 + length)];
            case <= byte.MaxValue:
                return [0x58, (byte)length];
            case <= ushort.MaxValue:
                return [0x59, (byte)(length >> 8), (byte)(length & 0xFF)];
            default:
                byte[] head = new byte[MaxHead];
                head[0] = 0x5A;
                BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), length);
                return head;
        }
    }
}
