using SoftPos.Simulation.Checks;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Phones;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation;

/// <summary>One run: so many steps with faults, then all is let come to its end; after every step what must hold is looked at.</summary>
internal sealed class Run
{
    /// <summary>Calm steps after which what has not come to its end is taken to hang.</summary>
    private const int MostCalmSteps = 20_000;

    private readonly World _world;
    private readonly FinalChecks _final;
    private readonly Doings _doings;
    private readonly Faults _faults;

    public Run(World world)
    {
        _world = world;
        _final = new FinalChecks(world);
        _doings = new Doings(world, _final);
        _faults = new Faults(world);
    }

    public void ToEnd()
    {
        _world.FaultsOn = true;
        _world.Node.Start();
        Look();
        for (int step = 0; step < _world.Options.Steps; step++)
        {
            Step();
            Look();
        }

        _world.Trace.Add("faults end");
        _world.FaultsOn = false;
        _faults.End();
        for (int step = 0; !IsOver(); step++)
        {
            if (step == MostCalmSteps)
            {
                string open = string.Join(", ", _world.Board.Open.Select(static each => $"{each.Name} {each.Standing} {each.Point}"));
                throw new InvariantException(Invariant.Definite, $"without faults it does not come to its end: {open}");
            }

            _world.CalmStep();
            Look();
        }

        _final.Check();
        _world.Trace.Add("end");
    }

    private void Step()
    {
        List<Choice> choices = [];
        _world.Wires.Open.RemoveAll(static each => each.Stage is Stage.Over);
        _doings.Offer(choices);
        _faults.Offer(choices);
        choices.Add(new Choice(20, "time", PassTime));
        int total = choices.Sum(static each => each.Weight), drawn = _world.Chances.Below(total);
        foreach (Choice choice in choices)
        {
            drawn -= choice.Weight;
            if (drawn < 0)
            {
                _world.Trace.Add($"> {choice.What}");
                choice.Do();
                return;
            }
        }
    }

    private void PassTime()
    {
        TimeSpan some = TimeSpan.FromMilliseconds(_world.Chances.Below(5000));
        _world.Clock.Advance(_world.Chances.OneIn(3) && _world.Clock.UntilNext is { } until ? until : some);
    }

    private void Look()
    {
        if (_world.Node.Disk is { IsDying: true } && _world.Node.IsUp)
        {
            _faults.Crash();
        }

        while (_world.Board.Failed.TryDequeue(out Operation? failed))
        {
            if (failed.Fault is not Storage.StorageException)
            {
                throw new InvariantException(Invariant.NoFault, $"{failed.Name} ended with {failed.Fault}");
            }
        }

        if (_world.Watch.Broken is { } broken)
        {
            throw broken;
        }

        if (_world.Node.IsUp)
        {
            _world.Journal.FollowAsync().GetAwaiter().GetResult();
            _final.CheckGiven();
        }

        _final.CheckBounds();
    }

    private bool IsOver()
    {
        if (!_world.Node.IsUp || _world.Phones.Any(static phone => !phone.IsIdle)
            || _world.Board.Open.Any(static each => each.Standing is Standing.Parked) || _final.Owes())
        {
            return false;
        }

        return !_faults.Restore() && !_doings.AskForOpenPayments();
    }
}

/// <summary>Something that may happen next.</summary>
internal sealed record Choice(int Weight, string What, Action Do);
