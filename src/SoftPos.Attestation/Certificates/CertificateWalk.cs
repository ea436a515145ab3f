using SoftPos.Contract;

namespace SoftPos.Attestation.Certificates;

/// <summary>The strict walk for chains whose issuer keeps to the rules (Apple): names, signatures, all dates, an anchor that did not come
/// along.</summary>
internal static class CertificateWalk
{
    /// <summary>Verifies leaf to top against anchors; the top may be the anchor itself. Adds a problem and gives false at the first broken
    /// link.</summary>
    public static bool Verify(
        IReadOnlyList<AttestationCertificate> chain, TrustAnchors anchors, DateTimeOffset time, string rule, string reason,
            List<AttestationProblem> problems)
    {
        AttestationCertificate top = chain[^1];
        TrustAnchor? anchor = anchors.FindByKey(top.Key.Encoded.Span)
            ?? anchors.FindByName(top.Issuer).FirstOrDefault(candidate => candidate.Key.Verify(top) is SignatureOutcome.Valid);
        if (anchor is null)
        {
            problems.Add(new AttestationProblem(rule + ".root", reason, $"ends in {top.Issuer}, whose key is not an anchor")
                { Certificate = chain.Count - 1 });
            return false;
        }

        IssuerKey issuer = anchor.Key;
        DistinguishedName name = anchor.Subject;
        for (int i = chain.Count - 1; i >= 0; i--)
        {
            AttestationCertificate certificate = chain[i];
            string? broken = !certificate.Issuer.Matches(name) ? "is issued under another name"
                : issuer.Verify(certificate) is not SignatureOutcome.Valid ? "is not signed by the key above"
                : certificate.NotBefore is null || certificate.NotAfter is null || certificate.NotBefore > time ? "is not valid yet"
                : certificate.NotAfter < time ? $"was valid until {certificate.NotAfter:u}"
                : null;
            if (broken is not null)
            {
                problems.Add(new AttestationProblem(rule + ".chain", reason, "the certificate " + broken) { Certificate = i });
                return false;
            }

            issuer = IssuerKey.From(certificate.Key);
            name = certificate.Subject;
        }

        return true;
    }
}
