using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// What a node touches outside of itself, where that is simulated: sockets, disk, acquirer, randomness. A node with surroundings starts no loop of
/// its own; whoever simulates drives them. The rooms, the pipeline and every check are those of a real node.
/// </summary>
internal sealed record Surroundings
{
    /// <summary>Carries requests instead of sockets.</summary>
    public required IServer Server { get; init; }

    /// <summary>What changes pass before the disk.</summary>
    public required ICommitPath Disk { get; init; }

    /// <summary>The way to the acquirer.</summary>
    public required IAcquirer Acquirer { get; init; }

    /// <summary>Where nonces come from.</summary>
    public required RandomNumberGenerator Randomness { get; init; }

    /// <summary>Sees each request and answer of a terminal inside its envelope; it may look and must not change.</summary>
    public required Func<HttpContext, RequestDelegate, Task> Inside { get; init; }
}
