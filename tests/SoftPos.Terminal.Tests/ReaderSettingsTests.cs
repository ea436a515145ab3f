using System.Text;
using SoftPos.Contract;
using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal;

/// <summary>A reader configuration is taken whole or not at all, only from the back end, only forwards.</summary>
public sealed class ReaderSettingsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("ACC-05")]
    public async Task A_signed_configuration_is_taken_and_stays_over_a_restart()
    {
        TestPlatform platform = Platform();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.Configuration = (3, Signed(backend, 3));
        await using (SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform))
        {
            Assert.Equal(0, terminal.ReaderConfigurationVersion);
            await terminal.PreflightAsync(Cancel);
            Assert.Equal((3, null), (terminal.ReaderConfigurationVersion, terminal.ReaderConfigurationFault));
        }

        await using SoftPosTerminal again = await Terminals.OpenAsync(backend, platform);
        await again.PreflightAsync(Cancel);
        Assert.Equal(3, again.ReaderConfigurationVersion);
        Assert.Single(backend.Trace, line => line == "configuration after 0");
        Assert.DoesNotContain("configuration after 3", backend.Trace);
    }

    [Fact]
    [Requirement("ACC-05")]
    public async Task Whatever_is_wrong_leaves_the_old_one_in_force_and_is_named()
    {
        TestPlatform platform = Platform();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        backend.Configuration = (3, Signed(backend, 3));
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        await terminal.PreflightAsync(Cancel);
        SoftwareKey stranger = new();
        (long Announced, byte[]? Message, string Fault)[] cases =
        [
            (4, null, "did not give it"),
            (4, Signed(backend, 4)[..^1], "signature"),
            (4, Message(4).Sign(stranger), "signature"),
            (4, Turned(Signed(backend, 4)), "signature"),
            (4, Signed(backend, 3), "version 3 is not newer than 3"),
            (4, Signed(backend, 2), "version 2 is not newer than 3"),
            (4, Signed(backend, 4, scope: "merchant:another"), "is for merchant:another"),
            (4, Signed(backend, 4, scope: "country:DE"), "is for country:DE"),
            (4, Signed(backend, 4, document: Document("production")), "environment"),
            (4, Signed(backend, 4, document: "{}"), "reader configuration 4: version: is missing"),
            (4, Signed(backend, 4, document: Document("lab", """, "surprise": 1""")), "reader configuration 4: surprise: is unknown"),
        ];
        foreach ((long announced, byte[]? message, string fault) in cases)
        {
            backend.Configuration = (announced, message);
            await terminal.PreflightAsync(Cancel);
            Assert.Equal(3, terminal.ReaderConfigurationVersion);
            Assert.Contains(fault, terminal.ReaderConfigurationFault, StringComparison.Ordinal);
        }

        backend.Configuration = (5, Signed(backend, 5));
        await terminal.PreflightAsync(Cancel);
        Assert.Equal((5, null), (terminal.ReaderConfigurationVersion, terminal.ReaderConfigurationFault));
    }

    [Fact]
    [Requirement("ACC-05")]
    public async Task A_download_that_breaks_off_anywhere_keeps_the_old_one()
    {
        TestPlatform platform = Platform();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        byte[] whole = Signed(backend, 1);
        Enrolment enrolment = Enrolment.Open(platform)!;
        ReaderSettings settings = new(platform);
        settings.Open(enrolment);
        ReaderConfiguration own = settings.Configuration;

        for (int length = 0; length < whole.Length; length++)
        {
            Assert.NotNull(settings.Take(enrolment, whole[..length]));
            Assert.Same(own, settings.Configuration);
            Assert.Null(enrolment.ReadReaderConfiguration());
        }

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] turned = [.. whole];
            turned[at] ^= 0x01;
            Assert.NotNull(settings.Take(enrolment, turned));
        }

        Assert.Same(own, settings.Configuration);
        Assert.Null(settings.Take(enrolment, whole));
        Assert.Equal(1, settings.Version);
    }

    [Fact]
    [Requirement("ACC-05")]
    public async Task A_disk_that_is_full_keeps_the_old_one()
    {
        TestPlatform platform = Platform();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.EnrolAsync(backend, platform);
        Enrolment enrolment = Enrolment.Open(platform)!;
        ReaderSettings settings = new(platform);
        settings.Open(enrolment);
        platform.Blobs.OnWrite = name => throw new IOException(name);

        Assert.Throws<IOException>(() => settings.Take(enrolment, Signed(backend, 1)));

        Assert.Equal(0, settings.Version);
    }

    private static TestPlatform Platform() => new() { OwnConfiguration = Read(Document("lab")) };

    private static ReaderConfiguration Read(string document)
    {
        Assert.True(ReaderConfigurationReader.TryRead(Encoding.UTF8.GetBytes(document), "own", out ReaderConfiguration? read, out _));
        return read;
    }

    private static string Document(string environment, string more = "") => $$"""
        {
          "version": "test", "environment": "{{environment}}", "terminal": { "country": 710, "currency": 710 },
          "combinations": [{ "aid": "A0000000031010", "kernel": "03", "transactions": ["purchase"], "ttq": "25004000" }]{{more}}
        }
        """;

    private static ReaderConfigurationMessage Message(long version, string scope = "default", string? document = null) => new()
    {
        Version = version, Scope = scope, IssuedAt = DateTimeOffset.UnixEpoch, Document = Encoding.UTF8.GetBytes(document ?? Document("lab")),
    };

    private static byte[] Signed(ScriptedBackend backend, long version, string scope = "default", string? document = null) =>
        Message(version, scope, document).Sign(backend.ConfigurationKey);

    private static byte[] Turned(byte[] message)
    {
        byte[] turned = [.. message];
        turned[turned.Length / 2] ^= 0x01;
        return turned;
    }
}
