namespace SoftPos.Attestation.Certificates;

/// <summary>What a chain is, and so which dates bind it.</summary>
[Flags]
public enum ChainKind
{
    /// <summary>Its shape tells nothing; treated as strictly as a remote one.</summary>
    None = 0,

    /// <summary>Keys put in at the factory: may be expired, since they cannot be changed.</summary>
    Factory = 1,

    /// <summary>Keys provisioned remotely: live weeks, must not be expired.</summary>
    Remote = 2,

    /// <summary>A software root, whose private key anyone has. Never trusted.</summary>
    Software = 4,
}

/// <summary>A key that chains may end in. Compared by key, never by subject: a look-alike has the name, not the key.</summary>
public sealed class TrustAnchor
{
    /// <summary>Makes an anchor.</summary>
    /// <param name="label">Name for people.</param>
    /// <param name="subject">Subject under which certificates name it as their issuer.</param>
    /// <param name="key">Its key.</param>
    /// <param name="kinds">Chains that it may anchor.</param>
    /// <param name="isSandbox">A lab anchor: never in production.</param>
    public TrustAnchor(string label, DistinguishedName subject, PublicKeyInfo key, ChainKind kinds, bool isSandbox = false)
    {
        Label = label;
        Subject = subject;
        Key = IssuerKey.From(key);
        Kinds = kinds;
        IsSandbox = isSandbox;
    }

    /// <summary>Name for people.</summary>
    public string Label { get; }

    /// <summary>Subject under which certificates name it as their issuer.</summary>
    public DistinguishedName Subject { get; }

    /// <summary>Chains that it may anchor.</summary>
    public ChainKind Kinds { get; }

    /// <summary>Whether this is a lab anchor.</summary>
    public bool IsSandbox { get; }

    /// <summary>SHA-256 of its SubjectPublicKeyInfo, lower-case hex.</summary>
    public string KeyHash => Convert.ToHexStringLower(Key.SpkiSha256);

    internal IssuerKey Key { get; }

    /// <summary>Makes an anchor of the key and the subject of a certificate; its dates and signature do not matter.</summary>
    public static TrustAnchor Of(AttestationCertificate certificate, ChainKind kinds = ChainKind.Factory | ChainKind.Remote, bool isSandbox = false)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new TrustAnchor(certificate.Subject.ToString(), certificate.Subject, certificate.Key, kinds, isSandbox);
    }
}
