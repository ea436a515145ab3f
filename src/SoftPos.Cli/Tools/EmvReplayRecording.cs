using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary>What a recording tells of the reader that made it: the objects that it sent, and the configuration that sends them again.</summary>
internal static class EmvReplayRecording
{
    /// <summary>No limit: the recording shows what was decided, not what was configured.</summary>
    private const long NoLimit = 999_999_999_999;

    /// <summary>READ RECORD of the record for mag-stripe readers, SFI 1 record 1.</summary>
    private static readonly byte[] MagStripeRecord = [0x00, 0xB2, 0x01, 0x0C];

    /// <summary>Objects that the reader makes itself in each transaction.</summary>
    private static readonly HashSet<uint> MadeByReader =
    [
        EmvTag.Amount, EmvTag.AmountOther, EmvTag.TerminalCountry, EmvTag.Tvr, EmvTag.CurrencyCode, EmvTag.TransactionDate, EmvTag.TransactionType,
        EmvTag.UnpredictableNumber, EmvTag.TransactionTime, EmvTag.TerminalType, EmvTag.CvmResults, EmvTag.TerminalCapabilities, EmvTag.Ttq,
    ];

    /// <summary>
    /// What the recorded reader sent in GET PROCESSING OPTIONS, read by the PDOL before it, and in GENERATE AC, read by the CDOL; the first
    /// value of a tag counts.
    /// </summary>
    public static TlvMap Sent(Transcript transcript)
    {
        TlvMap sent = [];
        Dol? pdol = null;
        Dol? cdol = null;
        foreach (RecordedExchange exchange in transcript.Exchanges)
        {
            if (TlvMap.TryParse(exchange.Response.AsMemory()[..^2], out TlvMap? objects, out _))
            {
                pdol = objects[EmvTag.Pdol] is { } first && Dol.TryParse(first, out Dol? asked, out _) ? asked : pdol;
                cdol = objects[EmvTag.Cdol1] is { } second && Dol.TryParse(second, out Dol? wanted, out _) ? wanted : cdol;
            }

            if (!CommandApdu.TryParse(exchange.Command, out CommandApdu? command))
            {
                continue;
            }

            switch (command.Cla, command.Ins)
            {
                case (0x80, 0xA8) when pdol is not null && command.Data.Length == pdol.TotalLength + 2:
                    Take(pdol, command.Data.Span[2..], sent);
                    break;
                case (0x80, 0xAE) when cdol is not null && command.Data.Length == cdol.TotalLength:
                    Take(cdol, command.Data.Span, sent);
                    break;
            }
        }

        return sent;
    }

    /// <summary>Objects to configure, so that the same values are sent again.</summary>
    public static TlvMap TerminalObjects(TlvMap sent)
    {
        TlvMap objects = [];
        foreach ((uint tag, byte[] value) in sent)
        {
            // Zeros were sent for what the reader did not have; an absent object gives them again.
            if (!MadeByReader.Contains(tag) && value.AsSpan().ContainsAnyExcept((byte)0))
            {
                objects[tag] = value;
            }
        }

        return objects;
    }

    /// <summary>The Mastercard combination: options of the request, else what the recording shows.</summary>
    public static Combination Mastercard(Transcript transcript, TlvMap sent, JsonNode? options, IReadOnlyList<TransactionKind> kinds)
    {
        Combination combination = new()
        {
            Aid = Convert.FromHexString("A000000004"),
            KernelId = [2],
            Kinds = kinds,
            Kernel2 = options is null ? Recorded(transcript, sent) : Configured(options),
        };
        return combination with { TransactionLimit = combination.Kernel2.TransactionLimit is null ? NoLimit : null };
    }

    private static Kernel2Options Recorded(Transcript transcript, TlvMap sent)
    {
        Tvr tvr = sent[EmvTag.Tvr] is { Length: 5 } recorded ? Tvr.FromBytes(recorded) : default;
        Kernel2Options options = new()
        {
            TransactionLimit = NoLimit,
            FloorLimit = tvr.Has(Tvr.FloorLimitExceeded) ? 0 : NoLimit,
            CvmLimit = NoLimit,
            RelayResistance = transcript.Exchanges.Any(exchange => exchange.Command is [0x80, 0xEA, ..]),
            SkipMagStripeRecord = !transcript.Exchanges.Any(exchange => exchange.Command.AsSpan().StartsWith(MagStripeRecord)),
        };
        return sent[EmvTag.TerminalCapabilities] is { Length: 3 } capabilities
            ? options with
            {
                CardDataInput = capabilities[0],
                CvmCapabilityRequired = capabilities[1],
                CvmCapabilityNotRequired = capabilities[1],
                SecurityCapability = capabilities[2],
            }
            : options;
    }

    private static Kernel2Options Configured(JsonNode options)
    {
        JsonObject document = new()
        {
            ["version"] = "replay",
            ["environment"] = "lab",
            ["terminal"] = new JsonObject { ["country"] = 1, ["currency"] = 1 },
            ["combinations"] = new JsonArray(new JsonObject
            {
                ["aid"] = "A000000004",
                ["kernel"] = "02",
                ["transactions"] = new JsonArray("purchase"),
                ["transactionLimit"] = NoLimit,
                ["kernel2"] = options.DeepClone(),
            }),
        };
        return ReaderConfigurationReader.TryRead(
            Encoding.UTF8.GetBytes(document.ToJsonString()), "kernel2", out ReaderConfiguration? read, out IReadOnlyList<ConfigurationFault> faults)
            ? read.Combinations[0].Kernel2
            : throw new ToolException("kernel2", string.Join("; ", faults.Select(fault => $"{fault.Path}: {fault.Rule}")));
    }

    private static void Take(Dol list, ReadOnlySpan<byte> values, TlvMap into)
    {
        int at = 0;
        foreach (DolEntry entry in list.Entries)
        {
            into.TryAdd(entry.Tag, values.Slice(at, entry.Length).ToArray());
            at += entry.Length;
        }
    }
}
