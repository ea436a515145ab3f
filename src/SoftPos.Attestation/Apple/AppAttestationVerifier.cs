using System.Formats.Asn1;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Der;
using SoftPos.Contract;

namespace SoftPos.Attestation.Apple;

/// <summary>The nine steps of Apple's "Validating apps that connect to your server".</summary>
public static class AppAttestationVerifier
{
    /// <summary>Genuine objects take 5 to 6 KiB.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxCertificates = 4;

    private static readonly byte[] Development = "appattestdevelop"u8.ToArray();
    private static readonly byte[] Production = [.. "appattest"u8, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Verifies one attestation. Never throws for any content of the evidence.</summary>
    public static AppAttestation Verify(AppAttestationEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        string hash = Convert.ToHexStringLower(SHA256.HashData(evidence.Attestation.Span));
        List<AttestationProblem> problems = [];
        AttestationObject? parsed = evidence.Attestation.Length <= MaxLength ? AttestationObject.Read(evidence.Attestation, MaxCertificates) : null;
        if (parsed is null)
        {
            problems.Add(Refuse("apple.form", "not an apple-appattest object"));
            return new AppAttestation { Problems = problems, EvidenceHash = hash };
        }

        List<AttestationCertificate> chain = [];
        foreach (ReadOnlyMemory<byte> encoded in parsed.Certificates)
        {
            if (!AttestationCertificate.TryParse(encoded, out AttestationCertificate? certificate, out FormatFault? fault))
            {
                problems.Add(Refuse("apple.certificate", fault!.ToString()) with { Fault = fault, Certificate = chain.Count });
                return new AppAttestation { Problems = problems, EvidenceHash = hash };
            }

            chain.Add(certificate!);
        }

        if (!AuthenticatorData.TryParse(parsed.AuthenticatorData, withCredential: true, out AuthenticatorData? data, out FormatFault? broken))
        {
            problems.Add(Refuse("apple.authenticatorData", broken!.ToString()) with { Fault = broken });
            return new AppAttestation { Certificates = chain, Problems = problems, EvidenceHash = hash };
        }

        CertificateWalk.Verify(chain, evidence.Anchors, evidence.Time, "apple", ReasonCodes.AppAttestInvalid, problems);
        CheckNonce(chain[0], parsed.AuthenticatorData, evidence.ClientDataHash, problems);
        CheckIdentity(chain[0], data!, evidence, problems);
        string environment = data!.Aaguid.Span.SequenceEqual(Production) ? "production" : data.Aaguid.Span.SequenceEqual(Development) ? "development"
            : "unknown";
        if (environment == "unknown")
        {
            problems.Add(Refuse("apple.aaguid", "neither the production nor the development environment"));
        }

        return new AppAttestation
        {
            Certificates = chain,
            KeyId = data.CredentialId,
            Counter = data.Counter,
            Environment = environment,
            IsEnvironmentExpected = evidence.Environment is { } wanted ? wanted == environment : null,
            OsVersion = OsVersionOf(chain[0]),
            Receipt = parsed.Receipt,
            Problems = problems,
            EvidenceHash = hash,
        };
    }

    /// <summary>Steps 2 to 4: the leaf holds SHA-256(authData ‖ clientDataHash).</summary>
    private static void CheckNonce(AttestationCertificate leaf, ReadOnlyMemory<byte> authenticatorData, ReadOnlyMemory<byte> clientDataHash,
        List<AttestationProblem> problems)
    {
        byte[] nonce = SHA256.HashData([.. authenticatorData.Span, .. clientDataHash.Span]);
        ReadOnlySpan<byte> certified = default;
        if (leaf.Find(ObjectIdentifiers.AppAttestNonce) is { } extension)
        {
            DerFaults faults = new("nonce");
            DerCursor outer = new(extension.Value.Span, 0, faults);
            DerCursor sequence = outer.EnterSequence("nonce");
            outer.End("nothing after the nonce");
            DerCursor tagged = sequence.Enter(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true), "nonce");
            sequence.End("nothing after the nonce");
            certified = tagged.ReadOctets("nonce");
            tagged.End("nothing after the nonce");
            certified = faults.First is null ? certified : default;
        }

        if (!CryptographicOperations.FixedTimeEquals(certified, nonce))
        {
            problems.Add(new AttestationProblem("apple.nonce", ReasonCodes.ChallengeMismatch,
                "the certificate does not hold the nonce of this challenge"));
        }
    }

    /// <summary>Steps 5, 6, 7 and 9; step 8 is a claim, since both environments have their place.</summary>
    private static void CheckIdentity(AttestationCertificate leaf, AuthenticatorData data, AppAttestationEvidence evidence,
        List<AttestationProblem> problems)
    {
        byte[] keyHash = SHA256.HashData(leaf.Key.KeyBits.Span);
        if (leaf.Key.Kind is not KeyKind.P256 || !keyHash.AsSpan().SequenceEqual(data.CredentialId.Span)
            || (evidence.KeyId is { } keyId && !keyId.Span.SequenceEqual(keyHash)))
        {
            problems.Add(Refuse("apple.keyId", "the key identity is not the hash of the attested key"));
        }

        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(evidence.AppId)), data.RpIdHash.Span))
        {
            problems.Add(new AttestationProblem("apple.appId", ReasonCodes.AppAttestInvalid, "made by another app"));
        }

        if (data.Counter != 0)
        {
            problems.Add(new AttestationProblem("apple.counter.zero", ReasonCodes.CounterReplayed, "an attestation counts 0"));
        }
    }

    private static string? OsVersionOf(AttestationCertificate leaf)
    {
        if (leaf.Find(ObjectIdentifiers.AppAttestOsVersion) is not { } extension)
        {
            return null;
        }

        DerFaults faults = new("version");
        DerCursor fields = new DerCursor(extension.Value.Span, 0, faults).EnterSequence("version");
        DerElement tagged = fields.ReadAny("version");
        DerCursor inner = fields.Inside(tagged);
        string version = Encoding.UTF8.GetString(inner.ReadOctets("version"));
        return faults.First is null ? version : null;
    }

    private static AttestationProblem Refuse(string rule, string detail) => new(rule, ReasonCodes.AppAttestInvalid, detail);
}

/// <summary>The outer CBOR of an attestation.</summary>
internal sealed record AttestationObject(IReadOnlyList<ReadOnlyMemory<byte>> Certificates, ReadOnlyMemory<byte>? Receipt,
    ReadOnlyMemory<byte> AuthenticatorData)
{
    public static AttestationObject? Read(ReadOnlyMemory<byte> bytes, int maxCertificates)
    {
        try
        {
            CborReader reader = new(bytes, CborConformanceMode.Strict);
            string? format = null;
            ReadOnlyMemory<byte>? data = null, receipt = null;
            List<ReadOnlyMemory<byte>> certificates = [];
            reader.ReadStartMap();
            while (reader.PeekState() is not CborReaderState.EndMap)
            {
                switch (reader.ReadTextString())
                {
                    case "fmt":
                        format = reader.ReadTextString();
                        break;
                    case "attStmt":
                        receipt = ReadStatement(reader, certificates, maxCertificates);
                        break;
                    case "authData":
                        data = reader.ReadByteString();
                        break;
                    default:
                        reader.SkipValue();
                        break;
                }
            }

            reader.ReadEndMap();
            return format == "apple-appattest" && data is { } authenticatorData && certificates.Count > 0 && reader.BytesRemaining == 0
                ? new AttestationObject(certificates, receipt, authenticatorData)
                : null;
        }
        catch (Exception broken) when (broken is CborContentException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte>? ReadStatement(CborReader reader, List<ReadOnlyMemory<byte>> certificates, int maxCertificates)
    {
        ReadOnlyMemory<byte>? receipt = null;
        reader.ReadStartMap();
        while (reader.PeekState() is not CborReaderState.EndMap)
        {
            switch (reader.ReadTextString())
            {
                case "x5c":
                    reader.ReadStartArray();
                    while (reader.PeekState() is not CborReaderState.EndArray)
                    {
                        if (certificates.Count == maxCertificates)
                        {
                            throw new CborContentException("too many certificates");
                        }

                        certificates.Add(reader.ReadByteString());
                    }

                    reader.ReadEndArray();
                    break;
                case "receipt":
                    receipt = reader.ReadByteString();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        reader.ReadEndMap();
        return receipt;
    }
}
