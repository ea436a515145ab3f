using System.Formats.Cbor;

namespace SoftPos.Contract;

/// <summary>
/// Enrolment of a terminal: the one-time code and the hardware attestation chains of its two keys. Signed by the signing key, which the
/// chain must certify.
/// </summary>
public sealed record ActivationRequest
{
    /// <summary>Most certificates in a chain: real ones have 3 to 6.</summary>
    public const int MaxChain = 10;

    /// <summary>Code typed or scanned by the merchant.</summary>
    public required string Code { get; init; }

    /// <summary>Nonce of the challenge, which both chains must hold as attestation challenge.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>DER certificates, leaf first, of the P-256 signing key.</summary>
    public required IReadOnlyList<byte[]> SigningChain { get; init; }

    /// <summary>DER certificates, leaf first, of the P-256 key agreement key.</summary>
    public required IReadOnlyList<byte[]> AgreementChain { get; init; }

    /// <summary>Brand and model, as the phone says.</summary>
    public required string Model { get; init; }

    /// <summary>Operating system version, as the phone says.</summary>
    public required string OsVersion { get; init; }

    /// <summary>Version of the SDK.</summary>
    public required string SdkVersion { get; init; }

    /// <summary>Encodes as a CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Code);
            writer.Write(2, Nonce);
            WriteChain(writer, 3, SigningChain);
            WriteChain(writer, 4, AgreementChain);
            writer.Write(5, Model);
            writer.Write(6, OsVersion);
            writer.Write(7, SdkVersion);
        },
        7).Encode();

    /// <summary>Decodes; false for anything malformed or over its bounds.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out ActivationRequest request)
    {
        string? code = null, model = null, osVersion = null, sdkVersion = null;
        byte[]? nonce = null;
        List<byte[]>? signing = null, agreement = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: code = reader.ReadTextString(); return true;
                case 2: nonce = reader.ReadByteString(); return true;
                case 3: signing = ReadChain(reader); return true;
                case 4: agreement = ReadChain(reader); return true;
                case 5: model = reader.ReadTextString(); return true;
                case 6: osVersion = reader.ReadTextString(); return true;
                case 7: sdkVersion = reader.ReadTextString(); return true;
                default: return false;
            }
        });
        bool complete = read && code is { Length: > 0 and <= 32 } && nonce is { Length: Challenge.NonceLength } && signing is { Count: > 0 }
            && agreement is { Count: > 0 } && model is { Length: <= 64 } && osVersion is { Length: <= 32 } && sdkVersion is { Length: <= 32 };
        request = complete
            ? new ActivationRequest
            {
                Code = code!, Nonce = nonce!, SigningChain = signing!, AgreementChain = agreement!,
                Model = model!, OsVersion = osVersion!, SdkVersion = sdkVersion!,
            }
            : null!;
        return complete;
    }

    private static void WriteChain(CborWriter writer, long key, IReadOnlyList<byte[]> chain)
    {
        writer.WriteInt64(key);
        writer.WriteStartArray(chain.Count);
        foreach (byte[] certificate in chain)
        {
            writer.WriteByteString(certificate);
        }

        writer.WriteEndArray();
    }

    private static List<byte[]> ReadChain(CborReader reader)
    {
        int? count = reader.ReadStartArray();
        if (count is null or < 1 or > MaxChain)
        {
            throw new CborContentException("chain length");
        }

        List<byte[]> chain = new(count.Value);
        for (int i = 0; i < count; i++)
        {
            chain.Add(reader.ReadByteString());
        }

        reader.ReadEndArray();
        return chain;
    }
}
