using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Jcb;

/// <summary>Everything that kernel 5 decides after the card has left: combined DDA, verification, outcome (C-5, 5.8.2 to 5.8.4).</summary>
internal sealed class Kernel5Conclusion(
    KernelActivation activation,
    KernelObjects data,
    InterchangeProfile profile,
    CombinedAuthentication authentication,
    CommonOutcomes outcomes)
{
    private static readonly uint[] Record =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.TerminalCountry, EmvTag.Aip,
        EmvTag.AmountOther, EmvTag.PanSequenceNumber, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType,
        EmvTag.TerminalVersion, EmvTag.DfName, Kernel5Tag.VerificationStatus, Kernel5Tag.InterchangeProfile, EmvTag.IssuerCountryCode,
        Kernel5Tag.IssuerCountry, EmvTag.IfdSerial, EmvTag.SequenceCounter, EmvTag.Par, EmvTag.TokenRequestor, EmvTag.PosEntryMode,
        EmvTag.TransactionTime, EmvTag.ApplicationLabel, EmvTag.PreferredName,
    ];

    private readonly Kernel5Options _options = activation.Combination.Kernel5;

    private bool IsRefund => activation.Request.Kind is TransactionKind.Refund;

    private bool IsOnlineCapable => !activation.Configuration.Terminal.IsOfflineOnly;

    /// <summary>The outcome.</summary>
    /// <param name="exchange">The cryptogram.</param>
    /// <param name="pan">Account number.</param>
    /// <param name="isLegacy">A legacy card.</param>
    public Outcome Conclude(GenerateExchange exchange, string pan, bool isLegacy)
    {
        CryptogramType type = GenerateCryptogram.TypeOf(data.Card[EmvTag.CryptogramInformation]![0]);
        string asked = exchange.Asked.ToString().ToUpperInvariant();
        activation.Notes?.Add("5.8.4", $"the card answers {type.ToString().ToUpperInvariant()}, {asked} was asked for");
        OdaResult? oda = null;
        if (exchange.WithCda && type is CryptogramType.Tc or CryptogramType.Arqc)
        {
            oda = authentication.Verify("5.8.2", pan, exchange);
            if (!oda.IsValid)
            {
                // An online cryptogram below a failed signature is refused too.
                data.Tvr |= Tvr.CdaFailed;
                return Declined(OutcomeReason.AuthenticationFailed, exchange, oda);
            }

            if (!authentication.Accept(oda))
            {
                return Declined(OutcomeReason.BadCardData, exchange, oda);
            }
        }

        return (type, exchange.Asked) switch
        {
            // The credit is the host's: the card's refusal is what a refund asks for.
            (CryptogramType.Aac, _) when IsRefund && IsOnlineCapable =>
                Carry(outcomes.Online(OutcomeReason.OnlineRequiredByReader), exchange, pan, CvmChoice.Of(CvmKind.NoCvm), oda),
            (CryptogramType.Aac, CryptogramType.Aac) => Declined(OutcomeReason.ActionCodes, exchange, oda),
            (CryptogramType.Aac, _) => Declined(OutcomeReason.CardDeclined, exchange, oda),
            (CryptogramType.Rfu, _) => Declined(OutcomeReason.CryptogramTypeUnknown, exchange, oda),
            (CryptogramType.Arqc, CryptogramType.Arqc or CryptogramType.Tc) => Verified(exchange, type, pan, isLegacy, oda),
            (CryptogramType.Tc, CryptogramType.Tc) => Verified(exchange, type, pan, isLegacy, oda),

            // A card may only go down: AAC, ARQC, TC.
            _ => Declined(OutcomeReason.OfflineWhereOnlineRequired, exchange, oda),
        };
    }

    /// <summary>Limit by what the card says of its holder, then the verification, then the outcome.</summary>
    private Outcome Verified(GenerateExchange exchange, CryptogramType type, string pan, bool isLegacy, OdaResult? oda)
    {
        bool isOnDevice = !isLegacy && Kernel5Verification.IsOnDevice(data.Card[Kernel5Tag.VerificationStatus]![0]);
        long? limit = isOnDevice ? _options.TransactionLimitOnDevice ?? _options.TransactionLimit : _options.TransactionLimit;
        if (_options.LimitAfterVerification && activation.Request.AmountMinor >= limit)
        {
            return Declined(OutcomeReason.LimitExceeded, exchange, oda);
        }

        CvmChoice? choice = new Kernel5Verification(activation, data, profile).Select(isLegacy);
        activation.Notes?.Add(
            "5.8.3", choice is { } found ? $"CVM {found.Cvm}, results {Convert.ToHexString(found.Results)}" : "no method");

        // A PIN that is asked for online cannot be checked where nobody is asked.
        if (choice is not { } cvm || (type is CryptogramType.Tc && cvm.Cvm is CvmKind.OnlinePin))
        {
            return Declined(OutcomeReason.CvmNotPossible, exchange, oda);
        }

        if (type is CryptogramType.Arqc && !IsOnlineCapable)
        {
            return Declined(OutcomeReason.ReaderOfflineOnly, exchange, oda);
        }

        if (type is CryptogramType.Tc)
        {
            return Carry(outcomes.Approved(cvm.Cvm), exchange, pan, cvm, oda);
        }

        Outcome online = Carry(outcomes.Online(OutcomeReason.OnlineAsked), exchange, pan, cvm, oda);
        if (!isLegacy && Kernel5Update.IsWanted(activation, data))
        {
            online.DataRecord![EmvTag.Cdol2] = [.. data.Card[EmvTag.Cdol2]!];
            online = CommonOutcomes.WithSecondPresentment(online, activation);
        }

        return online;
    }

    private Outcome Declined(OutcomeReason reason, GenerateExchange exchange, OdaResult? oda) =>
        outcomes.Declined(reason) with { Oda = oda, DataRecord = DataRecord(exchange) };

    private Outcome Carry(Outcome outcome, GenerateExchange exchange, string pan, CvmChoice cvm, OdaResult? oda)
    {
        data.Set(EmvTag.CvmResults, cvm.Results);
        data.Tvr |= cvm.Tvr;
        return outcome with
        {
            Cvm = cvm.Cvm,
            Receipt = cvm.Cvm is CvmKind.ObtainSignature,
            Oda = oda,
            Tvr = data.Tvr,
            Account = data.Account(pan),
            DataRecord = DataRecord(exchange),
        };
    }

    private TlvMap DataRecord(GenerateExchange exchange)
    {
        TlvMap record = data.Take(Record);
        record[EmvTag.Tvr] = exchange.TvrAsSent.ToArray();
        return record;
    }
}
