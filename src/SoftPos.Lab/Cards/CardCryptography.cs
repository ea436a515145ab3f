using SoftPos.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>The secret side of a lab card: its key, derived as its issuer derives it, and what is computed with it.</summary>
internal sealed class CardCryptography
{
    private readonly byte[] _cardKey = new byte[16];

    public CardCryptography(LabIssuedCard card)
    {
        Version = CryptogramVersion.TryFind($"{card.Scheme}-{card.Cvn}", out CryptogramVersion version)
            ? version
            : throw new InvalidOperationException($"{card.Name}: no rules for its cryptogram version");
        EmvMasterKeyOption option = card.Derivation is LabKeyDerivation.OptionB ? EmvMasterKeyOption.B : EmvMasterKeyOption.A;
        EmvMasterKey.Derive(option, LabIssuer.MasterKeyForCryptograms(), card.Pan, card.Sequence, _cardKey);
    }

    public CryptogramVersion Version { get; }

    /// <summary>The cryptogram over what the terminal sent and the card's own profile, counter and issuer application data.</summary>
    public byte[] Cryptogram(TlvMap terminal, byte[] profile, byte[] counter, byte[] issuerApplicationData)
    {
        CryptogramInput input = new()
        {
            AmountAuthorised = terminal[0x9F02]!,
            AmountOther = terminal[0x9F03]!,
            TerminalCountryCode = terminal[0x9F1A]!,
            TerminalVerificationResults = terminal[0x95] ?? new byte[5],
            TransactionCurrencyCode = terminal[0x5F2A]!,
            TransactionDate = terminal[0x9A]!,
            TransactionType = terminal[0x9C]!,
            UnpredictableNumber = terminal[0x9F37]!,
            ApplicationInterchangeProfile = profile,
            ApplicationTransactionCounter = counter,
            IssuerApplicationData = issuerApplicationData,
        };
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
