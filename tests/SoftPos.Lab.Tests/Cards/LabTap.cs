using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Lab.Cards;

namespace SoftPos.Lab.Tests.Cards;

/// <summary>Taps a lab card on a reader with the lab's configuration.</summary>
internal sealed class LabTap(LabCardDescription card)
{
    private byte _number = 1;

    public LabTap(string card)
        : this(LabCardCatalogue.Find(card) ?? throw new ArgumentException(card))
    {
    }

    public VirtualCard Card { get; } = VirtualCard.Create(card, 41, bytes => bytes.Fill(0x5A));

    public ContactlessReader Reader { get; } = new();

    public ReaderConfiguration Configuration { get; set; } = LabReader.Configuration();

    public TransactionRequest Request { get; set; } = new(TransactionKind.Purchase, 1250, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public List<ReaderEffect> Effects { get; } = [];

    public int Taps { get; private set; }

    /// <summary>How often the cardholder taps before giving up.</summary>
    public int Patience { get; set; } = 3;

    public Outcome Run() => ReaderRun.ToOutcome(
        Reader,
        Reader.Start(Request, Configuration, Number, Secret),
        command => Card.Transceive(command.Span),
        Arrive,
        Effects.Add,
        Card.Description.DelayMs * 10);

    public Outcome Continue(ReaderEvent happened) =>
        ReaderRun.ToOutcome(Reader, Reader.Step(happened), command => Card.Transceive(command.Span), Arrive, Effects.Add);

    /// <summary>The same configuration with the first combination changed.</summary>
    public LabTap With(Func<Combination, Combination> change, byte terminalType = 0x21)
    {
        Configuration = Configuration with
        {
            Terminal = Configuration.Terminal with { TerminalType = terminalType },
            Combinations = [.. Configuration.Combinations.Select(change)],
        };
        return this;
    }

    private byte[] Number() => [0xC0, 0xFF, 0xEE, _number++];

    private static byte[] Secret(int length) => [.. Enumerable.Range(0, length).Select(at => (byte)((at * 41) + 1 & 0x7F))];

    private bool Arrive()
    {
        if (Taps == Patience)
        {
            return false;
        }

        Taps++;
        Card.EnterField();
        return true;
    }
}
