using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;

namespace SoftPos.Cli.Tools;

/// <summary><c>softpos tool emv replay</c>: a recorded conversation with a card through the entry point and its kernel.</summary>
internal sealed class EmvReplayTool : Tool
{
    private static readonly Dictionary<string, TransactionKind> Kinds = new(StringComparer.Ordinal)
    {
        ["purchase"] = TransactionKind.Purchase,
        ["cashback"] = TransactionKind.PurchaseWithCashback,
        ["cash"] = TransactionKind.CashAdvance,
        ["refund"] = TransactionKind.Refund,
    };

    public override IReadOnlyList<string> Path => ["emv", "replay"];

    public override string Description =>
        "Run a recorded card conversation through the entry point and kernel 2 or 3, with offline data authentication.";

    public override IReadOnlyList<ToolOption> Options =>
    [
        new("transcript", ToolValue.File, "JSON with apdus of cmd and resp, or lines such as send:/resp:") { Required = true, Positional = true },
        new("kind", ToolValue.Text, "kind of transaction; default purchase") { Words = [.. Kinds.Keys] },
        new("amount", ToolValue.Number, "amount in minor units; default: as sent in the recorded GET PROCESSING OPTIONS or GENERATE AC"),
        new("currency", ToolValue.Number, "currency, ISO 4217 number; default: as recorded"),
        new("country", ToolValue.Number, "terminal country, ISO 3166 number; default: as recorded"),
        new("date", ToolValue.Text, "transaction date as yyMMdd or yyyy-MM-dd; default: as recorded"),
        new("unpredictable-number", ToolValue.Hex, "4 bytes; default: as recorded"),
        new("ttq", ToolValue.Hex, "terminal transaction qualifiers, 4 bytes; default: as recorded"),
        new("time", ToolValue.Text, "transaction time as HHmmss; default: as recorded, else 000000"),
        new("kernel2", ToolValue.Json, "kernel 2 options as in a reader configuration; default: limits of none, capabilities as recorded"),
        new("terminal-type", ToolValue.Hex, "9F35, 1 byte; default: as recorded, else 22 (offline with online)"),
    ];

    public override IReadOnlyDictionary<string, string> Answer => new Dictionary<string, string>
    {
        ["outcome"] = "Approved, Declined, OnlineRequest, TryAnotherInterface or EndApplication",
        ["reason"] = "why, in one word of ours",
        ["cvm"] = "NoCvm, OnlinePin, ObtainSignature, ConfirmationCodeVerified or NotApplicable",
        ["aid"] = "application that ran, or null",
        ["label"] = "application label, or null",
        ["kernel"] = "kernel that ran, or null",
        ["pan"] = "account number with its middle starred, or null",
        ["oda"] = "{method, valid, step, fault, tvr, keyBits, fddaVersion, iccDynamicNumber}, or null when it did not run",
        ["tvr"] = "terminal verification results with the offline authentication, hexadecimal",
        ["dataRecord"] = "{tag: value} for the authorisation, or null",
        ["commands"] = "number of commands sent",
        ["deviations"] = "commands that were not recorded, or recorded with other data",
    };

    public override JsonObject Run(ToolRequest request)
    {
        if (Transcript.TryParse(request.Text("transcript"), out TranscriptFault? fault) is not { } transcript)
        {
            throw new ToolException("transcript", $"line {fault!.Line}: {fault.Rule}");
        }

        TlvMap sent = EmvReplayRecording.Sent(transcript);
        TranscriptCard card = new(transcript);
        ContactlessReader reader = new();
        byte[] number = request.Has("unpredictable-number")
            ? request.Hex("unpredictable-number", 4)
            : sent[EmvTag.UnpredictableNumber] is { Length: 4 } recorded ? recorded : new byte[4];
        ReaderConfiguration configuration = Configuration(request, transcript, sent);
        bool came = false;
        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            reader.Start(Transaction(request, transcript, sent), configuration, () => [.. number]),
            command => card.Transceive(command.Span),
            () => !came && (came = true));
        return Show(outcome, card);
    }

    private static TransactionRequest Transaction(ToolRequest request, Transcript transcript, TlvMap sent)
    {
        TransactionKind kind = Kinds[request.TextOrNull("kind") ?? "purchase"];
        long amount = request.NumberOrNull("amount") ?? Number(sent[EmvTag.Amount]) ?? 100;
        if (amount is < 0 or > 999_999_999_999)
        {
            throw new ToolException("amount", "expected 0 to 999999999999");
        }

        string? recordedDate = sent[EmvTag.TransactionDate] is { Length: 3 } day ? Convert.ToHexString(day) : transcript.Facts?["date"]?.ToString();
        DateOnly date = EmvToolInput.Date(request, "date")
            ?? (recordedDate is null ? null : EmvToolInput.Date(recordedDate))
            ?? throw new ToolException("date", "the transcript names no date; give one");
        return new TransactionRequest(kind, amount, date, Time(request, sent)) { OtherAmountMinor = Math.Min(Number(sent[EmvTag.AmountOther]) ?? 0, amount) };
    }

    private static TimeOnly Time(ToolRequest request, TlvMap sent)
    {
        string? text = request.TextOrNull("time") ?? (sent[EmvTag.TransactionTime] is { Length: 3 } recorded ? Convert.ToHexString(recorded) : null);
        return text is null ? default
            : TimeOnly.TryParseExact(text, "HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? time
            : request.Has("time") ? throw new ToolException("time", "expected HHmmss") : default;
    }

    private static ReaderConfiguration Configuration(ToolRequest request, Transcript transcript, TlvMap sent)
    {
        byte[] ttq = request.Has("ttq") ? request.Hex("ttq", 4) : sent[EmvTag.Ttq] is { Length: 4 } recorded ? recorded : [0x24, 0x00, 0x40, 0x00];
        Combination visa = new()
        {
            Aid = Convert.FromHexString("A000000003"),
            KernelId = [3],
            Kinds = [.. Kinds.Values],
            Ttq = ttq,

            // Limits that give the recorded qualifiers again: pre-processing clears and sets these two bits.
            FloorLimit = (ttq[1] & 0x80) != 0 ? 0 : null,
            CvmLimit = (ttq[1] & 0x40) != 0 ? 0 : null,
        };
        byte recordedType = sent[EmvTag.TerminalType] is { Length: 1 } type ? type[0] : (byte)0x22;
        return new ReaderConfiguration
        {
            Version = "replay",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile
            {
                CountryCode = Code(request, "country") ?? (int?)Number(sent[EmvTag.TerminalCountry]) ?? 840,
                CurrencyCode = Code(request, "currency") ?? (int?)Number(sent[EmvTag.CurrencyCode]) ?? 840,
                TerminalType = request.Has("terminal-type") ? request.Hex("terminal-type", 1)[0] : recordedType,
                Objects = EmvReplayRecording.TerminalObjects(sent),
            },
            Combinations = [visa, EmvReplayRecording.Mastercard(transcript, sent, request.Json("kernel2"), [.. Kinds.Values])],
            CaKeys = EmvToolInput.Keys(null),
        };
    }

    private static int? Code(ToolRequest request, string name) => request.NumberOrNull(name) is not { } code ? null
        : code is >= 1 and <= 999 ? (int)code
        : throw new ToolException(name, "expected a number from 1 to 999");

    private static long? Number(byte[]? digits) =>
        digits is { Length: > 0 } && long.TryParse(Convert.ToHexString(digits), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;

    private static JsonObject Show(Outcome outcome, TranscriptCard card)
    {
        JsonObject? record = outcome.DataRecord is null ? null : [];
        foreach ((uint tag, byte[] value) in outcome.DataRecord ?? [])
        {
            record![TlvTag.Text(tag)] = Convert.ToHexString(value);
        }

        return new JsonObject
        {
            ["outcome"] = outcome.Kind.ToString(),
            ["reason"] = outcome.Reason.ToString(),
            ["cvm"] = outcome.Cvm.ToString(),
            ["aid"] = outcome.Application?.Aid,
            ["label"] = outcome.Application?.Label,
            ["kernel"] = outcome.Application?.Kernel,
            ["pan"] = outcome.Account?.MaskedPan,
            ["oda"] = outcome.Oda is null ? null : EmvToolInput.Show(outcome.Oda),
            ["tvr"] = outcome.Tvr.ToString(),
            ["dataRecord"] = record,
            ["commands"] = card.Used.Count,
            ["deviations"] = new JsonArray([.. card.Deviations.Select(text => (JsonNode)text)]),
        };
    }
}
