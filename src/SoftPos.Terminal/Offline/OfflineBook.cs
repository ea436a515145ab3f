using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>A sale that waits on the phone.</summary>
/// <param name="Sequence">Number in the chain.</param>
/// <param name="PaymentId">Identity of the payment.</param>
/// <param name="AmountMinor">Amount in minor units.</param>
/// <param name="Currency">ISO 4217 numeric currency.</param>
/// <param name="TakenAt">Time of the tap by the back end's clock, as far as the phone knows it.</param>
public sealed record WaitingSale(long Sequence, Guid PaymentId, long AmountMinor, string Currency, DateTimeOffset TakenAt);

/// <summary>What the phone keeps of its offline sales besides the records themselves.</summary>
internal sealed record OfflineBook
{
    /// <summary>The signed permission, or null.</summary>
    public byte[]? Permission { get; init; }

    /// <summary>The phone's clock when the permission came.</summary>
    public DateTimeOffset PhoneTime { get; init; }

    /// <summary>The back end's clock at that moment.</summary>
    public DateTimeOffset BackendTime { get; init; }

    /// <summary>The latest time that the phone's clock has shown here; a clock that is behind it was put back.</summary>
    public DateTimeOffset LastSeen { get; init; }

    /// <summary>Sales under the permission, forwarded ones too.</summary>
    public int UsedCount { get; init; }

    /// <summary>Their sum in minor units.</summary>
    public long UsedMinor { get; init; }

    /// <summary>Number of the newest record.</summary>
    public long Head { get; init; }

    /// <summary>Hash of the newest record, 32 bytes.</summary>
    public required byte[] HeadHash { get; init; }

    /// <summary>Sales that wait, oldest first.</summary>
    public IReadOnlyList<WaitingSale> Waiting { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OfflineBook))]
internal sealed partial class OfflineJson : JsonSerializerContext;
