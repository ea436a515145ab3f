using System.Collections.Concurrent;
using System.Globalization;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Phones that pay one sale after another, whatever becomes of the back end meanwhile, and the reckoning afterwards.</summary>
internal sealed class Paying
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(VirtualTerminal Phone, PaymentResult Result)> _results = new();
    private readonly Task[] _running;

    public Paying(Load load) => _running = [.. load.Phones.Select(phone => Task.Run(() => PayAsync(phone)))];

    /// <summary>What each sale ended as when it was taken, oldest first.</summary>
    public IReadOnlyList<PaymentResult> Results => [.. _results.Select(static taken => taken.Result)];

    /// <summary>Waits until so many more sales were approved.</summary>
    public async Task ApprovedAsync(int more)
    {
        int Count() => Results.Count(static result => result.Outcome is PaymentOutcome.Approved);
        int from = Count();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(120));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (Count() < from + more)
        {
            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"not {more} more sales were approved within two minutes; the last ended {(Results is [.., var last] ? last.Reason.Code : "not at all")}");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets the sales under way end, and takes no more.</summary>
    public async Task<Paying> EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        _end.Dispose();
        return this;
    }

    /// <summary>
    /// Asks every payment how it stands until none is open, and holds it against the acquirer's books: what was acknowledged is approved, what is
    /// approved is charged once, and nothing else is charged.
    /// </summary>
    /// <param name="stack">Stack that was paid at.</param>
    /// <param name="what">What it went through, for the figures.</param>
    public async Task AssertNothingLostOrDoubledAsync(Stack stack, string what)
    {
        HashSet<string> approved = [];
        int acknowledged = 0, reversed = 0, neverCame = 0;
        foreach ((VirtualTerminal phone, PaymentResult first) in _results)
        {
            PaymentResult last = await Load.SettledAsync(phone, first.PaymentId);
            if (first.Outcome is PaymentOutcome.Approved)
            {
                acknowledged++;
                Assert.True(last.Outcome is PaymentOutcome.Approved, $"payment {first.PaymentId} was acknowledged and is {last.Outcome}");
            }

            // "Refused" is a promise that nothing was charged; only "unknown" may still turn out either way.
            bool wasRefused = first is { Outcome: PaymentOutcome.Refused, Reason.Code: not Contract.ReasonCodes.ResultOutstanding };
            Assert.False(wasRefused && last.Outcome is PaymentOutcome.Approved, $"payment {first.PaymentId} was refused ({first.Reason.Code}) and is approved");
            reversed += last.Outcome is PaymentOutcome.Reversed ? 1 : 0;
            neverCame += last.Answer is null ? 1 : 0;
            if (last.Outcome is PaymentOutcome.Approved)
            {
                Assert.True(approved.Add(last.Answer!.RetrievalReference!), "two payments under one reference");
            }
        }

        using LabLedger books = LabLedger.Read(stack.LedgerPath);
        HashSet<string> charged = [.. books.Originals.Where(original => original.ChargedMinor > 0).Select(original => original.First.Reference!)];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {_results.Count} payments, {acknowledged} acknowledged, {approved.Count} approved, {reversed} reversed, "
                + $"{neverCame} never arrived; the acquirer charges {charged.Count}"));
        Assert.True(acknowledged > 0, "no sale was acknowledged");
        Assert.Equal(approved.Order(StringComparer.Ordinal), charged.Order(StringComparer.Ordinal));
    }

    private async Task PayAsync(VirtualTerminal phone)
    {
        // Paced, so that a back end which is away is not asked thousands of times.
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(50));
        while (!_end.IsCancellationRequested)
        {
            _results.Enqueue((phone, await phone.PayAsync(new PaymentOrder { AmountMinor = 1_250 })));
            await pace.WaitForNextTickAsync();
        }
    }
}
