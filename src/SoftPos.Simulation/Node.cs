using System.Net;
using SoftPos.Attestation.Certificates;
using SoftPos.Backend;
using SoftPos.Cryptography;
using SoftPos.Keys;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Phones;
using SoftPos.Payments;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Schedule;
using SoftPos.Storage;

namespace SoftPos.Simulation;

/// <summary>The back end's process: a real node in simulated surroundings, over files that outlive it.</summary>
internal sealed class Node(World world) : IDisposable
{
    /// <summary>Name of the operation that starts the process.</summary>
    public const string StartName = "start";

    private BackendHost? _host;
    private MemoryServer? _server;
    private CancellationTokenSource? _life;

    /// <summary>The folder of the present or next process.</summary>
    public required string Folder { get; set; }

    public SkewedClock Clock { get; } = new(world.Clock);

    public SimulatedDisk? Disk { get; private set; }

    /// <summary>It answers.</summary>
    public bool IsUp { get; private set; }

    public Rooms Rooms => _host!.Rooms;

    public Database Database => _host!.Database;

    /// <summary>Starts the process; it is up when <see cref="IsUp"/>.</summary>
    public void Start()
    {
        Disk = new SimulatedDisk(Folder, world.Board, world.DiskChances, world.Trace, world.Options.Bug is PlantedBug.UnflushedAnswer)
        {
            FaultOneIn = world.FaultsOn ? world.DiskFaultOneIn : 0,
        };
        _server = new MemoryServer();
        Surroundings surroundings = new()
        {
            Server = _server, Disk = Disk, Acquirer = world.Acquirer, Randomness = world.NonceRandomness, Inside = world.Watch.LookAsync,
        };
        world.Trace.Add("back end starts");
        world.Board.Start(StartName, Party.Backend, async () =>
        {
            BackendHost? host = null;
            try
            {
                host = await BackendHost.StartAsync(Options(Folder), Clock, surroundings, CancellationToken.None).ConfigureAwait(false);
                _host = host;
                IsUp = true;
            }
            catch (Exception fault) when (fault is StorageException or BackendStartException)
            {
                world.Trace.Add("back end did not start");
            }
        });
        if (!IsUp)
        {
            return;
        }

        world.Trace.Add("back end is up");
        _life = new CancellationTokenSource();
        CancellationToken life = _life.Token;
        Rooms rooms = Rooms;
        world.Board.Start("reversals", Party.Backend, () => rooms.Payments.Reversals.RunAsync(
            fault => world.Trace.Add($"reversals failed {fault.GetType().Name}"), life));
    }

    public Task<WireAnswer> AskAsync(string method, string path, string? mediaType, byte[] body) => _server!.AskAsync(method, path, mediaType, body);

    /// <summary>The process is gone; its files are as the crash left them, in a new folder.</summary>
    public async Task DieAsync(string next)
    {
        Disk!.Leave(next);
        world.Board.Kill(static each => each.Owner is not Party.Phone);
        Folder = next;
        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Closes what the dead process held of this one.</summary>
    public async Task StopAsync()
    {
        BackendHost? old = _host;
        (_host, IsUp) = (null, false);
        if (old is not null)
        {
            await old.DisposeAsync().ConfigureAwait(false);
        }

        _life?.Dispose();
        _life = null;
    }

    public void Dispose()
    {
        StopAsync().GetAwaiter().GetResult();
        _server?.Dispose();
    }

    private static BackendOptions Options(string folder) => new()
    {
        DataFolder = folder,
        Acquirer = new IPEndPoint(IPAddress.Loopback, 1),
        Sandbox = true,
        Pin = new PinZone(LabAcquirerPin.KeyName, PinBlockFormat.Iso0),
        SandboxZone = new SandboxZoneKey(LabAcquirerPin.KeyName, LabAcquirerPin.Key()),
        Anchors = TrustAnchors.Google.With(World.Authority.Anchor),
        AppPackages = [LabApp.Package],
        AppSigners = [LabApp.SignerHex],

        // One message after another, so that their order is the scheduler's.
        Reversal = new ReversalSchedule { AtOnce = 1 },
    };
}
