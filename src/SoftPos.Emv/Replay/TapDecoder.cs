using System.Globalization;
using System.Text;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Replay;

/// <summary>
/// Tells commands and responses in words: data objects by name, data object lists field by field, bits of qualifiers and results. Remembers
/// the lists that the card gave, because a command's data are values without tags.
/// </summary>
internal sealed class TapDecoder(ReaderConfiguration configuration)
{
    /// <summary>Longest value that is shown whole: longer ones are certificates and signatures.</summary>
    private const int LongestShown = 64;

    private const int ShownOfLong = 16;

    private readonly Dictionary<uint, Dol> _lists = [];
    private readonly StringBuilder _chained = new();
    private CommandApdu? _command;

    /// <summary>Kernel of the application that was selected; 0 before there is one.</summary>
    public int Kernel { get; private set; }

    /// <summary>Name and header of a command, and its data below.</summary>
    public (string Text, IReadOnlyList<string> Details) Command(byte[] bytes)
    {
        if (!CommandApdu.TryParse(bytes, out CommandApdu? command))
        {
            return ($"{bytes.Length} bytes that are no command", []);
        }

        if (command is not { Ins: 0xC0 })
        {
            _chained.Clear();
            _command = command;
        }

        if ((command.Cla, command.Ins) == (0x00, 0xA4))
        {
            // From the answer on tags have the meaning of the kernel that the application will run under.
            Kernel = KernelOf(command.Data.Span);
        }

        string header = $"{command.Cla:X2} {command.Ins:X2} {command.P1:X2} {command.P2:X2}";
        return ($"{header}  {Name(command)}", [.. Data(command)]);
    }

    /// <summary>Status and objects of a response.</summary>
    public (string Text, IReadOnlyList<string> Details) Response(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return ($"{bytes.Length} bytes that are no response", []);
        }

        StatusWord status = new((ushort)((bytes.Span[^2] << 8) | bytes.Span[^1]));
        string text = $"{status.Value:X4}  {status.Meaning}, {bytes.Length - 2} bytes of data";
        _chained.Append(Convert.ToHexString(bytes.Span[..^2]));
        if (status.Sw1 == 0x61 || _chained.Length == 0)
        {
            return (text, []);
        }

        byte[] data = Convert.FromHexString(_chained.ToString());
        if (!TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out TlvFault fault))
        {
            return (text, [$"not BER-TLV: {fault}"]);
        }

        List<string> details = [];
        Show(nodes, 0, details);
        return (text, details);
    }

    /// <summary>Data objects of an encoding such as a data record.</summary>
    public IReadOnlyList<string> Objects(string hex)
    {
        List<string> details = [];
        if (TlvTree.TryParse(Convert.FromHexString(hex), out IReadOnlyList<TlvNode> nodes, out _))
        {
            Show(nodes, 0, details);
        }

        return details;
    }

    /// <summary>One object with its name, value and bits.</summary>
    public IEnumerable<string> Object(uint tag, ReadOnlySpan<byte> value) =>
        [ObjectLine(tag, value), .. Bits(tag, value).Select(bit => "  " + bit)];

    private int KernelOf(ReadOnlySpan<byte> name)
    {
        foreach (Combination combination in configuration.Combinations)
        {
            if (name.StartsWith(combination.Aid))
            {
                return combination.Kernel;
            }
        }

        return 0;
    }

    private static string Name(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x00, 0xA4) => command.Data.Span.StartsWith("2PAY"u8) ? "SELECT PPSE" : $"SELECT {Convert.ToHexString(command.Data.Span)}",
        (0x00, 0xC0) => "GET RESPONSE",
        (0x80, 0xA8) => "GET PROCESSING OPTIONS",
        (0x00, 0xB2) => $"READ RECORD, SFI {command.P2 >> 3} record {command.P1}",
        (0x80, 0xCA) => $"GET DATA {command.P1:X2}{command.P2:X2}",
        (0x80, 0xDA) => $"PUT DATA {command.P1:X2}{command.P2:X2}",
        (0x80, 0xAE) => $"GENERATE AC, {(command.P1 >> 6) switch { 0 => "AAC", 1 => "TC", 2 => "ARQC", _ => "RFU" }}{((command.P1 & 0x10) != 0 ? " with CDA" : string.Empty)}",
        (0x80, 0xD0) => "RECOVER AC",
        (0x80, 0xEA) => "EXCHANGE RELAY RESISTANCE DATA",
        (0x80, 0x2A) => "COMPUTE CRYPTOGRAPHIC CHECKSUM",
        (0x84, 0x32) => $"READ DATA {Convert.ToHexString(command.Data.Span)}",
        (0x84, 0x34) => $"WRITE DATA, {(command.P2 == 0x80 ? "more follow" : "the last")}",
        (0x00, 0x82) => "EXTERNAL AUTHENTICATE",
        _ => "issuer command",
    };

    private IEnumerable<string> Data(CommandApdu command)
    {
        ReadOnlyMemory<byte> data = command.Data;
        uint list = (command.Cla, command.Ins) switch
        {
            (0x80, 0xA8) => EmvTag.Pdol,
            (0x80, 0xAE) => EmvTag.Cdol1,
            (0x80, 0xD0) => EmvTag.Drdol,
            (0x80, 0x2A) => Udol,
            _ => 0,
        };
        if (list == EmvTag.Pdol && data.Length >= 2)
        {
            // Template 83 around the values.
            data = TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out _) && nodes is [{ Tag: 0x83 } template] ? template.Value : default;
        }

        if (list != 0 && _lists.TryGetValue(list, out Dol? dol) && dol.TotalLength == data.Length)
        {
            int at = 0;
            foreach (DolEntry entry in dol.Entries)
            {
                foreach (string line in Object(entry.Tag, data.Span.Slice(at, entry.Length)))
                {
                    yield return line;
                }

                at += entry.Length;
            }
        }
        else if (!data.IsEmpty && (command.Cla, command.Ins) is not (0x00, 0xA4) and not (0x80, 0xA8))
        {
            yield return Shown(0, data.Span);
        }
    }

    private const uint Udol = 0x9F69;

    private void Show(IReadOnlyList<TlvNode> nodes, int level, List<string> into)
    {
        string indent = new(' ', level * 2);
        foreach (TlvNode node in nodes)
        {
            if (node.IsConstructed)
            {
                into.Add($"{indent}{TlvTag.Text(node.Tag)}  {TagDictionary.NameOf(node.Tag, Kernel)}");
                Show(node.Children, level + 1, into);
                continue;
            }

            Remember(node);
            foreach (string line in Object(node.Tag, node.Value.Span))
            {
                into.Add(indent + line);
            }
        }
    }

    private void Remember(TlvNode node)
    {
        bool isList = node.Tag is EmvTag.Pdol or EmvTag.Cdol1 or EmvTag.Drdol || (node.Tag is Udol && Kernel == 2);
        if (isList && Dol.TryParse(node.Value.Span, out Dol? dol, out _))
        {
            _lists[node.Tag] = dol;
        }
    }

    private string ObjectLine(uint tag, ReadOnlySpan<byte> value)
    {
        TagInfo? info = TagDictionary.Find(tag, Kernel);
        string text = info?.Format is TagFormat.Text or TagFormat.Alphanumeric && !SensitiveTags.Contains(tag) && !IsPersonal(tag) && IsPrintable(value)
            ? $"  \"{Encoding.ASCII.GetString(value)}\""
            : string.Empty;
        return $"{TlvTag.Text(tag),-4}  {info?.Name ?? "unknown"}: {Shown(tag, value)}{text}";
    }

    private IEnumerable<string> Bits(uint tag, ReadOnlySpan<byte> value)
    {
        switch (tag)
        {
            case EmvTag.Afl:
                return Locator(value);
            case EmvTag.CvmList when CvmList.TryParse(value, out CvmList? list, out _):
                return list.Rules.Select(rule =>
                    $"{rule.Code:X2}{rule.Condition:X2} {rule.MethodText}; {rule.ConditionText}; {(rule.ContinuesOnFailure ? "next rule" : "fail")} if unsuccessful");
            case EmvTag.Pdol or EmvTag.Cdol1 or EmvTag.Drdol when Dol.TryParse(value, out Dol? dol, out _):
                return dol.Entries.Select(entry =>
                    string.Create(CultureInfo.InvariantCulture, $"{TlvTag.Text(entry.Tag),-4}  {TagDictionary.NameOf(entry.Tag, Kernel)}, {entry.Length} bytes"));
            default:
                return BitMeanings.Of(tag, value, Kernel);
        }
    }

    private static List<string> Locator(ReadOnlySpan<byte> value)
    {
        List<string> lines = [];
        for (; value.Length >= 4; value = value[4..])
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"SFI {value[0] >> 3}, records {value[1]} to {value[2]}, {value[3]} of them signed"));
        }

        return lines;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> value)
    {
        foreach (byte octet in value)
        {
            if (octet is < 0x20 or > 0x7E)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tags that hold personal data under one kernel only.</summary>
    private bool IsPersonal(uint tag) => (Kernel, tag) is (4, AmericanExpress.Kernel4Tag.MembershipNumber) or (7, UnionPay.Kernel7Tag.IdentityType);

    private string Shown(uint tag, ReadOnlySpan<byte> value) => IsPersonal(tag) ? new string('*', value.Length * 2)
        : value.Length > LongestShown
        ? string.Create(CultureInfo.InvariantCulture, $"{SensitiveTags.Show(tag, value)[..(ShownOfLong * 2)]}… ({value.Length} bytes)")
        : SensitiveTags.Show(tag, value);
}
