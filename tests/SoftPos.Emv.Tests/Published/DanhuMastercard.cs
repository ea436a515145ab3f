using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Published;

/// <summary>The recorded Mastercard transaction, with everything that a test may want to change in it.</summary>
internal sealed class DanhuMastercard
{
    private readonly List<(byte[] Command, byte[] Response)> _exchanges =
        [.. Load().Exchanges.Select(exchange => (exchange.Command, exchange.Response.ToArray()))];

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1, new DateOnly(2019, 8, 19), default);

    public byte[] UnpredictableNumber { get; set; } = Convert.FromHexString("33BCA47D");

    public List<CaPublicKey> Keys { get; } = [.. PublishedCaKeys.Test];

    public List<CertificateRevocation> Revocations { get; } = [];

    public Kernel2Options Kernel { get; set; } = new() { SkipMagStripeRecord = true };

    public List<string> Commands { get; } = [];

    /// <summary>Turns the lowest bit of the last byte of a value in the response whose command begins so.</summary>
    public void Flip(string header, uint tag)
    {
        byte[] response = _exchanges.First(exchange => Convert.ToHexString(exchange.Command).StartsWith(header, StringComparison.Ordinal)).Response;
        Assert.True(TlvTree.TryParse(response.AsMemory(0, response.Length - 2), out IReadOnlyList<TlvNode> nodes, out _));
        TlvNode node = nodes[0].Child(tag)!;
        response[node.ValueOffset + node.Value.Length - 1] ^= 1;
    }

    /// <summary>A value in the first response that has it, of those whose command begins so.</summary>
    public byte[] Value(string header, uint tag) => _exchanges
        .Where(exchange => Convert.ToHexString(exchange.Command).StartsWith(header, StringComparison.Ordinal))
        .Select(exchange => TlvMap.TryParse(exchange.Response.AsMemory(0, exchange.Response.Length - 2), out TlvMap? objects, out _) ? objects[tag] : null)
        .First(value => value is not null)!;

    public Outcome Run(Action<ReaderEffect>? seen = null)
    {
        ContactlessReader reader = new();
        bool came = false;
        return ReaderRun.ToOutcome(
            reader,
            reader.Start(Request, Configuration(), () => [.. UnpredictableNumber]),
            command => Answer(command.ToArray()),
            () => !came && (came = true),
            seen);
    }

    private ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile
        {
            CountryCode = 56,
            CurrencyCode = 978,
            TerminalType = 0x26,
            Objects = new TlvMap { [EmvTag.AdditionalCapabilities] = Convert.FromHexString("6000F00001") },
        },
        Combinations =
        [
            new Combination
            {
                Aid = Convert.FromHexString("A0000000041010"),
                KernelId = [2],
                Kinds = [TransactionKind.Purchase],
                TransactionLimit = 30_000,
                FloorLimit = 10_000,
                CvmLimit = 1_000,
                Kernel2 = Kernel,
            },
        ],
        CaKeys = new CaKeySet(Keys, Revocations),
    };

    private static Transcript Load() =>
        Transcript.TryParse(File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-msc-offline.json")), out _)!;

    private byte[] Answer(byte[] command)
    {
        Commands.Add(Convert.ToHexString(command));
        (byte[] Command, byte[] Response) exact = _exchanges.FirstOrDefault(exchange => exchange.Command.AsSpan().SequenceEqual(command));
        return exact.Response
            ?? _exchanges.FirstOrDefault(exchange => exchange.Command.AsSpan().StartsWith(command.AsSpan(0, 4))).Response
            ?? [0x67, 0x00];
    }
}
