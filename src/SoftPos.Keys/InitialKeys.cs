using SoftPos.Contract;

namespace SoftPos.Keys;

/// <summary>Initial keys for one terminal, wrapped to its key agreement key.</summary>
public sealed record InitialKeys
{
    /// <summary>Initial key for account data.</summary>
    public required DeliveredKey Data { get; init; }

    /// <summary>Initial key for PINs.</summary>
    public required DeliveredKey Pin { get; init; }
}
