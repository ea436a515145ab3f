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
    [Requirement("ATT-18")]
    [Requirement("ATT-21")]
    public void A_changed_or_swapped_result_changes_the_chain()
    {
        Measurement[] measured = [new("a", MeasurementResult.Clean), new("b", MeasurementResult.Clean)];
        byte[] chain = MeasurementOrder.Chain(measured, Messages.Bytes(16));
        Assert.NotEqual(chain, MeasurementOrder.Chain([new("a", MeasurementResult.Found), measured[1]], Messages.Bytes(16)));
        Assert.NotEqual(chain, MeasurementOrder.Chain([measured[1], measured[0]], Messages.Bytes(16)));
        Assert.NotEqual(chain, MeasurementOrder.Chain(measured, Messages.Bytes(16, 2)));
        Assert.NotEqual(chain, MeasurementOrder.Chain([new("ab", MeasurementResult.Clean), new("", MeasurementResult.Clean)], Messages.Bytes(16)));
    }
}
