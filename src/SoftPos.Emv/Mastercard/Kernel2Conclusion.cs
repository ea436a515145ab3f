using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>What was asked of the card with GENERATE AC, and what it answered.</summary>
/// <param name="Asked">Type that was asked for.</param>
/// <param name="WithCda">A signature was asked for.</param>
/// <param name="Response">Value of template 77 as received; empty for format 1.</param>
internal readonly record struct CryptogramExchange(CryptogramType Asked, bool WithCda, ReadOnlyMemory<byte> Response);

/// <summary>
/// Everything that kernel 2 decides after the card has left: combined DDA, consistency of the answer, outcome (Book C-2, S910).
/// </summary>
internal sealed class Kernel2Conclusion(
    KernelActivation activation,
    Kernel2Database data,
    RelayResistance relay,
    CombinedAuthentication authentication,
    Kernel2Record record,
    Kernel2Outcomes outcomes)
{
    private const byte CapabilityContact = 0x20;
    private readonly Kernel2Options _options = activation.Combination.Kernel2;

    /// <summary>The outcome, and a message that must be shown before it, or null.</summary>
    /// <param name="exchange">The cryptogram.</param>
    /// <param name="cvm">Method for the outcome and whether a receipt must be given.</param>
    public (Outcome Outcome, UiRequest? Before) Conclude(CryptogramExchange exchange, (CvmKind Cvm, bool Receipt) cvm)
    {
        byte cid = data.Card[EmvTag.CryptogramInformation]![0];
        string pan = TrackTwo.PanOf5A(data.Card[EmvTag.Pan]!)!;
        OdaResult? oda = null;
        if (data.Card[EmvTag.SignedDynamicData] is not null)
        {
            oda = Verify(exchange, cid, pan);
            if (!oda.IsValid)
            {
                // S910.7: a failed signature is never turned into an online request.
                data.Tvr |= Tvr.CdaFailed;
                return (outcomes.Error(new KernelFault(OutcomeReason.AuthenticationFailed, ErrorLevel2.CamFailed), oda: oda), null);
            }

            if (!authentication.Accept(oda))
            {
                return (outcomes.Error(KernelFault.DataError, oda: oda), null);
            }
        }
        else if (WithoutSignature(exchange, (CryptogramType)(cid >> 6)) is { } fault)
        {
            return (outcomes.Error(fault), null);
        }

        activation.Notes?.Add("S910.74", $"outcome by {((CryptogramType)(cid >> 6)).ToString().ToUpperInvariant()}, CVM {cvm.Cvm}{(cvm.Receipt ? ", receipt" : string.Empty)}");
        return PhoneMessageTable.AsksForSecondTap(data.Card[EmvTag.CardholderInteraction])
            ? SecondTap(oda)
            : (ByCryptogram((CryptogramType)(cid >> 6), oda, pan, cvm), null);
    }

    private OdaResult Verify(CryptogramExchange exchange, byte cid, string pan) => authentication.Verify(
        "S910.1",
        pan,
        new CdaInput(
            data[Kernel2Tag.PdolValues] ?? [],
            data[Kernel2Tag.CdolValues] ?? [],
            exchange.Response,
            cid,
            data[EmvTag.UnpredictableNumber]!,
            relay.SignedData()));

    /// <summary>S910.30 to S910.39.</summary>
    private KernelFault? WithoutSignature(CryptogramExchange exchange, CryptogramType type)
    {
        if (data.Card[EmvTag.Cryptogram] is null)
        {
            return KernelFault.Missing;
        }

        // An AAC may come without the signature that was asked for with a TC or ARQC, no other type may.
        if (exchange.WithCda && (type is not CryptogramType.Aac || exchange.Asked is CryptogramType.Aac))
        {
            return KernelFault.DataError;
        }

        if (type is not CryptogramType.Aac && relay.IsPerformed)
        {
            record.WriteRelayIntoTrack2();
        }

        return null;
    }

    /// <summary>S910.71 and S910.79: the device wants to be looked at and tapped again.</summary>
    private (Outcome Outcome, UiRequest? Before) SecondTap(OdaResult? oda)
    {
        (UiMessage message, UiStatus status) = PhoneMessageTable.Find(_options.PhoneMessages, data.Card[EmvTag.CardholderInteraction]!);
        Outcome outcome = outcomes.Valid(OutcomeKind.EndApplication, OutcomeReason.SeePhone, oda) with
        {
            Start = StartPoint.B,
            UiOnRestart = activation.Ui(message, UiStatus.ReadyToRead),
        };
        return (outcome, activation.Ui(message, status, _options.MessageHoldMs));
    }

    /// <summary>S910.74 and S910.75.</summary>
    private Outcome ByCryptogram(CryptogramType type, OdaResult? oda, string pan, (CvmKind Cvm, bool Receipt) cvm)
    {
        switch (type)
        {
            case CryptogramType.Tc:
                UiMessage message = cvm.Cvm is CvmKind.ObtainSignature ? UiMessage.ApprovedSign : UiMessage.Approved;
                return Carry(outcomes.Valid(OutcomeKind.Approved, OutcomeReason.ApprovedOffline, oda), pan, cvm) with
                {
                    UiOnOutcome = activation.WithBalance(activation.Ui(message, UiStatus.NotReady, _options.MessageHoldMs), data[Kernel2Tag.BalanceAfter]),
                };
            case CryptogramType.Arqc:
                return Carry(outcomes.Valid(OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, oda), pan, cvm) with
                {
                    UiOnOutcome = activation.Ui(UiMessage.AuthorisingPleaseWait, UiStatus.NotReady),
                };
            default:
                return Refused(oda, pan);
        }
    }

    private Outcome Carry(Outcome outcome, string pan, (CvmKind Cvm, bool Receipt) cvm) =>
        outcome with { Cvm = cvm.Cvm, Receipt = cvm.Receipt, Account = data.Account(pan) };

    private Outcome Refused(OdaResult? oda, string pan)
    {
        byte type = data[EmvTag.TransactionType]![0];
        if (type is not (0x00 or 0x09 or 0x01 or 0x17))
        {
            // A credit: the refusal is what was wanted, the host books it. Account and record go with it.
            return outcomes.Valid(OutcomeKind.EndApplication, OutcomeReason.CardDeclined, oda) with
            {
                UiOnOutcome = activation.Ui(UiMessage.ClearDisplay, UiStatus.NotReady),
                Account = data.Account(pan),
            };
        }

        // A device of its own (not a card: 3030) has no contacts; nor has this reader, as 9F33 says.
        bool isDevice = data.Card[Kernel2Tag.ThirdPartyData] is { Length: >= 6 } third && (third[2] & 0x80) == 0
            && !third.AsSpan(4, 2).SequenceEqual("00"u8);
        bool hasContacts = (data[EmvTag.TerminalCapabilities]![0] & CapabilityContact) != 0;
        bool denied = data[Kernel2Tag.ReferenceControl] is { Length: 1 } control && GenerateCryptogram.TypeOf(control[0]) is CryptogramType.Aac;
        OutcomeReason reason = denied ? OutcomeReason.ActionCodes : OutcomeReason.CardDeclined;
        return isDevice || !hasContacts
            ? outcomes.Valid(OutcomeKind.Declined, reason, oda) with
            {
                Cvm = CvmKind.NoCvm,
                UiOnOutcome = activation.Ui(UiMessage.NotAuthorised, UiStatus.NotReady, _options.MessageHoldMs),
            }
            : outcomes.Valid(OutcomeKind.TryAnotherInterface, reason, oda) with
            {
                UiOnOutcome = activation.Ui(UiMessage.InsertCard, UiStatus.NotReady, _options.MessageHoldMs),
                AlternateInterface = AlternateInterface.ContactChip,
            };
    }
}
