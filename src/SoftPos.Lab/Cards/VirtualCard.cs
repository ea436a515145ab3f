using System.Security.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>
/// A payment card in software: command bytes in, response bytes out, with its own state and real cryptography. Every card of the
/// catalogue is one of these.
/// </summary>
public abstract class VirtualCard
{
    private static readonly byte[] DirectoryName = "2PAY.SYS.DDF01"u8.ToArray();
    private readonly Action<Span<byte>> _random;
    private int _commandsInField;
    private bool _wasTorn;

    private protected VirtualCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
    {
        Description = description;
        Issued = LabIssuer.FindByName(description.Name) ?? throw new InvalidOperationException($"{description.Name} was not issued");
        Counter = counter;
        _random = random ?? RandomNumberGenerator.Fill;
    }

    /// <summary>What the catalogue says of the card.</summary>
    public LabCardDescription Description { get; }

    /// <summary>Time that each answer takes; the reader path waits for it.</summary>
    public TimeSpan Delay => TimeSpan.FromMilliseconds(Description.DelayMs);

    /// <summary>Application transaction counter of the last transaction.</summary>
    public int Counter { get; private protected set; }

    private protected LabIssuedCard Issued { get; }

    private protected int Tap { get; private set; }

    private protected abstract byte[] Aid { get; }

    private protected abstract string Label { get; }

    private protected abstract byte KernelId { get; }

    /// <summary>Makes a card of the catalogue.</summary>
    /// <param name="name">Name such as <c>visa</c>.</param>
    /// <param name="counter">
    /// Application transaction counter before the first tap, 0–65000. An issuer that remembers counters across processes needs a start that
    /// grows, for instance from a clock.
    /// </param>
    /// <param name="random">Fills a span with random bytes; null takes the operating system's generator.</param>
    /// <returns>The card; null when the catalogue has no such name.</returns>
    public static VirtualCard? Create(string name, int counter = 0, Action<Span<byte>>? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(counter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counter, 65000);
        return LabCardCatalogue.Find(name) is { } description ? Create(description, counter, random) : null;
    }

    /// <summary>Makes a card of the catalogue with another conduct: torn at another command, slower, and so on.</summary>
    internal static VirtualCard Create(LabCardDescription description, int counter, Action<Span<byte>>? random) => description switch
    {
        { Scheme: "visa" } or { Behaviour: "brand-mixup" } => new VisaCard(description, counter, random),
        { Scheme: "unionpay" } => new UnionPayCard(description, counter, random),
        { Scheme: "discover" } => new DiscoverCard(description, counter, random),
        { Scheme: "amex" } => new AmericanExpressCard(description, counter, random),
        { Scheme: "jcb" } => new JcbCard(description, counter, random),
        { Scheme: "ccd" } => new Kernel8Card(description, counter, random),
        _ => new MastercardCard(description, counter, random),
    };

    /// <summary>The card enters the field: it forgets what was selected.</summary>
    public void EnterField()
    {
        _commandsInField = 0;
        Tap++;
        Reset();
    }

    /// <summary>Answers a command; null when the card has left the field.</summary>
    public byte[]? Transceive(ReadOnlySpan<byte> command)
    {
        if (Tap == 0)
        {
            EnterField();
        }

        _commandsInField++;
        if (Description.TornAfter > 0 && !_wasTorn && _commandsInField > Description.TornAfter)
        {
            _wasTorn = true;
            Answer(command.ToArray());
            return null;
        }

        if (Description.Behaviour == "talkative" && _commandsInField > 1)
        {
            return [0x00, 0x61, 0x00];
        }

        return Answer(command.ToArray());
    }

    /// <summary>Makes certificates and records now; otherwise the first tap that asks for them pays for their signatures.</summary>
    public virtual void Personalise()
    {
    }

    private protected abstract void Reset();

    private protected abstract byte[] SelectApplication();

    private protected abstract byte[] Execute(CommandApdu command);

    private protected static byte[] Status(ushort status) => [(byte)(status >> 8), (byte)(status & 0xFF)];

    private protected static byte[] Done(byte[] data) => [.. data, 0x90, 0x00];

    private protected byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        _random(bytes);
        return bytes;
    }

    private protected static Dol Parse(string hex) =>
        Dol.TryParse(Convert.FromHexString(hex), out Dol? dol, out _) ? dol : throw new InvalidOperationException("not a data object list");

    /// <summary>The values that a command carries, by the tags of the list that asked for them.</summary>
    private protected static TlvMap Split(Dol dol, ReadOnlySpan<byte> values)
    {
        TlvMap objects = [];
        int at = 0;
        foreach (DolEntry entry in dol.Entries)
        {
            objects[entry.Tag] = values.Slice(at, entry.Length).ToArray();
            at += entry.Length;
        }

        return objects;
    }

    /// <summary>The values of GET PROCESSING OPTIONS; null when the data is not what the list asked for.</summary>
    private protected static byte[]? OptionsValues(Dol? pdol, ReadOnlySpan<byte> data)
    {
        int expected = pdol?.TotalLength ?? 0;
        return data.Length == expected + 2 && data[0] == 0x83 && data[1] == expected ? data[2..].ToArray() : null;
    }

    /// <summary>Answers READ RECORD.</summary>
    private protected static byte[] Record(Dictionary<(int Sfi, int Record), byte[]> records, CommandApdu command) =>
        (command.P2 & 0x07) == 4 && records.TryGetValue((command.P2 >> 3, command.P1), out byte[]? record) ? Done(record) : Status(0x6A83);

    /// <summary>The counter as 9F36.</summary>
    private protected byte[] CounterBytes() => [(byte)(Counter >> 8), (byte)(Counter & 0xFF)];

    /// <summary>The file control information of the application, with its data object list.</summary>
    private protected byte[] Information(string? pdol)
    {
        TlvWriter writer = new TlvWriter()
            .Open(0x6F)
            .Write(0x84, Aid)
            .Open(0xA5)
            .Write(0x50, System.Text.Encoding.ASCII.GetBytes(Label))
            .Write(0x87, [0x01])
            .Write(0x5F2D, "ende"u8);
        if (pdol is not null)
        {
            writer.Write(0x9F38, Convert.FromHexString(pdol));
        }

        return Done(writer.Close().Close().ToArray());
    }

    /// <summary>Track 2 equivalent data 57 of the card.</summary>
    private protected byte[] Track2()
    {
        string digits = $"{Issued.Pan}D{Issued.ExpiryYearMonth}{LabIssuer.ServiceCode}00000123";
        return Convert.FromHexString(digits.Length % 2 == 0 ? digits : digits + "F");
    }

    /// <summary>The signature of combined dynamic data authentication; a card that is told to spoils it.</summary>
    private protected byte[] CombinedSignature(string scheme, TlvMap terminal, byte type, byte[] cryptogram, byte[] exchanged, byte[] relay)
    {
        byte[] signature = LabCertificates.Combined(LabCardKeys.Card(scheme), Random(8), type, cryptogram, exchanged, relay, terminal[0x9F37]!);
        if (Description.Behaviour == "bad-signature")
        {
            signature[signature.Length / 2] ^= 0x01;
        }

        return signature;
    }

    /// <summary>What the record of account data begins with: track 2, number, dates, country and sequence number.</summary>
    private protected TlvWriter Account() => new TlvWriter()
        .Write(0x57, Track2())
        .Write(0x5A, Digits(Issued.Pan))
        .Write(0x5F24, Convert.FromHexString(Description.Expiry))
        .Write(0x5F25, Convert.FromHexString("190101"))
        .Write(0x5F28, [0x02, 0x76])
        .Write(0x5F34, Digits(Issued.Sequence));

    private protected static byte[] Digits(string digits) => Convert.FromHexString(digits.Length % 2 == 0 ? digits : digits + "F");

    private byte[] Answer(byte[] bytes)
    {
        if (!CommandApdu.TryParse(bytes, out CommandApdu? command))
        {
            return Status(0x6700);
        }

        return command.Cla == 0x00 && command.Ins == 0xA4 ? Select(command) : Execute(command);
    }

    private byte[] Select(CommandApdu command)
    {
        if (command.P1 != 0x04 || command.P2 != 0x00)
        {
            return Status(0x6A86);
        }

        if (Description.Behaviour == "blocked")
        {
            return Status(0x6A81);
        }

        ReadOnlySpan<byte> name = command.Data.Span;
        if (name.SequenceEqual(DirectoryName))
        {
            return Done(Directory());
        }

        if (name.Length < 5 || !Aid.AsSpan().StartsWith(name))
        {
            return Status(0x6A82);
        }

        return Description.Behaviour == "blocked-application" ? Status(0x6283) : SelectApplication();
    }

    private byte[] Directory() => new TlvWriter()
        .Open(0x6F)
        .Write(0x84, DirectoryName)
        .Open(0xA5)
        .Open(0xBF0C)
        .Open(0x61)
        .Write(0x4F, Aid)
        .Write(0x50, System.Text.Encoding.ASCII.GetBytes(Label))
        .Write(0x87, [0x01])
        .Write(0x9F2A, [KernelId])
        .Close()
        .Close()
        .Close()
        .Close()
        .ToArray();
}
