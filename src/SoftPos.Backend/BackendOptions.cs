using System.Net;
using Microsoft.AspNetCore.Routing;
using SoftPos.Attestation.Certificates;
using SoftPos.Iso8583;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Monitoring.Revocation;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>How one node of the back end runs.</summary>
public sealed record BackendOptions
{
    /// <summary>Folder of the database and the key room.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Unix socket of a key room in another process; null when this node holds its keys itself.</summary>
    public string? KeyRoomSocket { get; init; }

    /// <summary>Address to listen on: loopback unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>Where the acquirer listens.</summary>
    public required IPEndPoint Acquirer { get; init; }

    /// <summary>More addresses of the same acquirer, taken in this order when those before are down.</summary>
    public IReadOnlyList<IPEndPoint> FurtherAcquirers { get; init; } = [];

    /// <summary>When a link that answers nothing is left alone.</summary>
    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>Computes the MAC of messages to the acquirer; null where it has none.</summary>
    public MacFunction? AcquirerMac { get; init; }

    /// <summary>Age from which terminals are told to fetch new initial keys.</summary>
    public TimeSpan KeysDueAfter { get; init; } = TimeSpan.FromDays(60);

    /// <summary>How PINs go to the acquirer; null where it takes none.</summary>
    public PinZone? Pin { get; init; }

    /// <summary>Zone PIN key that a sandbox takes in at its start; never used in production.</summary>
    public SandboxZoneKey? SandboxZone { get; init; }

    /// <summary>How much one terminal may take within a time; null for no bound.</summary>
    public VelocityLimit? Velocity { get; init; }

    /// <summary>ISO 4217 numeric currencies that the acquirer's link takes; empty for any.</summary>
    public IReadOnlySet<string> AcquirerCurrencies { get; init; } = new HashSet<string>();

    /// <summary>Highest surcharge that a merchant may have, in hundredths of a percent of the goods' amount.</summary>
    public int SurchargeCapHundredths { get; init; } = 500;

    /// <summary>How long a pre-authorisation can be completed; after that it is let go.</summary>
    public TimeSpan PreAuthorisationLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long an acquirer may take to answer a request.</summary>
    public TimeSpan AcquirerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>When reversals are sent and repeated.</summary>
    public ReversalSchedule Reversal { get; init; } = new();

    /// <summary>
    /// A sandbox offers activation codes for the asking and accepts lab roots. Its data folder is marked and never opens in production.
    /// </summary>
    public bool Sandbox { get; init; }

    /// <summary>
    /// Maps pages of the lab beside those of a sandbox, for people who are signed in to the console. Production, and a sandbox that others than
    /// this machine can reach, refuse to start with any.
    /// </summary>
    public Action<IEndpointRouteBuilder>? SandboxPages { get; init; }

    /// <summary>Keys that attestation chains may end in. Production refuses a set with a lab key in it.</summary>
    public TrustAnchors Anchors { get; init; } = TrustAnchors.Google;

    /// <summary>Where the list of revoked attestation certificates comes from; null for none, and then production enrols nobody.</summary>
    public StatusListOptions? StatusList { get; init; }

    /// <summary>Package names of the merchant app.</summary>
    public required IReadOnlyList<string> AppPackages { get; init; }

    /// <summary>SHA-256 of the app's signing certificates, lower-case hex.</summary>
    public required IReadOnlyList<string> AppSigners { get; init; }

    /// <summary>How often an open terminal reports.</summary>
    public TimeSpan EvidenceInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Makes the identities of terminals; null for ones of time and chance. A simulation gives ones of its seed.</summary>
    public Func<DateTimeOffset, Guid>? NewTerminalId { get; init; }

    /// <summary>How long raw evidence is kept; the journal is kept for ever.</summary>
    public TimeSpan EvidenceRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Address by which others reach this back end, for receipts and activation codes; null takes that of each request.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Where alarms go besides console and journal.</summary>
    public AlarmSinkOptions AlarmSinks { get; init; } = new();

    /// <summary>When many small things are an alarm, and how long series and alarms are kept.</summary>
    public AlarmOptions Alarms { get; init; } = new();

    /// <summary>Mail server for receipts and alarms; null sends none.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>Writes a log line for every request.</summary>
    public bool Verbose { get; init; }
}
