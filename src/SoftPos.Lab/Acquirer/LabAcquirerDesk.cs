using System.Globalization;
using SoftPos.Cryptography;
using SoftPos.Iso8583;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Acquirer;

/// <summary>How one reply leaves the host.</summary>
internal enum ReplyManner
{
    /// <summary>As one frame.</summary>
    Whole,

    /// <summary>Half of the frame, then the connection is closed.</summary>
    HalfThenClose,

    /// <summary>The connection is closed.</summary>
    Close,
}

/// <summary>One reply, due after a delay.</summary>
internal sealed record LabReply(ReadOnlyMemory<byte> Bytes, TimeSpan Delay, ReplyManner Manner = ReplyManner.Whole);

/// <summary>
/// Decides every message: pure but for the ledger and the counters of the cards, no socket and no timer. One message at a time.
/// </summary>
internal sealed class LabAcquirerDesk(LabAcquirerOptions options, LabLedger ledger, TimeProvider time)
{
    private static readonly int[] Echoed = [2, 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49];

    /// <summary>DE 62 of the lab's dialect: DE 37 of the authorisation that a refund or an increment belongs to.</summary>
    private const int LinkField = 62;

    /// <summary>By how many hundredths a completion or tip may exceed the authorisation.</summary>
    private const int AdviceTolerancePercent = 25;

    private readonly HashSet<string> _advised = [];
    private readonly Lock _lock = new();
    private readonly IssuerCheck _issuer = new(new CardCounters(options.CounterWindow), options.PinKey);

    public IReadOnlyList<LabReply> Take(ReadOnlySpan<byte> message)
    {
        if (!Iso8583View.TryRead(message, options.Dialect, out Iso8583View request, out _) || request.Type.IsResponse)
        {
            return [];
        }

        lock (_lock)
        {
            if (options.MacKey is { } key && request.Type.Class != 8 && !MessageMac.Verify(request, bytes => Mac(key, bytes)))
            {
                return [Reply(Answer(request, "63"))];
            }

            return request.Type.Class switch
            {
                8 => [Reply(NetworkAnswer(request))],
                1 or 2 when request.Type.Function == 2 && request.Has(OriginalDataElements.FieldOf(request.Type)) => Advise(request),
                1 or 2 => Authorise(request),
                4 => Reverse(request),
                _ => [Reply(Answer(request, "12"))],
            };
        }
    }

    private IReadOnlyList<LabReply> Authorise(Iso8583View request)
    {
        string key = KeyOf(OriginalDataElements.Of(request), request);
        if (ledger.Find(key) is { } known)
        {
            // A repeat of what was decided gets the same decision and has no further effect.
            ledger.Add(Entry(request, key, known.First.Code, "seen before") with { ApprovalCode = known.First.ApprovalCode, Card = known.First.Card });
            Iso8583Message again = Answer(request, known.First.Code);
            again[38] = known.First.ApprovalCode;
            return [Reply(again)];
        }

        IssuerFinding finding = CheckLink(request) ?? _issuer.Check(request, time.GetUtcNow());
        using CryptogramAnswer? cryptogram = finding.Answer;
        SandboxRule rule = SandboxAmounts.Of(Amount(request));
        bool isAdvice = request.Type.Function == 2;
        string code = ledger.WasReversedUnseen(key) ? "21" : finding.Code ?? (isAdvice ? "00" : rule.Code);
        SandboxBehaviour behaviour = finding.Code is null && !isAdvice ? rule.Behaviour : SandboxBehaviour.Answer;
        bool approved = ResponseCode.Of(code).Class is AnswerClass.Approved or AnswerClass.PartlyApproved;
        LedgerEntry entry = Entry(request, key, code, $"{finding.Reason}; {behaviour}") with
        {
            Card = finding.Card?.Name,
            ApprovalCode = approved ? $"{ledger.NextNumber % 1_000_000:D6}" : null,
            ApprovedMinor = behaviour == SandboxBehaviour.ApproveHalf ? Amount(request) / 2 : null,
        };
        ledger.Add(entry);

        Iso8583Message answer = Answer(request, code);
        answer[38] = entry.ApprovalCode;
        if (cryptogram is not null)
        {
            answer.Set(55, cryptogram.ToIssuerData(code, approved));
        }

        return Behave(request, answer, behaviour);
    }

    /// <summary>What the books say of a refund or increment before any card is looked at; null when the card decides.</summary>
    private IssuerFinding? CheckLink(Iso8583View request)
    {
        if (request.Text(LinkField)?.Trim() is not { } reference)
        {
            return null;
        }

        bool isRefund = request.Text(3)?[..2] == "20";
        LedgerOriginal? original = ledger.FindByReference(reference);
        if (original is not { IsApproved: true, ReversedAt: null } || original.First.Merchant != request.Text(42)?.Trim())
        {
            return new IssuerFinding(null, "12", "the original is not known or does not stand");
        }

        if (!isRefund)
        {
            return original is { IsPreAuthorisation: true, AdvisedMinor: null } && LabIssuer.FindByName(original.First.Card ?? string.Empty) is { } card
                ? new IssuerFinding(card, null, "increment")
                : new IssuerFinding(null, "12", "the original holds nothing");
        }

        long refunded = ledger.LinkedTo(reference).Where(static linked => linked.IsRefund).Sum(static linked => linked.ChargedMinor);
        return refunded + Amount(request) > original.ChargedMinor ? new IssuerFinding(null, "61", "more than what was charged") : null;
    }

    /// <summary>A completion or an adjustment: sets what is charged. The tolerance is the acquirer's own, wider than any merchant's.</summary>
    private IReadOnlyList<LabReply> Advise(Iso8583View request)
    {
        if (!OriginalDataElements.TryParse(request.Text(OriginalDataElements.FieldOf(request.Type))!, request.Type.Version, out OriginalDataElements? named))
        {
            return [Reply(Answer(request, "30"))];
        }

        string key = KeyOf(named!, request);
        LedgerOriginal? known = ledger.Find(key);
        long held = known is null ? 0 : known.First.AmountMinor + ledger.LinkedTo(known.First.Reference ?? string.Empty)
            .Where(static linked => linked is { IsIncrement: true, IsApproved: true, ReversedAt: null }).Sum(static linked => linked.First.AmountMinor);
        (string code, string note) = known switch
        {
            null => ("25", "original not seen"),
            { AdviceStan: { } stan } when stan == request.Text(11) => ("00", "advised before"),
            { IsApproved: false } or { ReversedAt: not null } or { AdviceStan: not null } => ("12", "the original does not stand"),
            _ when Amount(request) > held + (held * AdviceTolerancePercent / 100) => ("61", "more than what was authorised"),
            _ => ("00", known.IsPreAuthorisation ? "completed" : "adjusted"),
        };
        SandboxBehaviour behaviour = SandboxAmounts.Of(Amount(request)).Behaviour;
        bool first = known is not null && !_advised.Contains($"{key}|{request.Text(11)}");
        ledger.Add(Entry(request, key, code, note) with { Card = known?.First.Card });
        _advised.Add($"{key}|{request.Text(11)}");

        // The first advice of a silent amount is taken and not answered, so that its repeat is seen.
        return behaviour is SandboxBehaviour.Silent && first ? [] : [Reply(Answer(request, code))];
    }

    private IReadOnlyList<LabReply> Reverse(Iso8583View request)
    {
        string? elements = request.Text(OriginalDataElements.FieldOf(request.Type));
        if (elements is null || !OriginalDataElements.TryParse(elements, request.Type.Version, out OriginalDataElements? original))
        {
            return [Reply(Answer(request, "30"))];
        }

        string key = KeyOf(original!, request);
        LedgerOriginal? known = ledger.Find(key);
        SandboxBehaviour behaviour = known is null ? SandboxBehaviour.Answer : SandboxAmounts.Of(known.First.AmountMinor).Behaviour;
        bool stubborn = known?.ReversalMessages < SandboxAmounts.ReversalsRefused
            && behaviour is SandboxBehaviour.SilentThenIgnoreReversals or SandboxBehaviour.SilentThenRefuseReversals or SandboxBehaviour.IgnoreReversals;
        (string code, string note) = known switch
        {
            null => ("25", "original not seen"),
            _ when known.First.AmountMinor != Amount(request) => ("64", "amount is not that of the original"),
            _ when stubborn => ("91", behaviour.ToString()),
            { ReversedAt: not null } => ("00", "reversed before"),
            { IsPreAuthorisation: true, AdvisedMinor: not null } => ("12", "completed before"),
            _ => ("00", "reversed"),
        };
        ledger.Add(Entry(request, key, code, note) with { Card = known?.First.Card });
        return stubborn && behaviour is not SandboxBehaviour.SilentThenRefuseReversals ? [] : [Reply(Answer(request, code))];
    }

    private IReadOnlyList<LabReply> Behave(Iso8583View request, Iso8583Message answer, SandboxBehaviour behaviour)
    {
        switch (behaviour)
        {
            case SandboxBehaviour.ApproveHalf:
                answer[4] = (Amount(request) / 2).ToString(CultureInfo.InvariantCulture);
                return [Reply(answer)];
            case SandboxBehaviour.Slow:
                return [Reply(answer, options.SlowDelay)];
            case SandboxBehaviour.Late:
                return [Reply(answer, options.LateDelay)];
            case SandboxBehaviour.WrongStan:
                int stan = int.Parse(request.Text(11)!, CultureInfo.InvariantCulture);
                answer[11] = ((stan + 1) % 1_000_000).ToString(CultureInfo.InvariantCulture);
                return [Reply(answer)];
            case SandboxBehaviour.Twice:
                LabReply once = Reply(answer);
                return [once, once];
            case SandboxBehaviour.WrongAmount:
                answer[4] = (Amount(request) + 1).ToString(CultureInfo.InvariantCulture);
                return [Reply(answer)];
            case SandboxBehaviour.WrongMac:
                byte[] bytes = MessageMac.Seal(answer, covered => Mac(options.MacKey ?? new byte[16], covered));
                bytes[^1] ^= 0x01;
                return [new LabReply(bytes, TimeSpan.Zero)];
            case SandboxBehaviour.Malformed:
                return [new LabReply(answer.Encode().AsMemory(0, 9), TimeSpan.Zero)];
            case SandboxBehaviour.Disconnect:
                return [new LabReply(default, TimeSpan.Zero, ReplyManner.Close)];
            case SandboxBehaviour.DisconnectMidway:
                return [Reply(answer) with { Manner = ReplyManner.HalfThenClose }];
            case SandboxBehaviour.Silent or SandboxBehaviour.SilentThenIgnoreReversals or SandboxBehaviour.SilentThenRefuseReversals:
                return [];
            default:
                return [Reply(answer)];
        }
    }

    private Iso8583Message NetworkAnswer(Iso8583View request)
    {
        bool known = request.Text(70) is null or "001" or "002" or "201" or "202" or "301";
        Iso8583Message answer = new(options.Dialect, request.Type.Response);
        answer.Echo(request, 7, 11, 12, 13, 32, 41, 70);
        answer[39] = known ? "00" : "40";
        return answer;
    }

    private Iso8583Message Answer(Iso8583View request, string code)
    {
        Iso8583Message answer = new(options.Dialect, request.Type.Response);
        answer.Echo(request, Echoed);
        answer[39] = code;
        return answer;
    }

    private LabReply Reply(Iso8583Message answer, TimeSpan delay = default)
    {
        byte[] bytes = options.MacKey is { } key && answer.Type.Class != 8
            ? MessageMac.Seal(answer, covered => Mac(key, covered))
            : answer.Encode();
        answer.Clear();
        return new LabReply(bytes, delay);
    }

    private LedgerEntry Entry(Iso8583View request, string key, string code, string note) => new()
    {
        Number = ledger.NextNumber,
        At = time.GetUtcNow(),
        Type = request.Type.ToString(),
        Stan = request.Text(11) ?? string.Empty,
        Original = key,
        Reference = request.Text(37),
        Terminal = request.Text(41)?.Trim(),
        AmountMinor = Amount(request),
        Processing = request.Text(3)?[..2],
        Condition = request.Text(25),
        Link = request.Type.Class is 1 or 2 ? request.Text(LinkField)?.Trim() : null,
        Merchant = request.Text(42)?.Trim(),
        Currency = request.Text(49),
        Code = code,
        Note = note,
    };

    private static long Amount(Iso8583View request) =>
        long.TryParse(request.Text(4), NumberStyles.None, CultureInfo.InvariantCulture, out long amount) ? amount : 0;

    /// <summary>The original's elements and the terminal: institutions in full width, so that DE 90 and the original itself give the same.</summary>
    private static string KeyOf(OriginalDataElements elements, Iso8583View message) =>
        $"{(elements with { Type = elements.Type.Exchange }).Text}|{message.Text(41)?.Trim()}";

    /// <summary>ISO 9797-1 algorithm 3, padding 1 (ANSI X9.19).</summary>
    private static byte[] Mac(byte[] key, ReadOnlySpan<byte> covered)
    {
        byte[] mac = new byte[8];
        RetailMac.Compute(key, covered, MacPadding.Method1, mac);
        return mac;
    }
}
