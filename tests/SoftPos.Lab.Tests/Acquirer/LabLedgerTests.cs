using Microsoft.Extensions.Time.Testing;

namespace SoftPos.Lab.Acquirer;

public sealed class LabLedgerTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"ledger-{Path.GetRandomFileName()}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_ledger_with_a_file_knows_after_a_restart_what_it_reversed()
    {
        LabTap tap = new();
        Run(desk =>
        {
            desk.Take(tap.Request().Encode());
            desk.Take(tap.Reversal(2).Encode());
        });
        File.AppendAllText(_path, """{"number":3,"at":"2026-11-""");
        Run(desk => desk.Take(tap.Reversal(2, "0401").Encode()));
        using LabLedger ledger = new(_path);
        LedgerOriginal original = Assert.Single(ledger.Originals);
        Assert.True(original.IsApproved);
        Assert.NotNull(original.ReversedAt);
        Assert.Equal(2, original.ReversalMessages);
        Assert.Equal(["000002"], original.ReversalStans);
        Assert.Equal([1, 2, 3], ledger.Entries.Select(entry => entry.Number));
        Assert.Equal(["reversed", "reversed before"], ledger.Entries.Skip(1).Select(entry => entry.Note));
        Assert.DoesNotContain(tap.Issued.Pan, File.ReadAllText(_path), StringComparison.Ordinal);
        Assert.Same(original, ledger.FindByReference("632812000001"));
    }

    private void Run(Action<LabAcquirerDesk> act)
    {
        using LabLedger ledger = new(_path);
        act(new LabAcquirerDesk(new LabAcquirerOptions(), ledger, new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))));
    }
}
