using SoftPos.Contract;
using SoftPos.Simulation.Checks;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Phones;
using SoftPos.Simulation.Schedule;
using SoftPos.Terminal;

namespace SoftPos.Simulation;

/// <summary>What people and messages do: sales, heartbeats, voids, questions, and what waits on its way.</summary>
internal sealed class Doings(World world, FinalChecks final)
{
    /// <summary>Amounts below and above the limit from which cards ask for a PIN.</summary>
    private static readonly long[] Amounts = [1200, 1250, 3400, 4999, 7500, 120_000];

    /// <summary>Cents by which the lab's acquirer misbehaves, declines or approves a part (docs/reference/sandbox-amounts.md).</summary>
    private static readonly int[] OddCents = [5, 10, 51, 66, 67, 68, 69, 71, 72, 73, 74, 77, 79, 97, 99];

    /// <summary>Copies of requests that the network still holds.</summary>
    private readonly List<Exchange> _copies = [];

    private int _repeats;

    public void Offer(List<Choice> choices)
    {
        foreach (Exchange exchange in world.Wires.Open)
        {
            OfferExchange(choices, exchange);
        }

        foreach (Operation parked in world.Board.Open.Where(static each => each.Standing is Standing.Parked))
        {
            OfferParked(choices, parked);
        }

        foreach (SimulatedPhone phone in world.Phones.Where(static phone => phone.IsIdle))
        {
            OfferPhone(choices, phone);
        }

        if (!world.Node.IsUp)
        {
            return;
        }

        if (_copies.Count > 0)
        {
            choices.Add(new Choice(5, "a copy arrives", Replay));
        }

        if (world.Watch.Given.Count > 0)
        {
            choices.Add(new Choice(5, "a payment is asked again", Repeat));
        }

        if (world.Acquirer.Late.Count > 0)
        {
            choices.Add(new Choice(10, "a late answer arrives", TakeLate));
        }
    }

    /// <summary>Lets idle phones ask for what they do not know yet; false when none has to.</summary>
    public bool AskForOpenPayments()
    {
        SimulatedPhone[] asking = [.. world.Phones.Where(static phone => phone.IsIdle && phone.Terminal.OpenPayments.Count > 0)];
        foreach (SimulatedPhone phone in asking)
        {
            AskStatus(phone);
        }

        return asking.Length > 0;
    }

    private void OfferExchange(List<Choice> choices, Exchange exchange)
    {
        string what = $"{exchange.Number} {exchange.Path}";
        if (exchange.Stage is Stage.Sent && !world.Node.IsUp)
        {
            choices.Add(new Choice(30, $"refuse {what}", () => world.Break(exchange, HttpRequestError.ConnectionError)));
        }
        else if (exchange.Stage is Stage.Sent)
        {
            choices.Add(new Choice(80, $"deliver {what}", () => world.Deliver(exchange)));
            choices.Add(new Choice(4, $"lose {what}", () => exchange.Stage = Stage.Over));
            choices.Add(new Choice(4, $"copy {what}", () =>
            {
                _copies.Add(exchange);
                world.Deliver(exchange);
            }));
        }
        else if (exchange.Stage is Stage.Answered)
        {
            choices.Add(new Choice(80, $"answer {what}", () => world.GiveAnswer(exchange)));
            choices.Add(new Choice(4, $"lose answer {what}", () => exchange.Stage = Stage.Over));
        }
    }

    private void OfferParked(List<Choice> choices, Operation parked)
    {
        if (parked.Point == SimulatedAcquirer.Point)
        {
            choices.Add(new Choice(60, $"acquirer answers {parked.Name}", () => world.Board.Wake(parked, LinkFate.Answered)));
            foreach (LinkFate fate in new[] { LinkFate.RequestLost, LinkFate.AnswerLate, LinkFate.AnswerLost, LinkFate.NotSent })
            {
                choices.Add(new Choice(4, $"acquirer {fate} {parked.Name}", () => world.Board.Wake(parked, fate)));
            }
        }
        else if (parked.Point == SimulatedDisk.Point)
        {
            choices.Add(new Choice(10, $"disk writes {parked.Name}", () => world.Board.Wake(parked, null)));
        }
    }

    private void OfferPhone(List<Choice> choices, SimulatedPhone phone)
    {
        choices.Add(new Choice(20, $"{phone.Name} sells", () => Sell(phone)));
        choices.Add(new Choice(5, $"{phone.Name} reports", () => Do(phone, "reports", async () =>
        {
            TrustResult trust = await phone.Terminal.AttestAsync(ChallengePurpose.Heartbeat, CancellationToken.None).ConfigureAwait(false);
            world.Trace.Add($"{phone.Name} trusted {trust.CanPay} {trust.Reason?.Code}");
        })));
        if (phone.Terminal.OpenPayments.Count > 0)
        {
            choices.Add(new Choice(20, $"{phone.Name} asks", () => AskStatus(phone)));
        }

        if (final.LastApproved(phone.Name) is { } approved)
        {
            choices.Add(new Choice(4, $"{phone.Name} voids", () => Do(phone, "voids", async () =>
                Took(phone, await phone.Terminal.VoidAsync(approved).ConfigureAwait(false)))));
        }
    }

    private void Sell(SimulatedPhone phone)
    {
        long amount = world.Chances.Pick(Amounts);
        amount = world.Chances.OneIn(4) ? (amount / 100 * 100) + world.Chances.Pick(OddCents) : amount;
        string card = world.Chances.Pick(World.CardNames);
        world.Trace.Add($"{phone.Name} {card} {amount}");
        PaymentOrder order = new() { AmountMinor = amount, AcceptsPartialApproval = world.Chances.OneIn(2) };
        phone.Place(world.Cards.Take(card));
        Do(phone, "sells", async () => Took(phone, await phone.Terminal.PayAsync(order, new NoScreen()).ConfigureAwait(false), isSale: true));
    }

    private void AskStatus(SimulatedPhone phone)
    {
        Guid payment = phone.Terminal.OpenPayments[0];
        Do(phone, "asks", async () => Took(phone, await phone.Terminal.StatusAsync(payment).ConfigureAwait(false)));
    }

    private void Do(SimulatedPhone phone, string what, Func<Task> doing) =>
        phone.Busy = world.Board.Start($"{phone.Name} {what}", Party.Phone, doing);

    private void Took(SimulatedPhone phone, PaymentResult result, bool isSale = false)
    {
        world.Trace.Add($"{phone.Name} {result.Outcome} {result.Reason.Code}");
        world.Count($"told {result.Outcome}");
        final.Told(phone.Name, result, isSale);
    }

    /// <summary>What the network doubled arrives a second time; nobody waits for its answer.</summary>
    private void Replay()
    {
        Exchange copy = world.Chances.Pick(_copies);
        _copies.Remove(copy);
        world.Ask($"copy of r{copy.Number}", copy.Method, copy.Path, copy.MediaType, copy.Body, static _ => { });
    }

    /// <summary>The same signed payment once more, past the envelope that would refuse the copy.</summary>
    private void Repeat()
    {
        GivenAnswer given = world.Chances.Pick([.. world.Watch.Given.Values]);
        Payments.PaymentGateway gateway = world.Node.Rooms.Payments;
        world.Board.Start($"again {++_repeats}", Party.Operator, async () =>
        {
            Payments.PaymentReply reply = await gateway.PayAsync(given.Message).ConfigureAwait(false);
            final.Repeated(given, reply);
        });
    }

    private void TakeLate()
    {
        byte[] late = world.Acquirer.Late.Dequeue();
        Payments.LateAnswers answers = world.Node.Rooms.LateAnswers;
        world.Board.Start("late answer", Party.Operator, () => answers.TakeAsync(late));
    }

    private sealed class NoScreen : IPaymentUi
    {
        public void Show(PaymentScreen screen)
        {
            // Nobody looks.
        }
    }
}
