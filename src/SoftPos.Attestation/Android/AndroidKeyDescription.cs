namespace SoftPos.Attestation.Android;

/// <summary>
/// The KeyDescription extension (1.3.6.1.4.1.11129.2.1.17) of versions 1 (Keymaster 2) to 500 (KeyMint 5), read once into names.
/// </summary>
public sealed record AndroidKeyDescription
{
    /// <summary>Versions that have been published.</summary>
    public static IReadOnlyList<int> KnownVersions { get; } = [1, 2, 3, 4, 100, 200, 300, 400, 500];

    /// <summary>Version of the schema.</summary>
    public required int AttestationVersion { get; init; }

    /// <summary>Where the attestation was made.</summary>
    public required SecurityLevel AttestationSecurityLevel { get; init; }

    /// <summary>Version of Keymaster or KeyMint.</summary>
    public required int KeyMintVersion { get; init; }

    /// <summary>Where the key lives.</summary>
    public required SecurityLevel KeyMintSecurityLevel { get; init; }

    /// <summary>The challenge that the app was given, up to 128 bytes.</summary>
    public required ReadOnlyMemory<byte> AttestationChallenge { get; init; }

    /// <summary>Empty for apps.</summary>
    public required ReadOnlyMemory<byte> UniqueId { get; init; }

    /// <summary>What the operating system says; no security fact is taken from here but the app's identity.</summary>
    public required AuthorizationList SoftwareEnforced { get; init; }

    /// <summary>What the secure hardware says and enforces.</summary>
    public required AuthorizationList HardwareEnforced { get; init; }

    /// <summary>The weaker of the two levels.</summary>
    public SecurityLevel Level => (SecurityLevel)Math.Min((int)AttestationSecurityLevel, (int)KeyMintSecurityLevel);

    /// <summary>Parses the content of the extension's OCTET STRING.</summary>
    /// <param name="encoded">DER of KeyDescription.</param>
    /// <param name="description">What it says, when true.</param>
    /// <param name="fault">Where it stops being one, when false.</param>
    public static bool TryParse(ReadOnlyMemory<byte> encoded, out AndroidKeyDescription? description, out FormatFault? fault) =>
        KeyDescriptionReader.TryRead(encoded, out description, out fault);
}
