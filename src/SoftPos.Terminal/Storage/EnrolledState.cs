using System.Text.Json.Serialization;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the terminal keeps besides its keys.</summary>
internal sealed record EnrolledState
{
    /// <summary>Most payments that wait for a definite answer; more than that means that the back end must be reached first.</summary>
    public const int MaxOpenPayments = 32;

    public required Guid TerminalId { get; init; }

    public required MerchantRecord Merchant { get; init; }

    /// <summary>SubjectPublicKeyInfo of the key that signs reader configurations; null for an enrolment from before there was one.</summary>
    public byte[]? ConfigurationKey { get; init; }

    /// <summary>Number of the last evidence.</summary>
    public long EvidenceSequence { get; init; }

    /// <summary>Which of the two places holds the transaction keys in use.</summary>
    public int KeyPlace { get; init; }

    /// <summary>Identity of a replaced data key that the back end has not acknowledged yet.</summary>
    public ulong? UnconfirmedKeyId { get; init; }

    /// <summary>Payments that may have been sent and have no definite answer yet.</summary>
    public IReadOnlyList<Guid> OpenPayments { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(EnrolledState))]
internal sealed partial class StateJson : JsonSerializerContext;
