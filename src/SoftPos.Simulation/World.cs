using System.Security.Cryptography;
using SoftPos.Backend;
using SoftPos.Lab.Phones;
using SoftPos.Simulation.Checks;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Phones;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation;

/// <summary>Everything of one run: phones, back end, acquirer, network, disk, clocks, and who watches over them.</summary>
internal sealed class World : IDisposable
{
    /// <summary>A Monday morning; the lab's cards and certificates are valid.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static readonly LabAttestationAuthority Authority = new();

    private readonly string _folder;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Lock _counting = new();
    private int _generation;

    /// <summary>Cards of the shop.</summary>
    public static readonly string[] CardNames = ["visa", "visa-cvn22", "mastercard", "visa-phone"];

    public World(ulong seed, SimulationOptions options, string folder, Template? template)
    {
        Seed = seed;
        Options = options;
        _folder = folder;
        Chances = new Chances(seed);
        DiskChances = new Chances(seed ^ 0xD15C);
        DiskFaultOneIn = template is null ? 0 : 20 + Chances.Below(200);
        Board = new Board();
        Clock = new VirtualClock(Board, template is null ? Start : template.End);
        Trace = new Trace(Clock, options.Line);
        Randomness = new SeededRandomness(seed ^ 0xF0E5);
        NonceRandomness = new SeededRandomness(seed ^ 0x2026, options.Bug is PlantedBug.ReusedNonce);
        Canaries = new Canaries(CardNames);
        Watch = new Watch(this);
        Journal = new JournalWatch(this);
        Wires = new Wires(Board, Trace);
        AcquirerClock = new SkewedClock(Clock);
        Acquirer = new SimulatedAcquirer(Board, AcquirerClock, Trace, options.Bug is PlantedBug.DoubledReversal);
        Cards = new ShopCards(AcquirerClock, Randomness.GetBytes);
        Node = new Node(this) { Folder = NextFolder() };
        template?.CopyTo(Node.Folder);
    }

    public ulong Seed { get; }

    public SimulationOptions Options { get; }

    public Chances Chances { get; }

    /// <summary>Faults of the disk are drawn apart, in the middle of steps.</summary>
    public Chances DiskChances { get; }

    public int DiskFaultOneIn { get; }

    public Board Board { get; }

    public VirtualClock Clock { get; }

    public Trace Trace { get; }

    public RandomNumberGenerator Randomness { get; }

    public RandomNumberGenerator NonceRandomness { get; }

    public Canaries Canaries { get; }

    public Watch Watch { get; }

    public JournalWatch Journal { get; }

    public Wires Wires { get; }

    public SkewedClock AcquirerClock { get; }

    public SimulatedAcquirer Acquirer { get; }

    public ShopCards Cards { get; }

    public Node Node { get; }

    public List<SimulatedPhone> Phones { get; } = [];

    /// <summary>Faults happen.</summary>
    public bool FaultsOn { get; set; }

    /// <summary>How often what happened.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Counts something that happened.</summary>
    public void Count(string what)
    {
        lock (_counting)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + 1;
        }
    }

    /// <summary>The folder of the next process of the back end.</summary>
    public string NextFolder() => Directory.CreateDirectory(Path.Combine(_folder, $"node-{++_generation}")).FullName;

    public SimulatedPhone AddPhone(byte[] channelKey, EnrolledPhone? before)
    {
        SimulatedPhoneParts parts = new(Clock, Authority, Randomness, Wires, Cards, channelKey);
        SimulatedPhone phone = new($"T{Phones.Count + 1}", parts, before);
        Phones.Add(phone);
        phone.Start();
        return phone;
    }

    /// <summary>Hands a request to the back end.</summary>
    public void Deliver(Exchange exchange)
    {
        exchange.Stage = Stage.Inside;
        Ask($"r{exchange.Number}", exchange.Method, exchange.Path, exchange.MediaType, exchange.Body, answer =>
        {
            if (exchange.Stage is Stage.Inside)
            {
                (exchange.Stage, exchange.Answer) = (Stage.Answered, answer);
            }
        });
    }

    /// <summary>The answer reaches the phone.</summary>
    public void GiveAnswer(Exchange exchange)
    {
        exchange.Stage = Stage.Over;
        Board.Wake(exchange.Asker, exchange.Answer);
    }

    /// <summary>The connection breaks: before anything was sent, or after.</summary>
    public void Break(Exchange exchange, HttpRequestError how)
    {
        exchange.Stage = Stage.Over;
        Board.Wake(exchange.Asker, how);
    }

    /// <summary>Begins a request in the back end.</summary>
    public Operation Ask(string name, string method, string path, string? mediaType, byte[] body, Action<WireAnswer> answered) =>
        Board.Start(name, Party.Backend, async () =>
        {
            WireAnswer answer = await Node.AskAsync(method, path, mediaType, body).ConfigureAwait(false);
            Trace.Add($"{name} answered {answer.Status}");
            answered(answer);
        });

    /// <summary>Everything that waits goes on without a fault; time passes where nothing does.</summary>
    public void CalmStep()
    {
        Wires.Open.RemoveAll(static each => each.Stage is Stage.Over);
        if (!Node.IsUp)
        {
            Node.Start();
            return;
        }

        if (Wires.Open.Find(static each => each.Stage is Stage.Answered) is { } answered)
        {
            GiveAnswer(answered);
        }
        else if (Wires.Open.Find(static each => each.Stage is Stage.Sent) is { } sent)
        {
            Deliver(sent);
        }
        else if (Board.Open.FirstOrDefault(static each => each.Standing is Standing.Parked && each.Matter is not Exchange) is { } parked)
        {
            Board.Wake(parked, parked.Point == SimulatedAcquirer.Point ? LinkFate.Answered : null);
        }
        else
        {
            Clock.Advance(Clock.UntilNext ?? TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose()
    {
        Board.Kill(static _ => true);
        Node.Dispose();
        Acquirer.Ledger.Dispose();
        Trace.Dispose();
    }
}
