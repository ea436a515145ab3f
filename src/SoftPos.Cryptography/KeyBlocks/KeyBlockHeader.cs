using System.Globalization;
using System.Text;

namespace SoftPos.Cryptography;

/// <summary>Header of a key block (X9.143, ISO 20038): says what the wrapped key may do; bound to it by the MAC.</summary>
public sealed record KeyBlockHeader
{
    /// <summary>Characters before the optional blocks.</summary>
    public const int FixedLength = 16;

    /// <summary>The length field has four decimal digits.</summary>
    public const int LongestBlock = 9999;

    private const int MostOptions = 99;

    /// <summary>A, B, C (TDES), D (AES-CBC), E (AES-CTR, ISO 20038).</summary>
    public char Version { get; init; } = 'D';

    /// <summary>Key usage, such as <c>P0</c> (PIN encryption), <c>B0</c> (base derivation key), <c>B1</c> (initial key).</summary>
    public required string Usage { get; init; }

    /// <summary>A AES, T TDES, D DES, H HMAC, R RSA, E elliptic curve, S DSA.</summary>
    public required char Algorithm { get; init; }

    /// <summary>B, C, D, E, G, N, S, T, V, X, Y.</summary>
    public required char ModeOfUse { get; init; }

    /// <summary>Two characters; <c>00</c> unused, <c>c1</c>… a component.</summary>
    public string KeyVersion { get; init; } = "00";

    /// <summary>E under a trusted key, N never, S sensitive.</summary>
    public required char Exportability { get; init; }

    /// <summary>0 as the wrapping key, 1 storage, 2 exchange.</summary>
    public char KeyContext { get; init; } = '0';

    public char Reserved { get; init; } = '0';

    /// <summary>Optional blocks in their order, padding included.</summary>
    public IReadOnlyList<KeyBlockOption> Options { get; init; } = [];

    /// <summary>Cipher block that everything is aligned to: 8 for A, B, C, 16 for D and E.</summary>
    internal int BlockLength => Version is 'D' or 'E' ? 16 : 8;

    /// <summary>Hexadecimal characters of the MAC at the end.</summary>
    internal int MacCharacters => Version switch { 'A' or 'C' => 8, 'B' => 16, _ => 32 };

    /// <summary>Data of the first optional block with this id, or null.</summary>
    public string? Option(string id) => Options.FirstOrDefault(option => option.Id == id)?.Data;

    /// <summary>Parses the header of a whole key block; nothing is authenticated yet.</summary>
    /// <param name="block">The block.</param>
    /// <param name="header">The header, or null.</param>
    /// <param name="headerLength">Characters of the header with its optional blocks.</param>
    /// <param name="fault">What is wrong, and where.</param>
    public static bool TryParse(ReadOnlySpan<char> block, out KeyBlockHeader? header, out int headerLength, out KeyBlockFault fault)
    {
        headerLength = 0;
        header = null;
        fault = CheckFixed(block, isTemplate: false);
        if (fault.Kind is not KeyBlockFaultKind.None || !TryParseFields(block, out header, out headerLength, out fault))
        {
            return false;
        }

        if ((headerLength - FixedLength) % header!.BlockLength == 0)
        {
            return true;
        }

        fault = new KeyBlockFault(KeyBlockFaultKind.OptionalBlockAlignment, headerLength);
        header = null;
        return false;
    }

    /// <summary>
    /// Parses a header that stands for itself, as people write one to wrap a key: its length field and alignment are not looked at, and its
    /// padding block is left out, for wrapping adds one.
    /// </summary>
    public static bool TryParseTemplate(ReadOnlySpan<char> text, out KeyBlockHeader? header, out int headerLength, out KeyBlockFault fault)
    {
        headerLength = 0;
        header = null;
        fault = CheckFixed(text, isTemplate: true);
        if (fault.Kind is not KeyBlockFaultKind.None || !TryParseFields(text, out header, out headerLength, out fault))
        {
            return false;
        }

        header = header! with { Options = [.. header.Options.Where(option => option.Id != KeyBlockOption.Padding)] };
        return true;
    }

    private static bool TryParseFields(ReadOnlySpan<char> block, out KeyBlockHeader? header, out int headerLength, out KeyBlockFault fault)
    {
        header = null;
        headerLength = 0;
        fault = KeyBlockFault.None;
        int count = (block[12] - '0') * 10 + block[13] - '0';
        List<KeyBlockOption> options = new(count);
        int at = FixedLength;
        for (int i = 0; i < count; i++)
        {
            int read = KeyBlockOption.Read(block[at..], out KeyBlockOption? option);
            if (option is null)
            {
                fault = new KeyBlockFault(KeyBlockFaultKind.OptionalBlock, at - read - 1);
                return false;
            }

            options.Add(option);
            at += read;
        }

        header = new KeyBlockHeader
        {
            Version = block[0],
            Usage = block[5..7].ToString(),
            Algorithm = block[7],
            ModeOfUse = block[8],
            KeyVersion = block[9..11].ToString(),
            Exportability = block[11],
            KeyContext = block[14],
            Reserved = block[15],
            Options = options,
        };
        headerLength = at;
        return true;
    }

    /// <summary>The header with padding added where the optional blocks do not fill a cipher block.</summary>
    internal KeyBlockHeader Aligned()
    {
        int length = Options.Sum(option => option.Length);
        if (length % BlockLength == 0)
        {
            return this;
        }

        const int ShortestPadding = 4;
        int fill = BlockLength - ((length + ShortestPadding) % BlockLength);
        return this with { Options = [.. Options, new KeyBlockOption(KeyBlockOption.Padding, new string('0', fill % BlockLength))] };
    }

    /// <summary>The text of the header for a block of the given total length.</summary>
    internal string Text(int totalLength)
    {
        StringBuilder text = new(FixedLength);
        text.Append(Version).Append(totalLength.ToString("D4", CultureInfo.InvariantCulture));
        text.Append(Usage).Append(Algorithm).Append(ModeOfUse).Append(KeyVersion).Append(Exportability);
        text.Append(Options.Count.ToString("D2", CultureInfo.InvariantCulture)).Append(KeyContext).Append(Reserved);
        foreach (KeyBlockOption option in Options)
        {
            text.Append(option.Text);
        }

        return text.ToString();
    }

    /// <summary>Throws when a field could not be read back: the caller made the header.</summary>
    internal void Check()
    {
        string characters = $"{Usage}{Algorithm}{ModeOfUse}{KeyVersion}{Exportability}{KeyContext}{Reserved}";
        if (Usage.Length != 2 || KeyVersion.Length != 2 || !KeyBlockOption.IsAlphanumeric(characters) || Version is < 'A' or > 'E')
        {
            throw new ArgumentException("a header field has a wrong length or character");
        }

        if (Options.Count > MostOptions)
        {
            throw new ArgumentException($"more than {MostOptions} optional blocks");
        }

        for (int i = 0; i < Options.Count; i++)
        {
            KeyBlockOption option = Options[i];
            if (option.Id.Length != 2 || !KeyBlockOption.IsAlphanumeric(option.Id) || option.Data.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException("an optional block has a wrong id or character");
            }

            if (option.Id == KeyBlockOption.Padding && i != Options.Count - 1)
            {
                throw new ArgumentException("the padding block stands last");
            }
        }
    }

    private static KeyBlockFault CheckFixed(ReadOnlySpan<char> block, bool isTemplate)
    {
        if (block.Length is < FixedLength or > LongestBlock)
        {
            return new KeyBlockFault(KeyBlockFaultKind.Length, Math.Min(block.Length, LongestBlock));
        }

        if (block[0] is < 'A' or > 'E')
        {
            return new KeyBlockFault(KeyBlockFaultKind.Version, 0);
        }

        bool isNumber = int.TryParse(block[1..5], NumberStyles.None, CultureInfo.InvariantCulture, out int length);
        if (!isNumber || (!isTemplate && length != block.Length))
        {
            return new KeyBlockFault(KeyBlockFaultKind.DeclaredLength, 1);
        }

        for (int i = 5; i < FixedLength; i++)
        {
            if (!char.IsAsciiLetterOrDigit(block[i]))
            {
                return new KeyBlockFault(i is 12 or 13 ? KeyBlockFaultKind.OptionalBlockCount : KeyBlockFaultKind.HeaderCharacter, i);
            }
        }

        return char.IsAsciiDigit(block[12]) && char.IsAsciiDigit(block[13])
            ? KeyBlockFault.None
            : new KeyBlockFault(KeyBlockFaultKind.OptionalBlockCount, 12);
    }
}
