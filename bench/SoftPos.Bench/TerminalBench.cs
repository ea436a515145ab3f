using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;

namespace SoftPos.Bench;

/// <summary>
/// What the SDK costs a phone: from the start of the process to an SDK that is ready, without a network; and all probes with the evidence of a
/// heartbeat. The first figure counts the whole process, so this group is to be run alone.
/// </summary>
internal sealed class TerminalBench : IBench
{
    public string Name => "terminal";

    public IEnumerable<BenchLine> Run()
    {
        yield return ColdStart();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] hash = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        BenchLine signature = Harness.Line("P-256 signature", () => key.SignHash(hash));
        yield return signature;

        LabPhone phone = new(LabPhoneDescription.Find("good")!, new LabAttestationAuthority(), TimeProvider.System, RandomNumberGenerator.Create());
        LabReporter reporter = new(phone) { TerminalId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()) };
        Challenge challenge = NewChallenge();
        reporter.Activation("12345678", challenge);
        int length = 0;
        BenchLine evidence = Harness.Line(
            "evidence", () => length = reporter.Evidence(challenge, ChallengePurpose.Heartbeat).Length, signature.PerSecond, signature.What);
        yield return evidence with
        {
            What = string.Create(CultureInfo.InvariantCulture, $"all probes and their evidence, signed; {length} B, goal 4,096"),
        };
    }

    private static BenchLine ColdStart()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-cold-").FullName;
        try
        {
            using ECDiffieHellman channel = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            VirtualTerminalOptions options = new()
            {
                // Nothing listens there: opening the SDK asks nobody.
                Backend = new Uri("http://127.0.0.1:9/"), ChannelKey = channel.ExportSubjectPublicKeyInfo(), Folder = folder,
            };
            VirtualTerminal terminal = VirtualTerminal.OpenAsync(options).GetAwaiter().GetResult();
            double used = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
            terminal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return new BenchLine(string.Create(CultureInfo.InvariantCulture, $"process start to a ready SDK: {used * 1000:N0} ms of processor, goal 1,500"), 1 / used);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Challenge NewChallenge() => new()
    {
        Nonce = RandomNumberGenerator.GetBytes(Challenge.NonceLength),
        Seed = RandomNumberGenerator.GetBytes(16),
        ServerTime = TimeProvider.System.GetUtcNow(),
        ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(1),
    };
}
