using System.Security.Cryptography;

namespace SoftPos.Iso8583;

/// <summary>Computes a MAC over bytes: 8 bytes, or 4 which are then followed by zeros.</summary>
public delegate byte[] MacFunction(ReadOnlySpan<byte> covered);

/// <summary>
/// The message authentication code in the last field: DE 64, or DE 128 when a field above 64 is present. It covers the message type up to
/// the byte before the MAC, with the MAC's own bit set in the bitmap; a header of the dialect is not covered.
/// </summary>
public static class MessageMac
{
    private const int Length = 8;

    /// <summary>The field that carries the MAC of a message.</summary>
    public static int FieldFor(FieldSet fields) => fields.Next(64) > 0 ? 128 : 64;

    /// <summary>Encodes a message with its MAC, which replaces any DE 64 and DE 128.</summary>
    /// <exception cref="Iso8583Exception">The dialect has no such field of eight bytes, or the message cannot be encoded.</exception>
    public static byte[] Seal(Iso8583Message message, MacFunction mac)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(mac);
        message.Remove(64);
        message.Remove(128);
        int field = FieldFor(message.Fields);
        message.Set(field, new byte[Length]);
        byte[] bytes = message.Encode();
        int macBytes = message.Dialect.Fields[field]!.WireLength(Length);
        int start = message.Dialect.Header is { } header ? FieldWriter.WireLength(message.HeaderLength, header) : 0;
        message.Set(field, Widened(mac(bytes.AsSpan(start, bytes.Length - start - macBytes))));
        FieldWriter.Write(message.Content(field).Span, message.Dialect.Fields[field]!, bytes.AsSpan(bytes.Length - macBytes));
        return bytes;
    }

    /// <summary>Checks the MAC of a message. False also when there is none, when both fields are there, or when it is not the last field.</summary>
    public static bool Verify(Iso8583View message, MacFunction mac)
    {
        ArgumentNullException.ThrowIfNull(mac);
        int field = message.Has(128) ? 128 : 64;
        if (!message.Has(field) || (message.Has(64) && message.Has(128)) || message.Fields.Next(field) != 0 || message.LengthOf(field) != Length)
        {
            return false;
        }

        Span<byte> given = stackalloc byte[Length];
        message.CopyContent(field, given);
        byte[] expected = Widened(mac(message.Message[message.TypeOffset..message.OffsetOf(field)]));
        return CryptographicOperations.FixedTimeEquals(given, expected);
    }

    private static byte[] Widened(byte[] mac)
    {
        if (mac.Length is not (4 or Length))
        {
            throw new ArgumentException("a MAC has 4 or 8 bytes", nameof(mac));
        }

        byte[] widened = new byte[Length];
        mac.CopyTo(widened, 0);
        return widened;
    }
}
