using SoftPos.Cryptography;

namespace SoftPos.Lab.Cards;

/// <summary>How an issuer derives the key of one card from its master key (EMV Book 2, A1.4).</summary>
public enum LabKeyDerivation
{
    /// <summary>Option A: the rightmost 16 digits of PAN and sequence number.</summary>
    OptionA,

    /// <summary>Option B: as A up to 16 digits, by way of SHA-1 for longer PANs.</summary>
    OptionB,
}

/// <summary>What the issuer knows of one card that it issued.</summary>
/// <param name="Name">Name in the card catalogue.</param>
/// <param name="Scheme">Such as <c>visa</c>; one of <see cref="LabScheme.All"/>.</param>
/// <param name="Pan">Card number.</param>
/// <param name="Sequence">Sequence number, two digits.</param>
/// <param name="ExpiryYearMonth">Validity as yyMM, as in track 2.</param>
/// <param name="Cvn">Cryptogram version as its scheme spells it, such as Visa 18.</param>
/// <param name="CvnByte">The byte in the issuer application data.</param>
/// <param name="Derivation">Card key derivation.</param>
/// <param name="DerivationKeyIndex">Index of the master key in the issuer application data.</param>
/// <param name="Par">Payment account reference, or null.</param>
public sealed record LabIssuedCard(
    string Name,
    string Scheme,
    string Pan,
    string Sequence,
    string ExpiryYearMonth,
    string Cvn,
    byte CvnByte,
    LabKeyDerivation Derivation,
    byte DerivationKeyIndex,
    string? Par)
{
    /// <summary>Name only; the PAN stays out of logs.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// The issuer of every lab card: its master keys and its card file. The issuer host checks cryptograms with it; the virtual cards are
/// personalised from it. Test keys: they protect nothing, and a production start must refuse them.
/// </summary>
public static class LabIssuer
{
    /// <summary>Index of the issuer master keys (DKI in 9F10).</summary>
    public const byte DerivationKeyIndex = 0x01;

    /// <summary>Service code in track 2: international, chip, no restriction.</summary>
    public const string ServiceCode = "201";

    /// <summary>PIN of every lab card.</summary>
    public const string Pin = "1234";

    /// <summary>Issuer master key for application cryptograms (IMK-AC), 16 bytes, odd parity.</summary>
    public static byte[] MasterKeyForCryptograms() => Convert.FromHexString("9E15204313F7318ACB79B90BD986AD29");

    /// <summary>Issuer master key for script integrity (IMK-SMI), 16 bytes, odd parity.</summary>
    public static byte[] MasterKeyForScripts() => Convert.FromHexString("4664942FE615FB02E5D57F292AA2B3B6");

    /// <summary>Issuer master key for CVC3 of mag-stripe mode (IMK-CVC3), 16 bytes, odd parity.</summary>
    public static byte[] MasterKeyForChecksums() => Convert.FromHexString("FBA8B502C85D26B3D0BF6BE62A98C7FD");

    /// <summary>Every card that was issued.</summary>
    public static IReadOnlyList<LabIssuedCard> Cards { get; } = [.. LabCardCatalogue.All.Select(Issue)];

    /// <summary>The card with the number, or null.</summary>
    public static LabIssuedCard? Find(string pan) => Cards.FirstOrDefault(card => card.Pan == pan);

    /// <summary>The card with the catalogue name, or null.</summary>
    public static LabIssuedCard? FindByName(string name) => Cards.FirstOrDefault(card => card.Name == name);

    private static LabIssuedCard Issue(LabCardDescription card) => new(
        card.Name,
        card.Scheme,
        card.Pan,
        card.Sequence,
        card.Expiry[..4],
        card.Cvn,
        VersionOf(card).Number,
        VersionOf(card).CardKeyOption is EmvMasterKeyOption.B ? LabKeyDerivation.OptionB : LabKeyDerivation.OptionA,
        DerivationKeyIndex,
        card.Par);

    private static CryptogramVersion VersionOf(LabCardDescription card) =>
        CryptogramVersion.TryFind($"{card.Scheme}-{card.Cvn}", out CryptogramVersion version)
            ? version
            : throw new InvalidOperationException($"{card.Name}: no cryptogram version {card.Cvn} for {card.Scheme}");
}
