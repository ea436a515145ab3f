using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Iso7816;

/// <summary>A command APDU (ISO 7816-4). <see cref="ToString"/> shows the header only.</summary>
public sealed class CommandApdu
{
    /// <summary>Longest data field of a short command.</summary>
    public const int MaxShortData = 255;

    /// <summary>Longest data field of an extended command.</summary>
    public const int MaxExtendedData = 65535;

    /// <summary>Makes a command.</summary>
    /// <param name="cla">Class.</param>
    /// <param name="ins">Instruction.</param>
    /// <param name="p1">First parameter.</param>
    /// <param name="p2">Second parameter.</param>
    /// <param name="data">Data field; at most 65535 bytes.</param>
    /// <param name="le">Expected length, 1–65536; null for none. 256 is sent as 00.</param>
    public CommandApdu(byte cla, byte ins, byte p1, byte p2, ReadOnlyMemory<byte> data = default, int? le = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxExtendedData, nameof(data));
        if (le is { } expected)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(expected, 1, nameof(le));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(expected, 65536, nameof(le));
        }

        (Cla, Ins, P1, P2, Data, Le) = (cla, ins, p1, p2, data, le);
    }

    /// <summary>Class.</summary>
    public byte Cla { get; }

    /// <summary>Instruction.</summary>
    public byte Ins { get; }

    /// <summary>First parameter.</summary>
    public byte P1 { get; }

    /// <summary>Second parameter.</summary>
    public byte P2 { get; }

    /// <summary>Data field; empty for none.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Expected length of the response data, or null.</summary>
    public int? Le { get; }

    /// <summary>Parses any of the four cases, short or extended.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CommandApdu? command)
    {
        command = null;
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length < 4)
        {
            return false;
        }

        ReadOnlyMemory<byte> data = default;
        int? le = null;
        ReadOnlySpan<byte> body = span[4..];
        if (body.Length == 1)
        {
            le = ShortLe(body[0]);
        }
        else if (body.Length > 1 && body[0] != 0)
        {
            if (body.Length != 1 + body[0] && body.Length != 2 + body[0])
            {
                return false;
            }

            data = bytes.Slice(5, body[0]);
            le = body.Length == 2 + body[0] ? ShortLe(body[^1]) : null;
        }
        else if (body.Length == 3)
        {
            le = ExtendedLe(body[1..]);
        }
        else if (body.Length > 3)
        {
            int length = (body[1] << 8) | body[2];
            if (length == 0 || (body.Length != 3 + length && body.Length != 5 + length))
            {
                return false;
            }

            data = bytes.Slice(7, length);
            le = body.Length == 5 + length ? ExtendedLe(body[^2..]) : null;
        }
        else if (body.Length != 0)
        {
            return false;
        }

        command = new CommandApdu(span[0], span[1], span[2], span[3], data, le);
        return true;
    }

    /// <summary>The same command with another Le.</summary>
    public CommandApdu WithLe(int? le) => new(Cla, Ins, P1, P2, Data, le);

    /// <summary>The bytes to send; the extended form only where the short one does not hold the lengths.</summary>
    public byte[] ToArray()
    {
        bool extended = Data.Length > MaxShortData || Le > 256;
        int lengthOfLc = Data.IsEmpty ? 0 : extended ? 3 : 1;
        int lengthOfLe = Le is null ? 0 : extended ? (Data.IsEmpty ? 3 : 2) : 1;
        byte[] bytes = new byte[4 + lengthOfLc + Data.Length + lengthOfLe];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (Cla, Ins, P1, P2);
        int at = 4;
        if (extended && (lengthOfLc > 0 || lengthOfLe == 3))
        {
            at++;
        }

        if (lengthOfLc == 3)
        {
            bytes[at++] = (byte)(Data.Length >> 8);
        }

        if (lengthOfLc > 0)
        {
            bytes[at++] = (byte)(Data.Length & 0xFF);
            Data.Span.CopyTo(bytes.AsSpan(at));
            at += Data.Length;
        }

        if (Le is { } le)
        {
            if (extended)
            {
                bytes[at++] = (byte)((le >> 8) & 0xFF);
            }

            bytes[at] = (byte)(le & 0xFF);
        }

        return bytes;
    }

    /// <summary>Header, data length and Le; never the data.</summary>
    public override string ToString() => $"{Cla:X2}{Ins:X2}{P1:X2}{P2:X2} Lc={Data.Length} Le={Le}";

    private static int ShortLe(byte le) => le == 0 ? 256 : le;

    private static int ExtendedLe(ReadOnlySpan<byte> le) => ((le[0] << 8) | le[1]) is var value && value == 0 ? 65536 : value;
}
