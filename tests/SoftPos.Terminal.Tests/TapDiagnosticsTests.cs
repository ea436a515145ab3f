using System.Text.Json.Nodes;
using SoftPos.Emv;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Replay;

namespace SoftPos.Terminal;

/// <summary>What a terminal keeps of its last taps for a support case.</summary>
public sealed class TapDiagnosticsTests
{
    [Fact]
    public void The_last_taps_are_kept_and_the_oldest_goes()
    {
        TapDiagnostics diagnostics = new(keep: 2);
        foreach (long amount in (long[])[1, 2, 3])
        {
            diagnostics.Add(Tap(amount, isMasked: true));
        }

        Assert.Equal(["2", "3"], diagnostics.Export().Select(file => JsonNode.Parse(file)!["transaction"]!["amount"]!.ToJsonString()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TapDiagnostics(TapDiagnostics.MaxTaps + 1));
    }

    [Fact]
    [Requirement("ACC-01", Partly = true)]
    public void A_tap_with_account_data_is_never_exported()
    {
        TapDiagnostics diagnostics = new();
        diagnostics.Add(Tap(1, isMasked: false));
        diagnostics.Add(Tap(2, isMasked: true));

        Assert.True(JsonNode.Parse(Assert.Single(diagnostics.Export()))!["masked"]!.GetValue<bool>());
    }

    [Fact]
    public void None_is_kept_where_none_is_wanted()
    {
        TapDiagnostics diagnostics = new(keep: 0);
        diagnostics.Add(Tap(1, isMasked: true));

        Assert.Empty(diagnostics.Export());
    }

    private static TapRecording Tap(long amount, bool isMasked) => new()
    {
        IsMasked = isMasked,
        RecordedAt = DateTimeOffset.UnixEpoch,
        Configuration = new ReaderConfiguration
        {
            Version = "1",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile { CountryCode = 710, CurrencyCode = 710 },
            Combinations = [],
            CaKeys = new CaKeySet([], []),
        },
        Request = new TransactionRequest(TransactionKind.Purchase, amount, new DateOnly(2026, 11, 24), default),
        Steps = [],
    };
}
