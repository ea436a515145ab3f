using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Attestation.Android;

/// <summary>
/// The walk from an anchor down to the leaf: every name and every signature. No RFC 5280 path engine, because genuine chains break
/// basic constraints, key usage and dates.
/// </summary>
internal sealed class AndroidChainPath
{
    private IReadOnlyList<AttestationCertificate> _certificates = [];

    public AttestationCertificate Leaf => _certificates[0];

    public TrustAnchor? Anchor { get; private set; }

    public bool IsRootOmitted { get; private set; }

    public ChainKind Kind { get; private set; }

    public SecurityLevel? Level { get; private set; }

    /// <summary>Certificates with the root, whether it came along or not.</summary>
    public int Length => _certificates.Count + (IsRootOmitted ? 1 : 0);

    /// <summary>Index of the lowest certificate that the anchor itself signed.</summary>
    private int BelowRoot => IsRootOmitted ? _certificates.Count - 1 : _certificates.Count - 2;

    public static AndroidChainPath Find(
        IReadOnlyList<AttestationCertificate> certificates, TrustAnchors anchors, VerifiedIssuers? issuers, List<AttestationProblem> problems)
    {
        AndroidChainPath path = new() { _certificates = certificates };
        path.FindAnchor(anchors);
        path.Level = AndroidChainLevel.Of(certificates);
        if (path.Anchor is null)
        {
            problems.Add(new AttestationProblem(
                "android.chain.root", ReasonCodes.ChainUntrustedRoot, $"ends in {certificates[^1].Issuer}, whose key is not an anchor")
                    { Certificate = certificates.Count - 1 });
            return path;
        }

        path.Kind = path.KindOf();
        if (path.Anchor.Kinds.HasFlag(ChainKind.Software))
        {
            path.Kind = ChainKind.Software;
            problems.Add(new AttestationProblem(
                "android.chain.software", ReasonCodes.SecurityLevelSoftware, $"ends in {path.Anchor.Label}: no secure hardware")
                    { Certificate = certificates.Count - 1 });
            return path;
        }

        if (path.Kind is not ChainKind.None && !path.Anchor.Kinds.HasFlag(path.Kind))
        {
            problems.Add(new AttestationProblem("android.chain.kind", ReasonCodes.ChainInvalid,
                $"{path.Anchor.Label} does not anchor {path.Kind} chains"));
        }

        path.Walk(issuers, problems);
        return path;
    }

    /// <summary>Factory keys cannot be changed and may be expired; remote ones may not; nothing may be from the future. The leaf's dates come from
    /// the phone.</summary>
    public void CheckDates(DateTimeOffset time, List<AttestationProblem> problems)
    {
        bool mayExpire = Kind is ChainKind.Factory or ChainKind.Software;
        for (int i = 1; i < _certificates.Count; i++)
        {
            AttestationCertificate certificate = _certificates[i];
            bool isRoot = Anchor is not null && !IsRootOmitted && i == _certificates.Count - 1;
            if (certificate.NotBefore > time)
            {
                problems.Add(new AttestationProblem(
                    "android.chain.notYetValid", ReasonCodes.ChainNotYetValid, $"valid from {certificate.NotBefore:u}") { Certificate = i });
            }

            if (mayExpire || isRoot)
            {
                continue;
            }

            if (certificate.NotAfter is null || certificate.NotBefore is null)
            {
                problems.Add(new AttestationProblem("android.chain.dates", ReasonCodes.ChainMalformed, "unreadable dates") { Certificate = i });
            }
            else if (certificate.NotAfter < time)
            {
                problems.Add(new AttestationProblem(
                    "android.chain.expired", ReasonCodes.ChainExpired, $"valid until {certificate.NotAfter:u}") { Certificate = i });
            }
        }
    }

    private void FindAnchor(TrustAnchors anchors)
    {
        AttestationCertificate last = _certificates[^1];
        Anchor = anchors.FindByKey(last.Key.Encoded.Span);
        if (Anchor is not null)
        {
            return;
        }

        // Chains of 2026 may come without their root: the issuer's name picks the candidates, its key decides.
        Anchor = anchors.FindByName(last.Issuer).FirstOrDefault(anchor => anchor.Key.Verify(last) is SignatureOutcome.Valid);
        IsRootOmitted = Anchor is not null;
    }

    private ChainKind KindOf()
    {
        if (BelowRoot < 1)
        {
            return ChainKind.None;
        }

        DistinguishedName below = _certificates[BelowRoot].Subject;
        if (below.SerialNumber is not null)
        {
            return ChainKind.Factory;
        }

        bool isProvisioned = _certificates[1].Subject.Organization is "TEE" or "StrongBox"
            || _certificates[1].Find(Der.ObjectIdentifiers.ProvisioningInfo) is not null
            || below is { CommonName: "Droid CA2", Organization: "Google LLC" };
        return isProvisioned ? ChainKind.Remote : ChainKind.None;
    }

    private void Walk(VerifiedIssuers? issuers, List<AttestationProblem> problems)
    {
        IssuerKey issuer = Anchor!.Key;
        DistinguishedName issuerName = IsRootOmitted ? Anchor.Subject : _certificates[^1].Subject;
        for (int i = _certificates.Count - 1; i >= 0; i--)
        {
            AttestationCertificate certificate = _certificates[i];
            if (!certificate.Issuer.Matches(issuerName))
            {
                problems.Add(new AttestationProblem(
                    "android.chain.name", ReasonCodes.ChainInvalid, $"issued by {certificate.Issuer}, but {issuerName} follows") { Certificate = i });
            }

            IssuerKey? known = i > 0 ? issuers?.Find(certificate, issuer) : null;
            if (known is null && !Check(certificate, issuer, i, problems))
            {
                return;
            }

            if (i > 0)
            {
                known ??= Remember(certificate, issuer, issuers);
                issuer = known;
                issuerName = certificate.Subject;
            }
        }
    }

    private static IssuerKey Remember(AttestationCertificate certificate, IssuerKey issuer, VerifiedIssuers? issuers)
    {
        IssuerKey key = IssuerKey.From(certificate.Key);
        issuers?.Add(certificate, issuer, key);
        return key;
    }

    private static bool Check(AttestationCertificate certificate, IssuerKey issuer, int index, List<AttestationProblem> problems)
    {
        switch (issuer.Verify(certificate))
        {
            case SignatureOutcome.Valid:
                return true;
            case SignatureOutcome.Unsupported:
                problems.Add(new AttestationProblem(
                    "android.chain.algorithm", ReasonCodes.AlgorithmUnsupported,
                        $"{certificate.Scheme} under a {issuer.Info.Kind} key cannot be verified here")
                {
                    Certificate = index,
                    Severity = Severity.Serious,
                    IsInconclusive = certificate.Scheme is SignatureScheme.MlDsa,
                });
                return false;
            default:
                problems.Add(new AttestationProblem(
                    "android.chain.signature", ReasonCodes.ChainInvalid, "the signature is not by the key above") { Certificate = index });
                return false;
        }
    }
}
