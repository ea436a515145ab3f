using SoftPos.Cryptography;

namespace SoftPos.Lab.Cards;

/// <summary>The secret side of a lab card: its key, derived as its issuer derives it, and what is computed with it.</summary>
internal sealed class CardCryptography
{
    private readonly byte[] _cardKey = new byte[16];

    public CardCryptography(LabIssuedCard card)
    {
        Version = (card.Scheme, card.CvnByte) switch
        {
            ("visa", 0x0A) => CryptogramVersion.Visa10,
            ("visa", 0x12) => CryptogramVersion.Visa18,
            ("visa", 0x22) => CryptogramVersion.Visa22,
            ("mastercard", 0x10) => CryptogramVersion.Mastercard16,
            ("mastercard", 0x11) => CryptogramVersion.Mastercard17,
            ("mastercard", 0x15) => CryptogramVersion.Mastercard21,
            ("mastercard", 0x14) => CryptogramVersion.Mastercard20,
            ("common", 0xA5) => CryptogramVersion.CommonCore5,
            _ => throw new InvalidOperationException($"{card.Name}: no rules for its cryptogram version"),
        };
        EmvMasterKeyOption option = card.Derivation is LabKeyDerivation.OptionB ? EmvMasterKeyOption.B : EmvMasterKeyOption.A;
        EmvMasterKey.Derive(option, LabIssuer.MasterKeyForCryptograms(), card.Pan, card.Sequence, _cardKey);
    }

    public CryptogramVersion Version { get; }

    public byte[] Cryptogram(CryptogramInput input)
    {
        byte[] cryptogram = new byte[ApplicationCryptogram.Length];
        return ApplicationCryptogram.TryCompute(Version, _cardKey, input, cryptogram)
            ? cryptogram
            : throw new InvalidOperationException("the card's own data does not fit its cryptogram version");
    }

    /// <summary>Checks issuer authentication data 91 against the last cryptogram.</summary>
    public bool IsFromIssuer(byte[] cryptogram, ushort counter, byte[] unpredictableNumber, ReadOnlySpan<byte> issuerAuthenticationData)
    {
        byte[] key = new byte[16];
        _cardKey.CopyTo(key, 0);
        if (Version.ArpcUnderSessionKey)
        {
            ApplicationCryptogram.DeriveKey(Version, _cardKey, counter, unpredictableNumber, key);
        }

        return IssuerResponse.Verify(Version.Arpc, key, cryptogram, issuerAuthenticationData);
    }
}
