namespace SoftPos.Attestation.Claims;

/// <summary>A claim that evidence can make: what a policy may ask for.</summary>
public sealed class Claim
{
    private Claim(string name, ClaimKind kind, string description)
    {
        Name = name;
        Kind = kind;
        Description = description;
    }

    /// <summary>Path, such as <c>android.rootOfTrust.deviceLocked</c>.</summary>
    public string Name { get; }

    /// <summary>Type.</summary>
    public ClaimKind Kind { get; }

    /// <summary>What it says, with its unit.</summary>
    public string Description { get; }

    /// <summary>Place in the catalogue; given once, by the catalogue.</summary>
    internal int Index { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static Claim Define(List<Claim> catalogue, string name, ClaimKind kind, string description)
    {
        Claim claim = new(name, kind, description);
        catalogue.Add(claim);
        return claim;
    }
}
