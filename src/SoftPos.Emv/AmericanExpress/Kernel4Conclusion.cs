using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.AmericanExpress;

/// <summary>Everything that kernel 4 decides after the card has left: combined DDA and outcome.</summary>
internal sealed class Kernel4Conclusion(
    KernelActivation activation,
    KernelObjects data,
    ReaderCapabilities capabilities,
    CombinedAuthentication authentication,
    CommonOutcomes outcomes)
{
    private static readonly uint[] Record =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.TerminalCountry, EmvTag.Aip,
        EmvTag.AmountOther, EmvTag.PanSequenceNumber, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType,
        EmvTag.TerminalVersion, EmvTag.DfName, Kernel4Tag.EnhancedCapabilities, Kernel4Tag.MobileCvmResults, EmvTag.IfdSerial,
        EmvTag.SequenceCounter, EmvTag.Par, EmvTag.TokenRequestor, EmvTag.PosEntryMode, EmvTag.TransactionTime, EmvTag.ApplicationLabel,
        EmvTag.PreferredName,
    ];

    private readonly Kernel4Options _options = activation.Combination.Kernel4;

    /// <summary>The outcome.</summary>
    /// <param name="exchange">The cryptogram.</param>
    /// <param name="pan">Account number.</param>
    /// <param name="cvm">Verification that was chosen.</param>
    /// <param name="sda">Result of SDA, where that was the method.</param>
    public Outcome Conclude(GenerateExchange exchange, string pan, CvmChoice cvm, OdaResult? sda)
    {
        CryptogramType type = GenerateCryptogram.TypeOf(data.Card[EmvTag.CryptogramInformation]![0]);
        activation.Notes?.Add(
            "outcome", $"the card answers {type.ToString().ToUpperInvariant()}, {exchange.Asked.ToString().ToUpperInvariant()} was asked for");
        OdaResult? oda = sda;
        bool failed = false;
        if (exchange.WithCda && type is CryptogramType.Tc or CryptogramType.Arqc)
        {
            oda = authentication.Verify("CDA", pan, exchange);
            failed = !oda.IsValid;
            if (failed)
            {
                data.Tvr |= Tvr.CdaFailed;
            }
            else if (!authentication.Accept(oda))
            {
                return outcomes.Declined(OutcomeReason.BadCardData) with { Oda = oda };
            }
        }

        return (type, exchange.Asked) switch
        {
            (CryptogramType.Aac, _) => Refused(exchange, oda),
            (CryptogramType.Tc or CryptogramType.Arqc, _) when failed && !GoesOnlineAfter(type) =>
                outcomes.Declined(OutcomeReason.AuthenticationFailed) with { Oda = oda },
            _ when data.Card[EmvTag.Cryptogram] is null => outcomes.Declined(OutcomeReason.MissingCardData) with { Oda = oda },
            (CryptogramType.Arqc, CryptogramType.Arqc or CryptogramType.Tc) => Online(exchange, pan, cvm, oda, failed),
            (CryptogramType.Tc, CryptogramType.Tc) => Approved(exchange, pan, cvm, oda),

            // A card may only go down: AAC, ARQC, TC.
            (CryptogramType.Tc, _) => outcomes.Declined(OutcomeReason.OfflineWhereOnlineRequired) with { Oda = oda },
            _ => outcomes.Declined(OutcomeReason.CryptogramTypeUnknown) with { Oda = oda },
        };
    }

    private bool GoesOnlineAfter(CryptogramType type) =>
        type is CryptogramType.Arqc && !_options.DeclineOnCdaFailure && data.Card[EmvTag.Cryptogram] is not null;

    private Outcome Refused(GenerateExchange exchange, OdaResult? oda)
    {
        OutcomeReason reason = exchange.Asked is CryptogramType.Aac ? OutcomeReason.ActionCodes : OutcomeReason.CardDeclined;
        Outcome outcome = capabilities is { TriesAnotherInterface: true, HasContact: true }
            ? outcomes.OtherInterface(reason)
            : outcomes.Declined(reason);
        return outcome with { Oda = oda, DataRecord = DataRecord(exchange) };
    }

    private Outcome Online(GenerateExchange exchange, string pan, CvmChoice cvm, OdaResult? oda, bool failed)
    {
        OutcomeReason reason = failed ? OutcomeReason.OnlineAuthenticationFailed : OutcomeReason.OnlineAsked;
        return Carry(outcomes.Online(reason), exchange, pan, cvm, oda);
    }

    private Outcome Approved(GenerateExchange exchange, string pan, CvmChoice cvm, OdaResult? oda) =>
        Carry(outcomes.Approved(cvm.Cvm), exchange, pan, cvm, oda);

    private Outcome Carry(Outcome outcome, GenerateExchange exchange, string pan, CvmChoice cvm, OdaResult? oda) => outcome with
    {
        Cvm = cvm.Cvm,
        Receipt = cvm.Cvm is CvmKind.ObtainSignature,
        Oda = oda,
        Account = data.Account(pan),
        DataRecord = DataRecord(exchange),
        DiscretionaryData = _options.DeliverMembership ? data.Take([Kernel4Tag.MembershipProduct, Kernel4Tag.MembershipNumber]) : null,
    };

    private TlvMap DataRecord(GenerateExchange exchange)
    {
        TlvMap record = data.Take(Record);
        record[EmvTag.Tvr] = exchange.TvrAsSent.ToArray();
        return record;
    }
}
