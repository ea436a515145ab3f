using System.Buffers;
using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// Reads COSE_Sign1 (RFC 9052, 4.2) in the one form that terminals send: tag 18, a protected header of exactly algorithm, content type
/// and key identifier, an empty unprotected one, the payload inside. The platform's COSE library signs, and a test holds the two equal;
/// reading is ours because each heartbeat pays for it, and because everything beyond this form is refused anyway.
/// </summary>
internal static class CoseEnvelope
{
    /// <summary>ECDSA with SHA-256 (RFC 9053, 2.1).</summary>
    private const int Es256 = -7;

    private const int AlgorithmLabel = 1;
    private const int ContentTypeLabel = 3;
    private const int KeyIdLabel = 4;
    private const int SignatureLength = 64;

    /// <summary>Longest Sig_structure that is hashed without an array from the pool.</summary>
    private const int Usual = 2048;

    /// <summary>The longest head of a byte string here: one byte and a 32-bit length.</summary>
    private const int MaxHead = 5;

    /// <summary>Begin of every Sig_structure of four members: array head, text head, "Signature1" (RFC 9052, 4.4).</summary>
    private static ReadOnlySpan<byte> Context =>
        [0x84, 0x6A, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e', (byte)'1'];

    /// <summary>Reads an envelope; the result holds slices of the input. Throws what <see cref="CborReader"/> throws.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> message, out DecodedMessage decoded)
    {
        decoded = default;
        CborReader reader = new(message, CborConformanceMode.Strict);
        if (reader.ReadTag() != (CborTag)18 || reader.ReadStartArray() != 4)
        {
            return false;
        }

        ReadOnlyMemory<byte> header = reader.ReadDefiniteLengthByteString();
        if (reader.ReadStartMap() != 0)
        {
            return false;
        }

        reader.ReadEndMap();
        ReadOnlyMemory<byte> payload = reader.ReadDefiniteLengthByteString();
        ReadOnlyMemory<byte> signature = reader.ReadDefiniteLengthByteString();
        reader.ReadEndArray();
        if (reader.BytesRemaining != 0 || signature.Length != SignatureLength || !TryReadHeader(header, out string type, out byte[] keyId))
        {
            return false;
        }

        decoded = new DecodedMessage(header, type, keyId, payload, signature);
        return true;
    }

    /// <summary>SHA-256 over the Sig_structure: context, protected header, no external data, payload.</summary>
    public static void Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> hash)
    {
        int longest = Context.Length + MaxHead + header.Length + 1 + MaxHead + payload.Length;
        byte[]? rented = longest > Usual ? ArrayPool<byte>.Shared.Rent(longest) : null;
        Span<byte> whole = rented ?? stackalloc byte[Usual];
        Context.CopyTo(whole);
        int at = WriteBytes(whole, Context.Length, header);
        whole[at++] = 0x40;
        at = WriteBytes(whole, at, payload);
        SHA256.HashData(whole[..at], hash);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool TryReadHeader(ReadOnlyMemory<byte> header, out string type, out byte[] keyId)
    {
        (type, keyId) = (string.Empty, []);
        CborReader reader = new(header, CborConformanceMode.Strict);
        if (reader.ReadStartMap() != 3)
        {
            return false;
        }

        int seen = 0;
        while (reader.PeekState() is not CborReaderState.EndMap)
        {
            int label = reader.ReadInt32();
            seen |= 1 << (label & 7);
            switch (label)
            {
                case AlgorithmLabel when reader.ReadInt32() == Es256:
                    break;
                case ContentTypeLabel:
                    type = reader.ReadTextString();
                    break;
                case KeyIdLabel:
                    keyId = reader.ReadDefiniteLengthByteString().ToArray();
                    break;
                default:
                    return false;
            }
        }

        reader.ReadEndMap();
        return reader.BytesRemaining == 0 && seen == ((1 << AlgorithmLabel) | (1 << ContentTypeLabel) | (1 << KeyIdLabel));
    }

    private static int WriteBytes(Span<byte> target, int at, ReadOnlySpan<byte> bytes)
    {
        switch (bytes.Length)
        {
            case < 24:
                target[at++] = (byte)(0x40 + bytes.Length);
                break;
            case <= byte.MaxValue:
                target[at++] = 0x58;
                target[at++] = (byte)bytes.Length;
                break;
            case <= ushort.MaxValue:
                target[at++] = 0x59;
                BinaryPrimitives.WriteUInt16BigEndian(target[at..], (ushort)bytes.Length);
                at += sizeof(ushort);
                break;
            default:
                target[at++] = 0x5A;
                BinaryPrimitives.WriteInt32BigEndian(target[at..], bytes.Length);
                at += sizeof(int);
                break;
        }

        bytes.CopyTo(target[at..]);
        return at + bytes.Length;
    }
}
