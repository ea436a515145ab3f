namespace SoftPos.Terminal;

/// <summary>What an integrator decides. Nothing here can weaken a check: there is no switch for that.</summary>
public sealed record TerminalOptions
{
    /// <summary>Address of the back end: <c>https</c>, or <c>http</c> on the loopback of a sandbox.</summary>
    public required Uri Backend { get; init; }

    /// <summary>The phone, from the platform layer.</summary>
    public required TerminalPlatform Platform { get; init; }

    /// <summary>
    /// SHA-256 of the SubjectPublicKeyInfo of the back end's TLS keys, 32 bytes each: the one in use and at least one spare, so that a
    /// rotation overlaps. Needed for <c>https</c>.
    /// </summary>
    public IReadOnlyList<byte[]> ServerKeyPins { get; init; } = [];

    /// <summary>Language tag of the texts, such as <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Where the last taps are kept for a support case, without account data.</summary>
    public TapDiagnostics Taps { get; init; } = new();

    /// <summary>How long the terminal waits for a card.</summary>
    public TimeSpan CardTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
