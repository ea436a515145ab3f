using System.Text;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Monitoring;
using SoftPos.Simulation.Phones;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation;

/// <summary>What goes wrong, and what people change while all runs: crashes, cuts, clocks, phones that turn bad, orders, a new policy.</summary>
internal sealed class Faults(World world)
{
    private static readonly TimeSpan[] Jumps =
    [
        TimeSpan.FromSeconds(-30), TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(10),
    ];

    private static readonly string[] BadPhones = ["rooted", "captured", "debugged", "hooked"];

    private readonly HashSet<SimulatedPhone> _ordered = [];
    private int _policies;

    public void Offer(List<Choice> choices)
    {
        if (world.Node.IsUp)
        {
            choices.Add(new Choice(2, "crash", Crash));
            choices.Add(new Choice(1, "new policy", Upgrade));
        }
        else
        {
            choices.Add(new Choice(15, "restart", world.Node.Start));
        }

        choices.Add(new Choice(2, "back end's clock", () => Jump(world.Node.Clock)));
        foreach (SimulatedPhone phone in world.Phones)
        {
            OfferPhone(choices, phone);
        }
    }

    /// <summary>The back end's process dies now.</summary>
    public void Crash()
    {
        world.Trace.Add("crash");
        world.Count("crash");
        world.Node.DieAsync(world.NextFolder()).GetAwaiter().GetResult();
        foreach (Exchange exchange in world.Wires.Open.Where(static each => each.Stage is Stage.Inside).ToArray())
        {
            world.Break(exchange, HttpRequestError.ResponseEnded);
        }
    }

    /// <summary>Everything is whole again.</summary>
    public void End()
    {
        world.Node.Clock.Offset = TimeSpan.Zero;
        if (world.Node.Disk is { } disk)
        {
            disk.FaultOneIn = 0;
        }

        foreach (SimulatedPhone phone in world.Phones)
        {
            phone.Clock.Offset = TimeSpan.Zero;
            phone.IsCutOff = false;
            phone.Lab.Become(LabPhoneDescription.Find("good")!);
        }
    }

    /// <summary>Brings back what was suspended; false when nothing was.</summary>
    public bool Restore()
    {
        if (_ordered.FirstOrDefault() is not { } phone)
        {
            return false;
        }

        Restore(phone);
        return true;
    }

    private void OfferPhone(List<Choice> choices, SimulatedPhone phone)
    {
        choices.Add(phone.IsCutOff
            ? new Choice(15, $"{phone.Name} is reachable", () => phone.IsCutOff = false)
            : new Choice(1, $"{phone.Name} is cut off", () => phone.IsCutOff = true));
        choices.Add(new Choice(1, $"{phone.Name} clock", () => Jump(phone.Clock)));
        choices.Add(new Choice(1, $"{phone.Name} restarts", () => RestartPhone(phone)));
        choices.Add(phone.Lab.Description.Name == "good"
            ? new Choice(1, $"{phone.Name} turns bad", () => phone.Lab.Become(LabPhoneDescription.Find(world.Chances.Pick(BadPhones))!))
            : new Choice(10, $"{phone.Name} is good", () => phone.Lab.Become(LabPhoneDescription.Find("good")!)));
        if (world.Node.IsUp)
        {
            choices.Add(_ordered.Contains(phone)
                ? new Choice(10, $"{phone.Name} is restored", () => Restore(phone))
                : new Choice(1, $"{phone.Name} is suspended", () => Suspend(phone)));
        }
    }

    private void Jump(SkewedClock clock) => clock.Offset = world.Chances.OneIn(3) ? TimeSpan.Zero : world.Chances.Pick(Jumps);

    private void RestartPhone(SimulatedPhone phone)
    {
        world.Board.Kill(each => each == phone.Busy);
        foreach (Exchange exchange in world.Wires.Open.Where(each => each.Phone == phone && each.Stage is not Stage.Inside))
        {
            exchange.Stage = Stage.Over;
        }

        phone.Start();
    }

    private void Suspend(SimulatedPhone phone)
    {
        if (phone.Terminal.TerminalId is not { } terminal)
        {
            return;
        }

        _ordered.Add(phone);
        FleetResponses responses = world.Node.Rooms.Responses;
        world.Board.Start($"{phone.Name} suspension", Party.Operator, async () =>
        {
            ResponseOutcome outcome = await responses.OrderAsync(
                new ResponseRequest
                {
                    Action = ResponseAction.Suspend, Scope = ResponseScope.Terminal, Value = terminal.ToString(), Reason = ReasonCodes.TerminalSuspended,
                    Note = "a drill", By = "operator",
                },
                CancellationToken.None).ConfigureAwait(false);
            world.Trace.Add($"{phone.Name} suspended {outcome.Refusal?.Reason}");
            if (outcome.Order is not null)
            {
                world.Journal.Suspended.Add(terminal);
            }
        });
    }

    private void Restore(SimulatedPhone phone)
    {
        _ordered.Remove(phone);
        if (phone.Terminal.TerminalId is not { } terminal)
        {
            return;
        }

        world.Journal.Suspended.Remove(terminal);
        FleetResponses responses = world.Node.Rooms.Responses;
        world.Board.Start($"{phone.Name} restoration", Party.Operator, async () =>
        {
            Refusal? refusal = await responses.RestoreAsync(terminal, "operator", "the drill is over", CancellationToken.None).ConfigureAwait(false);
            world.Trace.Add($"{phone.Name} restored {refusal?.Reason}");
        });
    }

    /// <summary>A new version of the policy, by two persons.</summary>
    private void Upgrade()
    {
        PolicyVersions versions = world.Node.Rooms.Policies;
        int number = ++_policies;
        byte[] document = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(DefaultPolicy.Utf8.Span) + "\n");
        world.Board.Start($"policy {number}", Party.Operator, async () =>
        {
            PolicyOutcome proposed = await versions.ProposeAsync(document, "first", CancellationToken.None).ConfigureAwait(false);
            if (proposed.Version is { } version)
            {
                await versions.ApproveAsync(version.Number, "second", CancellationToken.None).ConfigureAwait(false);
                PolicyOutcome active = await versions.ActivateAsync(version.Number, "second", CancellationToken.None).ConfigureAwait(false);
                world.Trace.Add($"policy {number} active {active.Refusal?.Reason}");
            }
        });
    }
}
