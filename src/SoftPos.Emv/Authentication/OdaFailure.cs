namespace SoftPos.Emv.Authentication;

/// <summary>Method of offline data authentication.</summary>
public enum OdaMethod
{
    None,
    Sda,
    Dda,
    Fdda,
    Cda,

    /// <summary>Local authentication of kernel 8: ECC certificates and the blinding factor.</summary>
    Local,
}

/// <summary>The link of the chain at which authentication failed.</summary>
public enum OdaStep
{
    CaKey,
    IssuerCertificate,
    CardCertificate,
    StaticData,
    SignedStaticData,
    SignedDynamicData,

    /// <summary>The factor that binds the channel's key to the certified one (kernel 8).</summary>
    BlindingFactor,
}

/// <summary>What was wrong there.</summary>
public enum OdaFault
{
    /// <summary>A data object is missing.</summary>
    Missing,

    /// <summary>No key with this RID and index is configured.</summary>
    Unknown,

    /// <summary>The key or certificate expired.</summary>
    Expired,

    /// <summary>The length is not that of the modulus.</summary>
    Length,

    /// <summary>The public operation is not possible: value beyond the modulus, or a key no RSA key can be.</summary>
    Recovery,

    /// <summary>The recovered data does not end with BC.</summary>
    Trailer,

    /// <summary>The recovered data does not start with 6A.</summary>
    Header,

    /// <summary>The format byte is another.</summary>
    Format,

    /// <summary>The hash does not match.</summary>
    Hash,

    /// <summary>The issuer identifier is no prefix of the PAN.</summary>
    Identifier,

    /// <summary>The PAN is another.</summary>
    Pan,

    /// <summary>The certificate is on the revocation list.</summary>
    Revoked,

    /// <summary>Hash or signature algorithm is not SHA-1 or RSA.</summary>
    Algorithm,

    /// <summary>The remainder of the key does not fit.</summary>
    Remainder,

    /// <summary>A record to be authenticated is not a template 70, or there is too much of it.</summary>
    Record,

    /// <summary>The tag list asks for something else than the AIP.</summary>
    TagList,

    /// <summary>The fDDA version is not accepted.</summary>
    Version,

    /// <summary>The signed counter is not the ATC.</summary>
    Counter,

    /// <summary>The signed cryptogram information is not that of the response.</summary>
    CryptogramInformation,

    /// <summary>The transaction data hash does not match.</summary>
    TransactionData,

    /// <summary>The signed relay resistance data is not what was exchanged.</summary>
    RelayResistance,

    /// <summary>The signature on an elliptic curve is wrong.</summary>
    Signature,

    /// <summary>The blinded key is not that of the certificate.</summary>
    Point,
}

/// <summary>Where and how offline data authentication failed.</summary>
public readonly record struct OdaFailure(OdaStep Step, OdaFault Fault)
{
    /// <summary>Such as <c>IssuerCertificate/Hash</c>.</summary>
    public override string ToString() => $"{Step}/{Fault}";
}

/// <summary>Result of offline data authentication.</summary>
/// <param name="Method">Method that ran.</param>
/// <param name="Failure">Null when everything is valid.</param>
public sealed record OdaResult(OdaMethod Method, OdaFailure? Failure)
{
    /// <summary>True when everything is valid.</summary>
    public bool IsValid => Failure is null;

    /// <summary>fDDA version used (0 or 1).</summary>
    public int? FddaVersion { get; init; }

    /// <summary>Data authentication code 9F45 of SDA.</summary>
    public byte[]? DataAuthenticationCode { get; init; }

    /// <summary>ICC dynamic number 9F4C.</summary>
    public byte[]? IccDynamicNumber { get; init; }

    /// <summary>Application cryptogram from a CDA signature.</summary>
    public byte[]? Cryptogram { get; init; }

    /// <summary>Cryptogram information from a CDA signature.</summary>
    public byte? CryptogramInformation { get; init; }

    /// <summary>Bits of the modulus of CA, issuer and card key, as far as they were recovered.</summary>
    public IReadOnlyList<int> KeyBits { get; init; } = [];

    /// <summary>The bits that this result sets in the TVR (EMV Book 3, C5).</summary>
    public Tvr Tvr
    {
        get
        {
            Tvr failed = Method switch
            {
                OdaMethod.None => Tvr.OdaNotPerformed,
                OdaMethod.Sda => Tvr.SdaFailed,
                OdaMethod.Cda or OdaMethod.Local => Tvr.CdaFailed,
                _ => Tvr.DdaFailed,
            };
            return Method is OdaMethod.None ? failed
                : Failure is not { } failure ? default
                : failure.Fault is OdaFault.Missing && Method is not OdaMethod.Local ? failed | Tvr.CardDataMissing
                : failed;
        }
    }
}
