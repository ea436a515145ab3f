namespace SoftPos.Emv.Jcb;

/// <summary>Terminal interchange profile 9F53 of one transaction: what the reader offers, and whether a verification is required.</summary>
internal sealed class InterchangeProfile
{
    private const byte CvmRequired = 0x80;
    private const byte IssuerUpdate = 0x80;
    private readonly byte[] _bytes;

    /// <param name="configured">Value of the configuration; the bits that depend on the transaction or on the kernel are made anew.</param>
    /// <param name="hasIssuerUpdate">Issuer data can be delivered on a second presentment.</param>
    public InterchangeProfile(byte[] configured, bool hasIssuerUpdate)
    {
        _bytes = [.. configured];
        _bytes[0] = (byte)(_bytes[0] & ~CvmRequired);
        _bytes[1] = (byte)((_bytes[1] & ~IssuerUpdate) | (hasIssuerUpdate ? IssuerUpdate : 0));
    }

    /// <summary>The amount needs a cardholder verification.</summary>
    public bool IsCvmRequired
    {
        get => (_bytes[0] & CvmRequired) != 0;
        set => _bytes[0] = (byte)((_bytes[0] & ~CvmRequired) | (value ? CvmRequired : 0));
    }

    public bool HasSignature => (_bytes[0] & 0x40) != 0;

    public bool HasOnlinePin => (_bytes[0] & 0x20) != 0;

    public bool TakesOnDevice => (_bytes[0] & 0x10) != 0;

    /// <summary>9F53.</summary>
    public byte[] ToArray() => [.. _bytes];
}
