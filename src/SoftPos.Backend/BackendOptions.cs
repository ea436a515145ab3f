using System.Net;

namespace SoftPos.Backend;

/// <summary>How one node of the back end runs.</summary>
public sealed record BackendOptions
{
    /// <summary>Folder of the database and the key room.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Address to listen on: loopback unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>Where the acquirer listens.</summary>
    public required IPEndPoint Acquirer { get; init; }

    /// <summary>How long an acquirer may take to answer a request.</summary>
    public TimeSpan AcquirerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What only a sandbox may have; null in production.</summary>
    public SandboxOptions? Sandbox { get; init; }

    /// <summary>Lowest level of log lines.</summary>
    public bool Verbose { get; init; }
}

/// <summary>Lab material. A production start has none and refuses data that were made with one.</summary>
public sealed record SandboxOptions
{
    /// <summary>Lab attestation roots, which virtual phones chain to.</summary>
    public required IReadOnlyList<byte[]> AttestationRoots { get; init; }
}
