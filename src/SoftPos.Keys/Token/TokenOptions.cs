namespace SoftPos.Keys;

/// <summary>Which PKCS#11 token holds the keys.</summary>
public sealed record TokenOptions
{
    /// <summary>Path of the vendor's PKCS#11 library, such as <c>/usr/lib/softhsm/libsofthsm2.so</c>.</summary>
    public required string Library { get; init; }

    /// <summary>Label of the token.</summary>
    public required string Token { get; init; }

    /// <summary>PIN of the token's user. That user belongs to the key room alone: who may derive may choose what the derived key allows.</summary>
    public required string UserPin { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"token {Token} ({Library})";
}
