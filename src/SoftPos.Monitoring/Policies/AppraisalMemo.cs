using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>What an appraisal of evidence knew besides the message, and what it found: enough to do it again under another policy.</summary>
internal sealed record AppraisalMemo
{
    /// <summary>Nonce of the challenge is in the message; its seed is not.</summary>
    public required byte[] Seed { get; init; }

    /// <summary>Time of the appraisal.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Ring of the terminal.</summary>
    public required string Ring { get; init; }

    /// <summary>Last sequence number and window before it.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Bits of the numbers seen before it.</summary>
    public required ulong Window { get; init; }

    /// <summary>Memory before it.</summary>
    public required string Memory { get; init; }

    /// <summary>Exceptions that held for it; null for none.</summary>
    public IReadOnlyList<PolicyException>? Exceptions { get; set; }

    /// <summary>Verdict of the policy.</summary>
    public required Verdict Verdict { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, MemoJson.Default.AppraisalMemo);

    public static AppraisalMemo Of(byte[] json) => JsonSerializer.Deserialize(json, MemoJson.Default.AppraisalMemo)!;
}

/// <summary>JSON form of <see cref="AppraisalMemo"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppraisalMemo))]
internal sealed partial class MemoJson : JsonSerializerContext;
