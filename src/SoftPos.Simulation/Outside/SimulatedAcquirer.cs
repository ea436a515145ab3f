using SoftPos.Iso8583;
using SoftPos.Lab.Acquirer;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation.Outside;

/// <summary>What the scheduler decides of a message to the acquirer.</summary>
internal enum LinkFate
{
    /// <summary>It arrives, and so does the answer.</summary>
    Answered,

    /// <summary>It is lost on its way.</summary>
    RequestLost,

    /// <summary>It arrives; the answer comes when nobody waits any more.</summary>
    AnswerLate,

    /// <summary>It arrives; the answer is lost.</summary>
    AnswerLost,

    /// <summary>The link is down: no byte left.</summary>
    NotSent,
}

/// <summary>The lab's acquirer behind a link whose messages and answers the scheduler loses, delays or lets through.</summary>
internal sealed class SimulatedAcquirer : IAcquirer
{
    public const string Point = "acquirer";

    private readonly Board _board;
    private readonly Trace _trace;
    private readonly LabAcquirerDesk _desk;
    private readonly bool _doublesReversals;

    /// <param name="board">Board.</param>
    /// <param name="clock">The acquirer's clock.</param>
    /// <param name="trace">Trace.</param>
    /// <param name="doublesReversals">A planted bug: each reversal goes out twice, the second under a number of its own.</param>
    public SimulatedAcquirer(Board board, TimeProvider clock, Trace trace, bool doublesReversals)
    {
        _board = board;
        _trace = trace;
        _doublesReversals = doublesReversals;
        LabAcquirerOptions options = new() { PinKey = LabAcquirerPin.Key(), CounterWindow = 4096 };
        _desk = new LabAcquirerDesk(options, Ledger, clock);
    }

    /// <summary>What the acquirer saw and decided; it outlives every crash of the back end.</summary>
    public LabLedger Ledger { get; } = new();

    /// <summary>Answers that are still on their way to nobody.</summary>
    public Queue<byte[]> Late { get; } = new();

    public async Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        // The caller overwrites its bytes when it has its answer, or dies.
        byte[] bytes = message.ToArray();
        Iso8583View sent = Read(bytes);
        string name = $"{_board.Current?.Name} acquirer {sent.Type}";
        MatchKey key = MatchKey.Of(sent);
        _trace.Add($"{name} waits");
        LinkFate fate = (LinkFate)(await _board.ParkAsync(Point, sent.Type.ToString(), CancellationToken.None).ConfigureAwait(false))!;
        _trace.Add($"{name} {fate}");
        return fate switch
        {
            LinkFate.NotSent => AcquirerAnswer.NotSent(AnswerReason.LinkDown),
            LinkFate.RequestLost => AcquirerAnswer.NoAnswer(AnswerReason.Timeout),
            _ => Deliver(bytes, key, fate),
        };
    }

    private AcquirerAnswer Deliver(byte[] bytes, MatchKey key, LinkFate fate)
    {
        List<LabReply> replies = [.. _desk.Take(bytes)];
        if (_doublesReversals && Read(bytes).Type.Class == 4)
        {
            Iso8583Message again = Iso8583Message.Of(Read(bytes));
            again[11] = $"{(int.Parse(again[11]!, System.Globalization.CultureInfo.InvariantCulture) + 500_000) % 1_000_000:D6}";
            _desk.Take(again.Encode());
        }

        AcquirerAnswer answer = AcquirerAnswer.NoAnswer(AnswerReason.Timeout);
        foreach (LabReply reply in replies.Where(static reply => reply.Manner is ReplyManner.Whole))
        {
            byte[] answered = reply.Bytes.ToArray();
            bool matches = Iso8583View.TryRead(answered, ShippedDialects.Lab, out Iso8583View view, out _) && MatchKey.Of(view) == key;
            bool isLate = fate is LinkFate.AnswerLate || reply.Delay > TimeSpan.FromSeconds(20);
            if (matches && !isLate && fate is LinkFate.Answered && answer.Kind is not AnswerKind.Answered)
            {
                answer = AcquirerAnswer.Answered(answered);
            }
            else if (fate is not LinkFate.AnswerLost)
            {
                // A link hands on what it cannot pair: too late, twice, or with a number that was not asked under.
                Late.Enqueue(answered);
            }
        }

        return answer;
    }

    private static Iso8583View Read(byte[] bytes) => Iso8583View.TryRead(bytes, ShippedDialects.Lab, out Iso8583View view, out _)
        ? view
        : throw new ArgumentException("a message of our own cannot be read", nameof(bytes));
}
