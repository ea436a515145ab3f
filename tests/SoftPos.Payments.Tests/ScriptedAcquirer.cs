using System.Collections.Concurrent;
using SoftPos.Iso8583;
using SoftPos.Payments.Acquirer;

namespace SoftPos.Payments.Tests;

/// <summary>An acquirer that keeps books: what it charged and what it took back. A script decides what becomes of each message.</summary>
internal sealed class ScriptedAcquirer : IAcquirer
{
    private readonly ConcurrentDictionary<string, long> _charged = new();

    /// <summary>What becomes of an authorisation.</summary>
    public Func<Iso8583Message, Task<AcquirerAnswer>> OnAuthorisation { get; set; }

    /// <summary>What becomes of an advice of an amount.</summary>
    public Func<Iso8583Message, Task<AcquirerAnswer>> OnAdvice { get; set; }

    /// <summary>What becomes of a reversal.</summary>
    public Func<Iso8583Message, Task<AcquirerAnswer>> OnReversal { get; set; }

    public ConcurrentQueue<Iso8583Message> Messages { get; } = new();

    /// <summary>Sum that cardholders are charged, in minor units.</summary>
    public long ChargedMinor => _charged.Values.Sum();

    public ScriptedAcquirer()
    {
        OnAuthorisation = message => Task.FromResult(Approve(message));
        OnAdvice = message => Task.FromResult(Advise(message));
        OnReversal = message => Task.FromResult(Reverse(message));
    }

    public IEnumerable<string> Types => Messages.Select(m => m.Type.ToString());

    public static AcquirerAnswer NoAnswer => new(AnswerKind.NoAnswer, AnswerReason.Timeout, default);

    public static AcquirerAnswer NotSent => new(AnswerKind.NotSent, AnswerReason.LinkDown, default);

    public Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        Assert.True(Iso8583Message.TryDecode(message.Span, ShippedDialects.Lab, out Iso8583Message? read, out Iso8583Fault fault), fault.ToString());
        Messages.Enqueue(read);
        return read.Type.Class switch
        {
            1 => OnAuthorisation(read),
            2 => OnAdvice(read),
            _ => OnReversal(read),
        };
    }

    /// <summary>Charges and answers 00.</summary>
    public AcquirerAnswer Approve(Iso8583Message request)
    {
        // A refund gives back; what is only held (DE 25 = 06) is not charged yet.
        long amount = AmountOf(request);
        _charged[request[37]!] = request[25] == "06" ? 0 : request[3]![..2] == "20" ? -amount : amount;
        return Answer(request, "00", answer =>
        {
            answer[38] = "A1B2C3";
            answer.Set(55, Convert.FromHexString("910A112233445566778800008A023030"));
        });
    }

    /// <summary>Charges the amount of the advice in the place of what the authorisation charged; 25 when there is none.</summary>
    public AcquirerAnswer Advise(Iso8583Message advice)
    {
        bool known = _charged.ContainsKey(advice[37]!);
        if (known)
        {
            _charged[advice[37]!] = AmountOf(advice);
        }

        return Answer(advice, known ? "00" : "25");
    }

    private static long AmountOf(Iso8583Message message) => long.Parse(message[4]!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Takes the charge back and answers 00; 25 when there is none.</summary>
    public AcquirerAnswer Reverse(Iso8583Message request) => Answer(request, _charged.TryRemove(request[37]!, out _) ? "00" : "25");

    /// <summary>Answers with a code.</summary>
    public static AcquirerAnswer Answer(Iso8583Message request, string code, Action<Iso8583Message>? change = null)
    {
        Iso8583Message answer = new(request.Dialect, request.Type.Response);
        foreach (int field in (int[])[3, 4, 7, 11, 12, 13, 37, 41, 42, 49])
        {
            answer[field] = request[field];
        }

        answer[39] = code;
        change?.Invoke(answer);
        return new AcquirerAnswer(AnswerKind.Answered, AnswerReason.None, answer.Encode());
    }
}
