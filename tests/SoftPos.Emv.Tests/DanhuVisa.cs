using System.Text.Json.Nodes;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests;

/// <summary>The recorded Visa transaction, with everything that a test may want to change in it.</summary>
internal sealed class DanhuVisa
{
    public List<(byte[] Command, byte[] Response)> Exchanges { get; } =
        [.. Load().Exchanges.Select(exchange => (exchange.Command, exchange.Response.ToArray()))];

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 200, new DateOnly(2019, 8, 19), default) { CurrencyCode = 840 };

    public byte[] UnpredictableNumber { get; set; } = Convert.FromHexString("ABABABAB");

    public List<CaPublicKey> Keys { get; } = [.. PublishedCaKeys.Test];

    public List<CertificateRevocation> Revocations { get; } = [];

    public Combination Combination { get; set; } = new()
    {
        Aid = Convert.FromHexString("A000000003"),
        KernelId = [3],
        Kinds = [TransactionKind.Purchase, TransactionKind.Refund, TransactionKind.CashAdvance, TransactionKind.PurchaseWithCashback],
        TransactionLimit = 20000,
        FloorLimit = 8000,
        CvmLimit = 8000,
        Ttq = Convert.FromHexString("24004000"),
    };

    public HashSet<string> ExceptionFile { get; } = [];

    public byte TerminalType { get; set; } = 0x22;

    /// <summary>The response whose command begins so.</summary>
    public byte[] ResponseTo(string header) =>
        Exchanges.First(exchange => Convert.ToHexString(exchange.Command).StartsWith(header, StringComparison.Ordinal)).Response;

    public void Replace(string header, Func<byte[], byte[]> change)
    {
        int at = Exchanges.FindIndex(exchange => Convert.ToHexString(exchange.Command).StartsWith(header, StringComparison.Ordinal));
        Exchanges[at] = (Exchanges[at].Command, change(Exchanges[at].Response));
    }

    /// <summary>Changes the objects of a one-template response by tag; null removes, a new tag is added at the end.</summary>
    public void Edit(string header, params (uint Tag, byte[]? Value)[] edits) => Replace(header, response =>
    {
        TlvReader outer = new(response.AsSpan(0, response.Length - 2));
        Assert.True(outer.TryRead(out TlvObject template));
        Assert.True(TlvMap.TryParse(template.Value.ToArray(), out TlvMap? map, out _));
        foreach ((uint tag, byte[]? value) in edits)
        {
            map[tag] = value;
        }

        return [.. new TlvWriter().Write(template.Tag, map.Encode()).ToArray(), 0x90, 0x00];
    });

    /// <summary>Turns the lowest bit of the last byte of a value.</summary>
    public void Flip(string header, uint tag) => Replace(header, response =>
    {
        Assert.True(TlvTree.TryParse(response.AsMemory(0, response.Length - 2), out IReadOnlyList<TlvNode> nodes, out _));
        TlvNode node = nodes[0].Child(tag)!;
        response[node.ValueOffset + node.Value.Length - 1] ^= 1;
        return response;
    });

    public Outcome Run(Action<ReaderEffect>? seen = null) => RunCounting(out _, seen);

    public Outcome RunCounting(out int commands, Action<ReaderEffect>? seen = null)
    {
        int count = 0;
        ContactlessReader reader = new();
        IReadOnlyList<ReaderEffect> effects = reader.Start(Request, Configuration(), () => [.. UnpredictableNumber]);
        Outcome outcome = ReaderRun.ToOutcome(
            reader,
            effects,
            command =>
            {
                count++;
                return Answer(command.ToArray());
            },
            () => true,
            seen);
        commands = count;
        return outcome;
    }

    public ReaderConfiguration Configuration() => new()
    {
        Version = "test",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 840, CurrencyCode = 840, TerminalType = TerminalType },
        Combinations = [Combination],
        CaKeys = new CaKeySet(Keys, Revocations),
        ExceptionFile = ExceptionFile,
    };

    private static Transcript Load() =>
        Transcript.TryParse(File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-visa-offline.json")), out _)!;

    private byte[] Answer(byte[] command)
    {
        (byte[] Command, byte[] Response) exact = Exchanges.FirstOrDefault(exchange => exchange.Command.AsSpan().SequenceEqual(command));
        if (exact.Response is not null)
        {
            return exact.Response;
        }

        return Exchanges.FirstOrDefault(exchange => exchange.Command.AsSpan().StartsWith(command.AsSpan(0, 4))).Response ?? [0x6A, 0x82];
    }
}
