using SoftPos.Contract;

namespace SoftPos.Terminal;

public class ActivationTests
{
    [Fact]
    public async Task A_good_phone_with_a_good_code_is_enrolled_and_holds_its_keys()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync($" {ScriptedBackend.Code} ", Cancel);
        Assert.True(result.CanPay, result.Reason?.Code);
        Assert.Equal(backend.TerminalId, terminal.TerminalId);
        Assert.Equal("Test Stall", terminal.Merchant!.Name);
        Assert.Single(platform.Ring.Held);
    }

    [Fact]
    public async Task An_enrolled_terminal_is_enrolled_after_a_restart()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using (SoftPosTerminal first = await Terminals.OpenAsync(backend, platform))
        {
            await first.ActivateAsync(ScriptedBackend.Code, Cancel);
        }

        await using SoftPosTerminal second = await Terminals.OpenAsync(backend, platform);
        Assert.Equal(backend.TerminalId, second.TerminalId);
        TrustResult preflight = await second.PreflightAsync(Cancel);
        Assert.True(preflight.CanPay);
    }

    [Fact]
    public async Task A_wrong_code_leaves_neither_keys_nor_state()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync("WRONG", Cancel);
        Assert.False(result.CanPay);
        Assert.Equal(ReasonCodes.ActivationCodeInvalid, result.Reason!.Code);
        Assert.Equal("t-1", result.Reason.TraceId);
        Assert.Null(terminal.TerminalId);
        Assert.Empty(platform.Ring.Held);
        Assert.Equal([ChannelTrust.Name], platform.Blobs.Blobs.Keys);
    }

    [Fact]
    public async Task A_failed_second_activation_leaves_the_first_enrolment_as_it_was()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.ActivateAsync("WRONG", Cancel);
        Assert.Equal(backend.TerminalId, terminal.TerminalId);
        Assert.True((await terminal.PreflightAsync(Cancel)).CanPay);
    }

    [Fact]
    public async Task A_second_activation_destroys_what_the_first_left()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        string[] first = [.. platform.Blobs.Blobs.Keys];
        Assert.True((await terminal.ActivateAsync(ScriptedBackend.Code, Cancel)).CanPay);
        Assert.Single(platform.Ring.Held);
        Assert.Equal([ChannelTrust.Name, "current"], platform.Blobs.Blobs.Keys.Intersect(first).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Requirement("KEY-02")]
    public async Task A_denied_phone_gets_no_keys_and_its_findings_are_named()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.Verdict = Verdict.Denied;
        backend.Findings = [Terminals.Finding("BOOT_UNLOCKED")];
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.Equal(ReasonCodes.AttestationDenied, result.Reason!.Code);
        Assert.Equal("BOOT_UNLOCKED", Assert.Single(result.Findings).Reason);
        Assert.Null(terminal.TerminalId);
        Assert.Empty(platform.Ring.Held);
    }

    [Fact]
    [Requirement("KEY-11")]
    public async Task Keys_of_another_exchange_are_refused()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.DataPurpose = KeyTranscript.Pin;
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.Equal(ReasonCodes.Internal, result.Reason!.Code);
        Assert.Null(terminal.TerminalId);
        Assert.Equal([ChannelTrust.Name], platform.Blobs.Blobs.Keys);
    }

    [Fact]
    [Requirement("ATT-10")]
    public async Task A_back_end_that_is_away_is_our_fault_and_not_the_phones()
    {
        TestPlatform platform = new();
        ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        await backend.DisposeAsync();
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.Equal(ReasonCodes.BackendUnreachable, result.Reason!.Code);
        Assert.Equal(Owner.Us, result.Reason.Owner);
        Assert.Empty(platform.Ring.Held);
    }

    [Fact]
    [Requirement("ATT-10")]
    public async Task A_captive_portal_is_no_back_end()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.Misdeeds.Enqueue(("/challenge", Misdeed.Gibberish));
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.Equal(ReasonCodes.BackendUnreachable, result.Reason!.Code);
    }

    [Fact]
    [Requirement("SWP-05", Partly = true)]
    public async Task Storage_copied_to_another_phone_opens_nothing()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        TestPlatform thief = new() { Blobs = new MemoryStore { Blobs = new(platform.Blobs.Blobs) } };
        await using SoftPosTerminal stolen = await Terminals.OpenAsync(backend, thief);
        Assert.Null(stolen.TerminalId);

        // Even with keys of its own under the same alias.
        thief.Ring.Create(platform.Ring.Held.Keys.Single(), [1]);
        await using SoftPosTerminal again = await Terminals.OpenAsync(backend, thief);
        Assert.Null(again.TerminalId);
    }

    [Fact]
    [Requirement("ATT-15", Partly = true)]
    public async Task A_wipe_leaves_nothing()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.WipeAsync(Cancel);
        Assert.Null(terminal.TerminalId);
        Assert.Empty(platform.Ring.Held);
        Assert.Equal([ChannelTrust.Name], platform.Blobs.Blobs.Keys);
        Assert.Equal(ReasonCodes.NotActivated, (await terminal.PreflightAsync(Cancel)).Reason!.Code);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
