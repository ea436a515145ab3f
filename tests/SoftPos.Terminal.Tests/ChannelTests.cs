using System.Text;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>The envelope, as the terminal keeps to it: whatever stands outside the one that belongs to a request is no answer.</summary>
public sealed class ChannelTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [Requirement("CHN-02", Partly = true)]
    [Requirement("CHN-04", Partly = true)]
    [InlineData(nameof(Tamper.Strip))]
    [InlineData(nameof(Tamper.ClearProblem))]
    [InlineData(nameof(Tamper.Earlier))]
    [InlineData(nameof(Tamper.Flip))]
    [InlineData(nameof(Tamper.Cut))]
    public async Task An_answer_outside_its_envelope_is_no_answer(string tamper)
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        Assert.True((await terminal.PreflightAsync(None)).CanPay);
        backend.Tampers.Enqueue(("/attestation", Enum.Parse<Tamper>(tamper)));
        TrustResult result = await terminal.PreflightAsync(None);
        Assert.False(result.CanPay);
        Assert.Equal(ReasonCodes.BackendUnreachable, result.Reason!.Code);
        Assert.Empty(backend.Tampers);
        Assert.True((await terminal.PreflightAsync(None)).CanPay);
    }

    [Fact]
    [Requirement("CHN-04")]
    public async Task Nothing_that_is_sent_or_answered_can_be_read_on_the_line()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.PreflightAsync(None);
        byte[] line = [.. backend.Wire.SelectMany(static bytes => bytes)];
        string[] words = [ScriptedBackend.Code, "Test Phone", "Test Stall", "root.su-binary", "Trusted", "resultToken", "Heartbeat", "purpose"];
        Assert.All(words, word => Assert.True(line.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) < 0, $"{word} is in clear"));
        Assert.True(line.AsSpan().IndexOf(backend.TerminalId.ToByteArray(bigEndian: true)) < 0, "the terminal's identity is in clear");
    }

    [Fact]
    [Requirement("CHN-02", Partly = true)]
    public async Task No_two_requests_share_an_ephemeral_key()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.PreflightAsync(None);
        await terminal.PreflightAsync(None);
        byte[][] requests = [.. backend.Wire.Where(static bytes => OpenedRequest.KeyIdOf(bytes) is not null)];
        string[] keys = [.. requests.Select(static bytes => Convert.ToHexString(bytes.AsSpan(bytes.Length - 69)))];
        Assert.True(keys.Length >= 6, $"{keys.Length} requests");
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    [Requirement("SWP-05", Partly = true)]
    public async Task Numbers_rise_and_are_never_used_again_after_a_restart()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using (SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform))
        {
            await terminal.PreflightAsync(None);
        }

        await using (SoftPosTerminal again = await Terminals.OpenAsync(backend, platform))
        {
            await again.PreflightAsync(None);
        }

        long[] numbers = [.. backend.Sequences];
        Assert.Equal(4, numbers.Length);
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.True(numbers[0] > 0);
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    public async Task A_number_that_could_not_be_set_aside_durably_is_not_used()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using (SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform))
        {
            platform.Blobs.OnWrite = static name => throw new IOException("the disk is full: " + name);
            await Assert.ThrowsAsync<IOException>(() => terminal.PreflightAsync(None));
            platform.Blobs.OnWrite = null;
            Assert.Empty(backend.Sequences);
            Assert.True((await terminal.PreflightAsync(None)).CanPay);
        }

        Assert.Equal([1L, 2L], backend.Sequences);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task A_new_envelope_key_is_taken_over_from_the_signed_document_and_the_old_one_still_serves_meanwhile()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        string old = Convert.ToHexString(backend.EnvelopeKey.Id);
        backend.Rotate(platform.Time.GetUtcNow(), TimeSpan.FromDays(1));
        string next = Convert.ToHexString(backend.EnvelopeKey.Id);
        backend.KeyIds.Clear();
        Assert.True((await terminal.PreflightAsync(None)).CanPay);
        Assert.Equal([old, next], backend.KeyIds);
        Assert.Equal(2, backend.DocumentsGiven);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task A_key_that_is_not_taken_any_more_leads_to_the_document_and_one_more_try()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        backend.Rotate(platform.Time.GetUtcNow(), TimeSpan.Zero);
        Assert.True((await terminal.PreflightAsync(None)).CanPay);
        Assert.Equal(2, backend.DocumentsGiven);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    [Requirement("CHN-02", Partly = true)]
    public async Task A_document_of_another_signer_of_a_past_version_or_of_production_is_never_taken()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        TerminalOptions options = backend.Options(platform);
        ChannelDocument first = backend.Document;
        backend.OtherChannelKey = new SoftwareKey();
        await using (SoftPosTerminal stranger = await SoftPosTerminal.CreateAsync(options, None))
        {
            Assert.Equal(ReasonCodes.BackendUnreachable, (await stranger.ActivateAsync(ScriptedBackend.Code, None)).Reason!.Code);
        }

        Assert.Empty(backend.Wire);
        backend.OtherChannelKey = null;
        backend.Document = first with { IsSandbox = false };
        await using (SoftPosTerminal mixed = await SoftPosTerminal.CreateAsync(options, None))
        {
            Assert.Equal(ReasonCodes.BackendUnreachable, (await mixed.ActivateAsync(ScriptedBackend.Code, None)).Reason!.Code);
        }

        Assert.Empty(backend.Wire);
        backend.Document = first with { Version = 3 };
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        ChannelTrust trust = new(options);
        Assert.Equal(3, trust.Version);
        Assert.Equal(ChannelFault.Older, trust.Take(first.Sign(backend.ChannelKey)));
        Assert.Equal(3, trust.Version);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task A_document_that_is_over_is_asked_for_again_and_an_old_one_counts_no_more()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        platform.Time.Advance(TimeSpan.FromDays(91));
        int before = backend.Sequences.Count;
        TrustResult result = await terminal.PreflightAsync(None);
        Assert.Equal(ReasonCodes.ClockSkew, result.Reason!.Code);
        Assert.Equal(before, backend.Sequences.Count);
        backend.Document = backend.FirstDocument(platform.Time.GetUtcNow()) with { Version = 2 };
        Assert.True((await terminal.PreflightAsync(None)).CanPay);
    }
}
