using System.CommandLine;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;
using SoftPos.Terminal.Pcsc;

namespace SoftPos.Cli.Commands;

/// <summary>The virtual phone that commands act on: its options, and how it is opened.</summary>
internal sealed class PhoneOptions
{
    private const string AnyReader = "first", NoPin = "none";

    /// <summary>A sale whose answer is lost asks for its end for a while; another command on the same phone waits for it.</summary>
    private static readonly TimeSpan FolderPatience = TimeSpan.FromSeconds(60);

    private readonly Option<int> _port = StackOptions.Port();
    private readonly Option<string?> _url = StackOptions.Url();
    private readonly Option<string> _data = StackOptions.Data();
    private readonly Option<string> _phone = new("--phone")
    {
        Description = "Virtual phone: " + string.Join(", ", LabPhoneDescription.All.Select(phone => phone.Name)) + ".",
        DefaultValueFactory = _ => "good",
    };

    private readonly Option<string> _card = new("--card")
    {
        Description = "Virtual card: " + string.Join(", ", LabCardCatalogue.All.Select(card => card.Name)) + ".",
        DefaultValueFactory = _ => "visa",
    };

    private readonly Option<string?> _reader = new("--reader")
    {
        Description = "Read a real card on a PC/SC contactless reader: its name or a part of it; without a name the first reader.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _pin = new("--pin")
    {
        Description = $"PIN that the customer enters where the card asks for one; {NoPin} cancels. The lab's cards have {LabIssuer.Pin}.",
        DefaultValueFactory = _ => LabIssuer.Pin,
    };

    private readonly Option<bool> _guided = new("--guided-pin") { Description = "The customer uses the guided PIN entry, as people do who do not see the screen." };

    private RecordOptions? _record;

    public void AddTo(Command command)
    {
        command.Options.Add(_pin);
        command.Options.Add(_guided);
        command.Options.Add(_port);
        command.Options.Add(_url);
        command.Options.Add(_data);
        command.Options.Add(_phone);
        command.Options.Add(_card);
        command.Options.Add(_reader);
    }

    /// <summary>Adds the options of a command that takes a card.</summary>
    public void AddRecordingTo(Command command) => (_record = new RecordOptions()).AddTo(command);

    public Uri Backend(ParseResult result) => StackOptions.Address(result.GetValue(_url), result.GetValue(_port));

    public async Task<VirtualTerminal> OpenAsync(ParseResult result, CancellationToken cancellation)
    {
        string pin = result.GetValue(_pin)!;
        if (pin != NoPin && !pin.All(char.IsAsciiDigit))
        {
            throw new CommandException($"--pin: expected digits, or {NoPin} for a customer who cancels", 2);
        }

        Uri backend = Backend(result);
        string phone = result.GetValue(_phone)!;
        string card = result.GetValue(_card)!;
        if (LabPhoneDescription.Find(phone) is null)
        {
            throw new CommandException($"--phone {phone}: there are {string.Join(", ", LabPhoneDescription.All.Select(known => known.Name))}", 2);
        }

        if (LabCardCatalogue.Find(card) is null)
        {
            throw new CommandException($"--card {card}: there are {string.Join(", ", LabCardCatalogue.All.Select(known => known.Name))}", 2);
        }

        // One phone for each stack: a phone that is enrolled at one back end is a stranger at another.
        string folder = Path.Combine(result.GetValue(_data)!, "phones", $"{phone}-{backend.Host}-{backend.Port}");
        VirtualTerminalOptions options = new()
        {
            Backend = backend,
            Folder = folder,
            FolderPatience = FolderPatience,
            Phone = phone,
            Card = card,
            Reader = Reader(result),
            Pin = pin == NoPin ? null : pin,
            GuidedPin = result.GetValue(_guided),
            Recorded = _record?.Writer(result),
            FullRecordings = _record?.IsFull(result) is true,
        };
        if (options is { FullRecordings: true, Reader: not null })
        {
            throw new CommandException("--record-full: the number of a real card is never written; leave it out with --reader", 2);
        }

        try
        {
            return await VirtualTerminal.OpenAsync(options, cancellation);
        }
        catch (PhoneInUseException)
        {
            throw new CommandException(
                $"phone {phone}: another command has used it for {FolderPatience.TotalSeconds:0} s; wait until it ends, or take another with --phone");
        }
        catch (HttpRequestException)
        {
            throw StackOptions.NotRunning(backend);
        }
    }

    private CardReader? Reader(ParseResult result)
    {
        if (result.GetResult(_reader) is null)
        {
            return null;
        }

        if (!PcscReaders.IsInstalled)
        {
            throw new CommandException("--reader: this machine has no PC/SC library; install pcscd (Debian: apt-get install pcscd)");
        }

        string wanted = result.GetValue(_reader) ?? AnyReader;
        IReadOnlyList<string> names;
        try
        {
            names = PcscReaders.List();
        }
        catch (CardReaderException fault)
        {
            throw new CommandException($"--reader: {fault.Message}");
        }

        string? name = wanted == AnyReader
            ? names is [string only, ..] ? only : null
            : names.FirstOrDefault(known => known.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        return name is null
            ? throw new CommandException(
                names.Count == 0 ? "--reader: no reader is connected" : $"--reader {wanted}: there are {string.Join(", ", names)}")
            : PcscReaders.Open(name);
    }
}
