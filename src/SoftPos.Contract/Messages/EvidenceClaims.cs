using System.Collections.Frozen;
using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>Result of one measurement of the SDK.</summary>
/// <param name="Probe">Identity of the probe, such as <c>root.su-binary</c>.</param>
/// <param name="Result">What it saw.</param>
/// <param name="Detail">What it found, short; for operators.</param>
public readonly record struct Measurement(string Probe, MeasurementResult Result, string Detail = "");

/// <summary>What a measurement saw.</summary>
public enum MeasurementResult
{
    /// <summary>Nothing amiss.</summary>
    Clean = 0,

    /// <summary>What it looks for is there.</summary>
    Found = 1,

    /// <summary>It could not run.</summary>
    Unavailable = 2,
}

/// <summary>
/// The terminal's evidence: an Entity Attestation Token (RFC 9711) as CBOR, signed as COSE_Sign1 by the device-bound key. Standard claim
/// keys where RFC 9711 has them; the rest are private-use keys.
/// </summary>
public sealed record EvidenceClaims
{
    /// <summary>eat_profile of this evidence.</summary>
    public const string Profile = "tag:opensoftpos.org,2026:evidence#1";

    /// <summary>Most measurements; far above the number of probes.</summary>
    public const int MaxMeasurements = 128;

    /// <summary>Most health figures.</summary>
    public const int MaxHealth = 64;

    /// <summary>Longest text in a claim.</summary>
    public const int MaxText = 128;

    /// <summary>Nonce of the challenge, 32 bytes (claim 10).</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>Identity of the terminal (claim 256: type byte 01 and 16 bytes).</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>Time of the phone (claim 6, milliseconds in a private claim beside it).</summary>
    public required DateTimeOffset DeviceTime { get; init; }

    /// <summary>What the evidence is for.</summary>
    public required ChallengePurpose Purpose { get; init; }

    /// <summary>Strictly rising number of this terminal's evidence.</summary>
    public required long Sequence { get; init; }

    /// <summary>Version of the SDK (claim 271).</summary>
    public required string SdkVersion { get; init; }

    /// <summary>Package name of the app.</summary>
    public required string Package { get; init; }

    /// <summary>SHA-256 of the app's signing certificate, 32 bytes.</summary>
    public required byte[] SignerDigest { get; init; }

    /// <summary>Package that installed the app, empty when unknown.</summary>
    public string Installer { get; init; } = string.Empty;

    /// <summary>Brand and model (claim 259).</summary>
    public required string Model { get; init; }

    /// <summary>Operating system version.</summary>
    public required string OsVersion { get; init; }

    /// <summary>OS security patch as year and month, such as 202611; 0 when unknown.</summary>
    public int OsPatch { get; init; }

    /// <summary>Measurements in the order that the seed demands.</summary>
    public required IReadOnlyList<Measurement> Measurements { get; init; }

    /// <summary>SHA-256 chain over seed and measurements in order, see <see cref="MeasurementOrder"/>.</summary>
    public required byte[] MeasurementChain { get; init; }

    /// <summary>Health figures by name with the unit in it, such as <c>batteryTemperatureCelsius</c>.</summary>
    public IReadOnlyDictionary<string, double> Health { get; init; } = new Dictionary<string, double>();

    /// <summary>The app closes: no evidence is to be expected until it is opened again, and its silence says nothing.</summary>
    public bool Closing { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode()
    {
        Span<byte> ueid = stackalloc byte[17];
        ueid[0] = 1;
        _ = TerminalId.TryWriteBytes(ueid[1..], bigEndian: true, out _);
        byte[] entity = ueid.ToArray();
        return CborMap.Write(writer => WriteClaims(writer, entity), Closing ? 17 : 16).Encode();
    }

    private void WriteClaims(CborWriter writer, byte[] entity)
    {
        writer.Write(6, DeviceTime.ToUnixTimeSeconds());
        writer.Write(10, Nonce);
        writer.Write(256, entity);
        writer.Write(259, Model);
        writer.Write(265, Profile);
        writer.Write(271, SdkVersion);
        writer.Write(-70001, (long)Purpose);
        writer.Write(-70002, Sequence);
        writer.Write(-70003, DeviceTime);
        writer.Write(-70004, Package);
        writer.Write(-70005, SignerDigest);
        writer.Write(-70006, Installer);
        writer.Write(-70007, OsVersion);
        writer.Write(-70008, (long)OsPatch);
        writer.WriteInt64(-70009);
        writer.WriteStartArray(Measurements.Count + 1);
        writer.WriteByteString(MeasurementChain);
        foreach (Measurement measurement in Measurements)
        {
            writer.WriteStartArray(3);
            writer.WriteTextString(measurement.Probe);
            writer.WriteInt32((int)measurement.Result);
            writer.WriteTextString(measurement.Detail);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteInt64(-70010);
        writer.WriteStartMap(Health.Count);
        foreach ((string name, double value) in Health)
        {
            writer.WriteTextString(name);
            writer.WriteDouble(value);
        }

        writer.WriteEndMap();
        if (Closing)
        {
            writer.WriteInt64(-70011);
            writer.WriteBoolean(true);
        }
    }

    /// <summary>Decodes; false for anything malformed, incomplete or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out EvidenceClaims claims) => TryDecode(payload, null, out claims);

    /// <summary>Decodes with the names of the probes that are known, which many messages then share.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, FrozenSet<string>? knownProbes, out EvidenceClaims claims)
    {
        EvidenceReader fields = new(knownProbes);
        claims = CborMap.TryRead(payload, fields.Read) && fields.IsComplete ? fields.ToClaims() : null!;
        return claims is not null;
    }
}
