namespace SoftPos.Terminal;

/// <summary>What an integrator decides. Nothing here can weaken a check: there is no switch for that.</summary>
public sealed record TerminalOptions
{
    /// <summary>Address of the back end: <c>https</c>, or <c>http</c> on the loopback of a sandbox.</summary>
    public required Uri Backend { get; init; }

    /// <summary>The phone, from the platform layer.</summary>
    public required TerminalPlatform Platform { get; init; }

    /// <summary>
    /// SubjectPublicKeyInfo (DER) of the back end's channel key, P-256: the operator gives it (<c>softpos channel show</c>). By it the terminal
    /// knows the keys that its messages are sealed for and, from the first contact on, the pins of TLS. Always needed.
    /// </summary>
    public byte[] ChannelKey { get; init; } = [];

    /// <summary>
    /// SHA-256 of the SubjectPublicKeyInfo of the back end's TLS keys, 32 bytes each: the one in use and at least one spare, so that a
    /// rotation overlaps. Needed for <c>https</c>. They count until the back end has given a channel document with pins of its own.
    /// </summary>
    public IReadOnlyList<byte[]> ServerKeyPins { get; init; } = [];

    /// <summary>
    /// Certificates (DER) of the authorities that a back end's certificate must come from, instead of those that the phone trusts; empty for the
    /// phone's. The pins count besides.
    /// </summary>
    public IReadOnlyList<byte[]> ServerAuthorities { get; init; } = [];

    /// <summary>Language tag of the texts, such as <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Where the last taps are kept for a support case, without account data.</summary>
    public TapDiagnostics Taps { get; init; } = new();

    /// <summary>How long the terminal waits for a card.</summary>
    public TimeSpan CardTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
