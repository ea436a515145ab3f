using System.Security.Cryptography;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Der;
using SoftPos.Contract;

namespace SoftPos.Attestation.Android;

/// <summary>
/// Verifies Android Key Attestation: bytes, challenge, anchors, status list and time in; facts and problems out. Pure but for the memory
/// of verified issuers, which changes speed and nothing else.
/// </summary>
/// <param name="issuers">Memory of verified issuer certificates; null for none.</param>
public sealed class AndroidAttestationVerifier(VerifiedIssuers? issuers = null)
{
    /// <summary>Longest genuine path has five certificates; one more leaves room for a cross certificate.</summary>
    public const int MaxPath = 6;

    /// <summary>A leaf with an ML-DSA-87 key takes 3.6 KiB.</summary>
    public const int MaxCertificateLength = 4096;

    /// <summary>Six genuine certificates take less than 8 KiB.</summary>
    public const int MaxChainLength = 16 * 1024;

    /// <summary>Leaf, attestation certificate, root.</summary>
    private const int MinPath = 3;

    /// <summary>Verifies one chain. Never throws for any content of the evidence.</summary>
    public AndroidAttestation Verify(AndroidEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        List<AttestationProblem> problems = [];
        List<AttestationCertificate> certificates = [];
        string hash = HashOf(evidence.Chain);
        if (!IsWithinBounds(evidence.Chain, problems) || !ReadAll(evidence.Chain, certificates, problems))
        {
            return Build(evidence, hash, certificates, problems, new AndroidChainPath(), null);
        }

        AndroidChainPath path = AndroidChainPath.Find(certificates, evidence.Anchors, issuers, problems);
        CheckLength(path, problems);
        path.CheckDates(evidence.Time, problems);
        AndroidKeyDescription? description = ReadDescription(certificates, problems);
        AndroidChainLevel.Check(path, description, problems);
        CheckStatus(certificates, evidence.StatusList, problems);
        return Build(evidence, hash, certificates, problems, path, description);
    }

    private static AndroidAttestation Build(
        AndroidEvidence evidence,
        string hash,
        List<AttestationCertificate> certificates,
        List<AttestationProblem> problems,
        AndroidChainPath path,
        AndroidKeyDescription? description) => new()
        {
            Certificates = certificates,
            Description = description,
            Kind = path.Kind,
            Anchor = path.Anchor,
            IsRootOmitted = path.IsRootOmitted,
            ChainLevel = path.Level,
            Provisioning = certificates.Count > 1 ? ProvisioningInfo.Of(certificates[1]) : null,
            IsChallengeOurs = evidence.Challenge is { } challenge && description is not null
                ? CryptographicOperations.FixedTimeEquals(description.AttestationChallenge.Span, challenge.Span)
                : null,
            IsRevocationChecked = evidence.StatusList is not null,
            StatusListAge = evidence.StatusList?.FetchedAt is { } fetched ? evidence.Time - fetched : null,
            Listed = evidence.StatusList is { } list ? [.. certificates.Select(list.Find).OfType<StatusEntry>()] : [],
            Problems = problems,
            EvidenceHash = hash,
            VerifiedAt = evidence.Time,
        };

    private static bool IsWithinBounds(IReadOnlyList<ReadOnlyMemory<byte>> chain, List<AttestationProblem> problems)
    {
        if (chain.Count is < MinPath - 1 or > MaxPath)
        {
            problems.Add(new AttestationProblem("android.chain.length", ReasonCodes.ChainInvalid,
                $"{chain.Count} certificates; genuine chains have 3 to 6"));
            return false;
        }

        long total = 0;
        foreach (ReadOnlyMemory<byte> certificate in chain)
        {
            total += certificate.Length;
            if (certificate.Length > MaxCertificateLength || total > MaxChainLength)
            {
                problems.Add(new AttestationProblem("android.chain.size", ReasonCodes.ChainInvalid, "certificates larger than any genuine ones"));
                return false;
            }
        }

        return true;
    }

    private static bool ReadAll(
        IReadOnlyList<ReadOnlyMemory<byte>> chain, List<AttestationCertificate> certificates, List<AttestationProblem> problems)
    {
        for (int i = 0; i < chain.Count; i++)
        {
            if (!AttestationCertificate.TryParse(chain[i], out AttestationCertificate? certificate, out FormatFault? fault))
            {
                problems.Add(new AttestationProblem("android.chain.certificate", ReasonCodes.ChainMalformed, fault!.ToString())
                    { Certificate = i, Fault = fault });
                return false;
            }

            certificates.Add(certificate!);
        }

        return true;
    }

    private static void CheckLength(AndroidChainPath path, List<AttestationProblem> problems)
    {
        if (path.Anchor is not null && path.Length is < MinPath or > MaxPath)
        {
            problems.Add(new AttestationProblem(
                "android.chain.length", ReasonCodes.ChainInvalid, $"a path of {path.Length} certificates; genuine ones have 3 to 6"));
        }
    }

    /// <summary>
    /// Exactly one key description, in the leaf. One further up means that an attested key signed the leaf: whoever holds any attested
    /// signing key could then write a description of their own (the chain extension attack), and app-made attest keys look the same.
    /// </summary>
    private static AndroidKeyDescription? ReadDescription(List<AttestationCertificate> certificates, List<AttestationProblem> problems)
    {
        for (int i = 1; i < certificates.Count; i++)
        {
            if (certificates[i].Find(ObjectIdentifiers.KeyDescription) is not null)
            {
                problems.Add(new AttestationProblem(
                    "android.chain.extended", ReasonCodes.ChainExtended, "an attested key, not an attestation certificate, signed below it")
                        { Certificate = i });
            }
        }

        AttestationCertificate leaf = certificates[0];
        List<CertificateExtension> found = [.. leaf.Extensions.Where(extension =>
            extension.ObjectIdentifier.Span.SequenceEqual(ObjectIdentifiers.KeyDescription))];
        if (leaf.Find(ObjectIdentifiers.KeyDescriptionEat) is not null)
        {
            problems.Add(new AttestationProblem("android.chain.description", ReasonCodes.ChainMalformed,
                "an EAT key description, which no phone uses") { Certificate = 0 });
        }

        if (found.Count != 1)
        {
            problems.Add(new AttestationProblem(
                "android.chain.description", ReasonCodes.ChainMalformed, $"{found.Count} key descriptions in the leaf instead of one")
                    { Certificate = 0 });
            return null;
        }

        if (!AndroidKeyDescription.TryParse(found[0].Value, out AndroidKeyDescription? description, out FormatFault? fault))
        {
            FormatFault inCertificate = fault! with { Offset = fault.Offset + found[0].Offset };
            problems.Add(new AttestationProblem(
                "android.keyDescription.form", ReasonCodes.ChainMalformed, $"{fault} ({inCertificate.Offset} in the leaf)")
                    { Certificate = 0, Fault = fault });
        }

        return description;
    }

    private static void CheckStatus(List<AttestationCertificate> certificates, StatusList? list, List<AttestationProblem> problems)
    {
        for (int i = 0; list is not null && i < certificates.Count; i++)
        {
            if (list.Find(certificates[i]) is not { } entry)
            {
                continue;
            }

            bool suspended = entry.Status is CertificateStatus.Suspended;
            problems.Add(new AttestationProblem(
                suspended ? "android.revocation.suspended" : "android.revocation.revoked",
                suspended ? ReasonCodes.ChainSuspended : ReasonCodes.ChainRevoked,
                $"listed as {entry.Serial}: {(suspended ? "suspended" : "revoked")} {entry.Reason}".TrimEnd()) { Certificate = i });
        }
    }

    private static string HashOf(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> certificate in chain)
        {
            hash.AppendData(certificate.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
