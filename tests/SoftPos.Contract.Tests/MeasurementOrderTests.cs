namespace SoftPos.Contract.Tests;

public class MeasurementOrderTests
{
    private static readonly string[] Probes = [.. Enumerable.Range(0, 20).Select(index => $"probe.{index}")];

    [Fact]
    [Requirement("ATT-21")]
    public void Another_seed_gives_another_order()
    {
        HashSet<string> orders = [.. Enumerable.Range(0, 50).Select(seed => string.Join(',', MeasurementOrder.Of(Probes, Messages.Bytes(16, (byte)seed))))];
        Assert.Equal(50, orders.Count);
    }

    [Fact]
    public void The_order_does_not_depend_on_how_the_probes_were_listed() =>
        Assert.Equal(MeasurementOrder.Of(Probes, Messages.Bytes(16)), MeasurementOrder.Of(Probes.Reverse(), Messages.Bytes(16)));

    [Fact]
    public void Every_probe_comes_once_and_reaches_every_place()
    {
        HashSet<(string Probe, int Place)> seen = [];
        for (int seed = 0; seed < 200; seed++)
        {
            IReadOnlyList<string> order = MeasurementOrder.Of(Probes[..4], Messages.Bytes(16, (byte)seed));
            Assert.Equal(Probes[..4].Order(), order.Order());
            seen.UnionWith(order.Select((probe, place) => (probe, place)));
        }

        Assert.Equal(16, seen.Count);
    }

    [Fact]
    public void The_order_is_kept_only_by_itself()
    {
        byte[] seed = Messages.Bytes(16);
        Measurement[] kept = [.. MeasurementOrder.Of(Probes, seed).Select(probe => new Measurement(probe, MeasurementResult.Clean))];
        Assert.True(MeasurementOrder.IsKept(kept, seed));
        Assert.False(MeasurementOrder.IsKept(kept, Messages.Bytes(16, 2)));
        Assert.False(MeasurementOrder.IsKept([kept[1], kept[0], .. kept[2..]], seed));
        Assert.False(MeasurementOrder.IsKept([new("a", MeasurementResult.Clean), new("a", MeasurementResult.Clean)], seed));
        Assert.True(MeasurementOrder.IsKept([], seed));
    }

    [Fact]
    public void The_chain_takes_texts_of_any_length() => Assert.NotEqual(
        MeasurementOrder.Chain([new("a", MeasurementResult.Found, new string('x', 5000))], Messages.Bytes(16)),
        MeasurementOrder.Chain([new("a", MeasurementResult.Found, new string('x', 4999))], Messages.Bytes(16)));

    [Fact]
    [Requirement("ATT-18")]
    [Requirement("ATT-21")]
    public void A_changed_or_swapped_result_changes_the_chain()
    {
        Measurement[] measured = [new("a", MeasurementResult.Clean), new("b", MeasurementResult.Clean)];
        byte[] chain = MeasurementOrder.Chain(measured, Messages.Bytes(16));
        Assert.NotEqual(chain, MeasurementOrder.Chain([new("a", MeasurementResult.Found), measured[1]], Messages.Bytes(16)));
        Assert.NotEqual(chain, MeasurementOrder.Chain([measured[1], measured[0]], Messages.Bytes(16)));
        Assert.NotEqual(chain, MeasurementOrder.Chain(measured, Messages.Bytes(16, 2)));
        Assert.NotEqual(MeasurementOrder.Chain([new("ab", MeasurementResult.Clean, "c")], Messages.Bytes(16)),
            MeasurementOrder.Chain([new("a", MeasurementResult.Clean, "bc")], Messages.Bytes(16)));
        Assert.NotEqual(chain, MeasurementOrder.Chain([new("ab", MeasurementResult.Clean), new("", MeasurementResult.Clean)], Messages.Bytes(16)));
    }
}
