using System.Collections.Frozen;
using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>Collects the claims of one evidence while its map is read.</summary>
/// <param name="knownProbes">Names that need not be made anew for each evidence; null for none.</param>
internal sealed class EvidenceReader(FrozenSet<string>? knownProbes)
{
    private Measurement[] _measurements = [];
    private readonly Dictionary<string, double> _health = [];
    private byte[]? _nonce, _signer, _chain, _entity;
    private long? _purpose, _sequence;
    private DateTimeOffset? _time;
    private int _patch;
    private bool _closing;
    private string? _profile, _sdk, _package, _model, _os;
    private string _installer = string.Empty;

    public bool IsComplete =>
        _nonce is { Length: Challenge.NonceLength } && _entity is { Length: 17 } && _entity[0] == 1 && _signer is { Length: 32 }
        && _chain is { Length: 32 } && _purpose is >= 0 and <= (long)ChallengePurpose.Pin && _sequence >= 0 && _time is not null
        && _profile == EvidenceClaims.Profile
        && IsText(_sdk) && IsText(_package) && IsText(_model) && IsText(_os) && _installer.Length <= EvidenceClaims.MaxText;

    public bool Read(long key, CborReader reader)
    {
        switch (key)
        {
            case 10: _nonce = reader.ReadByteString(); return true;
            case 256: _entity = reader.ReadByteString(); return true;
            case 259: _model = reader.ReadTextString(); return true;
            case 265: _profile = reader.ReadTextString(); return true;
            case 271: _sdk = reader.ReadTextString(); return true;
            case -70001: _purpose = reader.ReadInt64(); return true;
            case -70002: _sequence = reader.ReadInt64(); return true;
            case -70003: _time = CborMap.ReadTime(reader); return true;
            case -70004: _package = reader.ReadTextString(); return true;
            case -70005: _signer = reader.ReadByteString(); return true;
            case -70006: _installer = reader.ReadTextString(); return true;
            case -70007: _os = reader.ReadTextString(); return true;
            case -70008: _patch = reader.ReadInt32(); return true;
            case -70009: ReadMeasurements(reader); return true;
            case -70010: ReadHealth(reader); return true;
            case -70011: _closing = reader.ReadBoolean(); return true;
            default: return false;
        }
    }

    public EvidenceClaims ToClaims() => new()
    {
        Nonce = _nonce!,
        TerminalId = new Guid(_entity.AsSpan(1), bigEndian: true),
        DeviceTime = _time!.Value,
        Purpose = (ChallengePurpose)_purpose!.Value,
        Sequence = _sequence!.Value,
        SdkVersion = _sdk!,
        Package = _package!,
        SignerDigest = _signer!,
        Installer = _installer,
        Model = _model!,
        OsVersion = _os!,
        OsPatch = _patch,
        Measurements = _measurements,
        MeasurementChain = _chain!,
        Health = _health,
        Closing = _closing,
    };

    private static bool IsText(string? text) => text is { Length: > 0 and <= EvidenceClaims.MaxText };

    private void ReadMeasurements(CborReader reader)
    {
        int? count = reader.ReadStartArray();
        if (count is null or < 1 or > EvidenceClaims.MaxMeasurements + 1)
        {
            throw new CborContentException("measurement count");
        }

        _chain = reader.ReadByteString();
        Measurement[] read = new Measurement[count.Value - 1];
        for (int i = 1; i < count; i++)
        {
            if (reader.ReadStartArray() != 3)
            {
                throw new CborContentException("measurement");
            }

            string probe = ReadProbe(reader);
            int result = reader.ReadInt32();
            string detail = reader.ReadTextString();
            reader.ReadEndArray();
            if (detail.Length > EvidenceClaims.MaxText || result is < 0 or > 2)
            {
                throw new CborContentException("measurement");
            }

            read[i - 1] = new Measurement(probe, (MeasurementResult)result, detail);
        }

        reader.ReadEndArray();
        _measurements = read;
    }

    private string ReadProbe(CborReader reader)
    {
        Span<char> buffer = stackalloc char[EvidenceClaims.MaxText];
        if (!reader.TryReadTextString(buffer, out int length))
        {
            throw new CborContentException("probe");
        }

        ReadOnlySpan<char> name = buffer[..length];
        return knownProbes is not null && knownProbes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out string? known) ? known
            : name.ToString();
    }

    private void ReadHealth(CborReader reader)
    {
        int? count = reader.ReadStartMap();
        if (count is null or > EvidenceClaims.MaxHealth)
        {
            throw new CborContentException("health count");
        }

        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadTextString();
            double value = reader.ReadDouble();
            if (name.Length > EvidenceClaims.MaxText || !double.IsFinite(value))
            {
                throw new CborContentException("health");
            }

            _health[name] = value;
        }

        reader.ReadEndMap();
    }
}
