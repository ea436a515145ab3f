namespace SoftPos.Emv.Discover;

/// <summary>Card processing requirements 9F71, and the card verification results in the issuer application data.</summary>
/// <param name="requirements">9F71, 2 bytes.</param>
/// <param name="issuerApplicationData">9F10: key index, version, eight bytes of results.</param>
internal readonly struct CardRequirements(byte[] requirements, byte[] issuerApplicationData)
{
    /// <summary>Bytes of issuer application data that hold the results.</summary>
    public const int ShortestIssuerApplicationData = 10;

    public bool OnlinePin => (requirements[0] & 0x80) != 0;

    public bool Signature => (requirements[0] & 0x40) != 0;

    public bool LoyaltyApproved => (requirements[0] & 0x20) != 0;

    public bool OnDevice => (requirements[0] & 0x10) != 0;

    public bool SwitchesIfUnableToGoOnline => (requirements[1] & 0x80) != 0;

    public bool OnlineIfCdaFailed => (requirements[1] & 0x40) != 0;

    public bool SwitchesIfCdaFailed => (requirements[1] & 0x20) != 0;

    public bool OnlineIfExpired => (requirements[1] & 0x08) != 0;

    public bool DeclinesIfExpired => (requirements[1] & 0x04) != 0;

    public bool FallsBackToSignature => (requirements[1] & 0x02) != 0;

    public bool FallsBackToNoCvm => (requirements[1] & 0x01) != 0;

    /// <summary>Domestic by the card's own word; null when it says neither or both.</summary>
    public bool? IsDomestic => (issuerApplicationData[3] & 0x18) switch
    {
        0x10 => true,
        0x08 => false,
        _ => null,
    };

    /// <summary>The confirmation code was verified on the device and did not fail.</summary>
    public bool IsVerifiedOnDevice => (issuerApplicationData[3] & 0x03) == 0x02;
}
