using System.Security.Cryptography;
using System.Text;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Replay;

/// <summary>
/// Takes account data out of a recording: number, track data and name by their tags, the card certificate (which shows the number to anyone
/// who has the public CA key), every response that cannot be parsed, and then the number itself wherever else it stands. Lengths stay, the
/// first six and last four digits too.
/// </summary>
internal sealed class TapMask
{
    /// <summary>Byte of a response that is hidden whole.</summary>
    public const byte Hidden = 0xFF;

    private const int FewestDigits = 8;
    private const int ShownAtStart = 6;
    private const int ShownAtEnd = 4;
    private const int ShortestShown = 13;

    private readonly HashSet<string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<TapStep> _masked = new(ReferenceEqualityComparer.Instance);

    /// <summary>The exception file, as far as it names an account of this tap, with its number hidden like the account's.</summary>
    public IReadOnlySet<string> Mask(IReadOnlySet<string> exceptionFile) =>
        _numbers.Where(exceptionFile.Contains).Select(Hide).ToHashSet(StringComparer.Ordinal);

    /// <summary>Hides this number too, which stands in no response.</summary>
    public void Know(string? number)
    {
        if (number is { Length: >= FewestDigits })
        {
            _numbers.Add(number);
        }
    }

    /// <summary>A copy without account data.</summary>
    public TlvMap Mask(TlvMap objects)
    {
        TlvMap copy = objects.Copy();
        foreach ((uint tag, byte[] value) in copy)
        {
            Value(tag, value);
        }

        foreach ((uint tag, byte[] value) in copy.ToArray())
        {
            copy[tag] = Scan(value);
        }

        return copy;
    }

    /// <summary>Masks the steps in place; raw bytes that were replaced are zeroed.</summary>
    public void Apply(List<TapStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            if (!_masked.Contains(steps[i]) && steps[i] is TapStep.Happened { Event: ReaderEvent.CardResponse response } step)
            {
                byte[] raw = response.Bytes.ToArray();
                Response(raw);
                steps[i] = step with { Event = response with { Bytes = raw } };
                Zero(response.Bytes);
            }
        }

        // The number may be known from a later response only, so the search comes last, over everything.
        for (int i = 0; i < steps.Count; i++)
        {
            if (_masked.Contains(steps[i]))
            {
                continue;
            }

            steps[i] = Scan(steps[i]);
            _masked.Add(steps[i]);
        }
    }

    private TapStep Scan(TapStep step) => step switch
    {
        TapStep.Happened { Event: ReaderEvent.CardResponse response } happened =>
            happened with { Event = response with { Bytes = Scan(response.Bytes.ToArray()) } },
        TapStep.Happened { Event: ReaderEvent.TerminalData data } happened => happened with { Event = new ReaderEvent.TerminalData(Mask(data.Objects)) },
        TapStep.Wanted wanted => wanted with
        {
            Effect = new TapEffect(wanted.Effect.Kind, [.. wanted.Effect.Fields.Select(field => new KeyValuePair<string, string>(field.Key, Scan(field.Value)))]),
        },
        _ => step,
    };

    private void Response(byte[] response)
    {
        if (response.Length <= 2)
        {
            return;
        }

        Memory<byte> data = response.AsMemory(0, response.Length - 2);
        if (TlvTree.TryParse(data, out IReadOnlyList<TlvNode> nodes, out _))
        {
            Nodes(nodes, response);
        }
        else
        {
            // Account data may stand anywhere in what cannot be parsed; what stands there now cannot be parsed either.
            data.Span.Fill(Hidden);
        }
    }

    private void Nodes(IReadOnlyList<TlvNode> nodes, byte[] response)
    {
        foreach (TlvNode node in nodes)
        {
            if (IsRemoved(node.Tag))
            {
                Value(node.Tag, response.AsSpan(node.ValueOffset, node.Value.Length));
            }
            else
            {
                Nodes(node.Children, response);
            }
        }
    }

    /// <summary>What is personal under one kernel is nothing that another needs for its decisions: 9F5B.</summary>
    private static bool IsRemoved(uint tag) => SensitiveTags.Contains(tag) || tag is EmvTag.IccCertificate or 0x9F2D or AmericanExpress.Kernel4Tag.MembershipNumber;

    private void Value(uint tag, Span<byte> value)
    {
        if (!IsRemoved(tag))
        {
            return;
        }

        if (tag is EmvTag.Track1)
        {
            // Separators stay, so that the masked track still has the form of one.
            foreach (ref byte letter in value)
            {
                letter = letter is (byte)'^' ? letter : char.IsAsciiDigit((char)letter) ? (byte)'0' : (byte)'X';
            }

            return;
        }

        if (tag is not (EmvTag.Pan or EmvTag.Track2EquivalentData or 0x9F6B))
        {
            value.Clear();
            return;
        }

        string digits = Convert.ToHexString(value);
        int end = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? digits.Length : end;
        if (end >= FewestDigits)
        {
            _numbers.Add(digits[..end]);
        }

        StringBuilder masked = new(Hide(digits[..end]));
        foreach (char letter in digits[end..])
        {
            // Separator and filler stay, so that the masked object still has the form of its kind.
            masked.Append(char.IsAsciiDigit(letter) ? '0' : letter);
        }

        Convert.FromHexString(masked.ToString()).CopyTo(value);
    }

    private byte[] Scan(byte[] bytes) => Convert.FromHexString(Scan(Convert.ToHexString(bytes)));

    /// <summary>Hides every known number in a text of hexadecimal or decimal digits: packed at either half of a byte, or as characters.</summary>
    private string Scan(string text)
    {
        foreach (string number in _numbers)
        {
            string hidden = Hide(number);
            text = text.Replace(number, hidden, StringComparison.Ordinal)
                .Replace(Characters(number), Characters(hidden), StringComparison.Ordinal);
        }

        return text;
    }

    private static string Characters(string digits) => Convert.ToHexString(Encoding.ASCII.GetBytes(digits));

    private static string Hide(string number) => number.Length < ShortestShown
        ? new string('0', number.Length)
        : number[..ShownAtStart] + new string('0', number.Length - ShownAtStart - ShownAtEnd) + number[^ShownAtEnd..];

    private static void Zero(ReadOnlyMemory<byte> bytes)
    {
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment))
        {
            CryptographicOperations.ZeroMemory(segment);
        }
    }
}
