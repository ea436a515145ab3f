using SoftPos.Emv.Authentication;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <content>
/// What kernel 8 decides after the card has left: local authentication, merge of the card's results, its verification decision, a second
/// action analysis, and the outcome (Book C-8, RPC.2 to RPC.4, 29.22 to 29.42, 2930.1 to 2930.41).
/// </content>
internal sealed partial class Kernel8
{
    private const byte RestartB = 0x20;
    private const byte OtherInterface = 0x30;

    private KernelStep Conclude()
    {
        OdaResult? oda = null;
        if (_authenticates)
        {
            // RPC.2: a card that says it can be authenticated must bring what that takes.
            if (!_data.IsNotEmpty(EmvTag.CaKeyIndex) || !_data.IsNotEmpty(EmvTag.IssuerCertificate) || !_data.IsNotEmpty(EmvTag.IccCertificate))
            {
                return Fail(KernelFault.DataError);
            }

            oda = Authenticate();
            _activation.Notes?.Add(
                "RPC.4", $"local authentication: {(oda.Failure is { } failure ? $"failed at {failure}" : "valid")}, keys of {string.Join(", ", oda.KeyBits)} bits");
            _data.Tvr |= oda.IsValid ? default : Tvr.CdaFailed;
        }

        MergeResults();
        (CvmKind cvm, byte[] results, Tvr bits) = Verification();
        _data.Set(EmvTag.CvmResults, results);
        _data.Tvr |= bits;
        _receipt |= cvm is CvmKind.ObtainSignature;
        CryptogramType decision = Analyse();
        _activation.Notes?.Add("29.42", $"second terminal action analysis: TVR {_data.Tvr}, {decision.ToString().ToUpperInvariant()}; CVM {cvm}");
        bool hides = !_options.ReportLocalAuthentication && _data.Tvr.Has(Tvr.CdaFailed);
        OutcomeReason refusal = IsListed ? OutcomeReason.ExceptionFile
            : oda is { IsValid: false } && ActionCodes.Match(_options.TacDenial, Tvr.CdaFailed) ? OutcomeReason.AuthenticationFailed
            : ActionCodes.Match(_options.TacDenial, _data.Tvr) ? OutcomeReason.ActionCodes
            : OutcomeReason.CardDeclined;
        if (hides)
        {
            // 2930.1b.
            _data.Tvr = new Tvr(_data.Tvr.Value & ~Tvr.CdaFailed.Value);
        }

        return Finish(OutcomeOf(decision, cvm, oda, refusal));
    }

    private OdaResult Authenticate() => !_signedTags.Contains(EmvTag.Pan) && _options.RequireSignedPan
        ? new OdaResult(OdaMethod.Local, new OdaFailure(OdaStep.StaticData, OdaFault.Pan))
        : _staticData.Fault is { } fault
            ? new OdaResult(OdaMethod.Local, new OdaFailure(OdaStep.StaticData, fault))
            : LocalAuthentication.Verify(new LocalAuthenticationInput(
                _data.Card,
                _data.Card[EmvTag.DfName].AsMemory(0, 5),
                AccountNumber,
                _activation.Request.Date.ToDateTime(_activation.Request.Time),
                _staticDataHash,
                _activation.Configuration.CaKeys,
                _channel!.Suite,
                _channel.BlindedKey,
                _channel.BlindingFactor));

    /// <summary>29.22: the card's bits count where the mask does not reserve them for the reader.</summary>
    private void MergeResults()
    {
        if (_data.Card[Kernel8Tag.CardTvr] is { Length: 5 } card)
        {
            ulong mask = Tvr.FromBytes(_options.ReservedTvrMask).Value;
            _data.Tvr = new Tvr((_data.Tvr.Value & mask) | (Tvr.FromBytes(card).Value & ~mask));
        }
    }

    /// <summary>29.25 to 29.42: the card decides, among what the reader offered at this amount.</summary>
    private (CvmKind Cvm, byte[] Results, Tvr Bits) Verification()
    {
        byte decision = _data.Card[Kernel8Tag.VerificationDecision]![0];
        byte offered = _data[EmvTag.RiskManagementData]![0];
        return decision switch
        {
            0x00 when (offered & 0x08) != 0 => (CvmKind.NoCvm, CvmChoice.ResultsOf(CvmKind.NoCvm), default),
            0x01 when (offered & 0x20) != 0 => (CvmKind.ObtainSignature, CvmChoice.ResultsOf(CvmKind.ObtainSignature), default),
            0x02 when (offered & 0x40) != 0 => (CvmKind.OnlinePin, CvmChoice.ResultsOf(CvmKind.OnlinePin), Tvr.OnlinePinEntered),
            0x03 when (offered & 0x04) != 0 => (CvmKind.ConfirmationCodeVerified, CvmChoice.ResultsOf(CvmKind.ConfirmationCodeVerified), default),
            0x0F => (CvmKind.NotApplicable, [CvmCode.NotPerformed, 0x00, 0x00], default),
            _ => (CvmKind.NotApplicable, [CvmCode.NotPerformed, 0x00, 0x01], Tvr.CvmFailed),
        };
    }

    /// <summary>2930.2 to 2930.41.</summary>
    private Outcome OutcomeOf(CryptogramType decision, CvmKind cvm, OdaResult? oda, OutcomeReason refusal)
    {
        CryptogramType type = (CryptogramType)(_data.Card[EmvTag.CryptogramInformation]![0] >> 6);
        byte[]? restart = _data.Card[Kernel8Tag.RestartIndicator];
        int asked = restart is null ? 0 : restart[0] & 0xF0;
        if (asked == RestartB)
        {
            UiMessage message = Text(restart, UiMessage.PresentCardAgain);
            return _outcomes.Valid(OutcomeKind.EndApplication, OutcomeReason.SeePhone, oda) with
            {
                Start = StartPoint.B,
                UiOnOutcome = Ui(message, _options.MessageHoldMs),
                UiOnRestart = _activation.Ui(message, UiStatus.ReadyToRead),
            };
        }

        if (type is CryptogramType.Tc && decision is CryptogramType.Tc)
        {
            UiMessage message = cvm is CvmKind.ObtainSignature ? UiMessage.ApprovedSign : UiMessage.Approved;
            return Carry(_outcomes.Valid(OutcomeKind.Approved, OutcomeReason.ApprovedOffline, oda), cvm) with { UiOnOutcome = Ui(message, _options.MessageHoldMs) };
        }

        if ((type is CryptogramType.Arqc && decision is not CryptogramType.Aac) || (type is not CryptogramType.Aac && decision is CryptogramType.Arqc))
        {
            OutcomeReason reason = type is CryptogramType.Arqc ? OutcomeReason.OnlineAsked : OutcomeReason.OnlineRequiredByReader;
            return Carry(_outcomes.Valid(OutcomeKind.OnlineRequest, reason, oda), cvm) with { UiOnOutcome = Ui(UiMessage.AuthorisingPleaseWait, 0) };
        }

        if (_data[EmvTag.TransactionType]![0] is not (0x00 or 0x01 or 0x09 or 0x17))
        {
            // A credit: the refusal is what was wanted, the host books it. Account and record go with it.
            return _outcomes.Valid(OutcomeKind.EndApplication, OutcomeReason.CardDeclined, oda) with
            {
                UiOnOutcome = Ui(UiMessage.ClearDisplay, 0),
                Account = _data.Account(AccountNumber!),
            };
        }

        return Refused(restart, asked, oda, refusal);
    }

    private Outcome Refused(byte[]? restart, int asked, OdaResult? oda, OutcomeReason refusal) => asked == OtherInterface
        ? _outcomes.Valid(OutcomeKind.TryAnotherInterface, refusal, oda) with
        {
            UiOnOutcome = Ui(Text(restart, UiMessage.InsertOrSwipe), _options.MessageHoldMs),
            AlternateInterface = (restart![0] & 0x0F) switch
            {
                1 => AlternateInterface.ContactChip,
                2 => AlternateInterface.MagneticStripe,
                _ => AlternateInterface.NotApplicable,
            },
        }
        : _outcomes.Valid(OutcomeKind.Declined, refusal, oda) with { UiOnOutcome = Ui(Text(restart, UiMessage.NotAuthorised), _options.MessageHoldMs) };

    private Outcome Carry(Outcome outcome, CvmKind cvm) => outcome with { Cvm = cvm, Receipt = _receipt, Account = _data.Account(AccountNumber!) };

    private UiRequest Ui(UiMessage message, int holdMs) => _activation.Ui(message, UiStatus.NotReady, holdMs);

    /// <summary>The text that the card chose, where the configuration lists it; a card must not write what it likes on the display.</summary>
    private UiMessage Text(byte[]? restart, UiMessage own) =>
        restart is [_, not 0, ..] && _options.RestartMessages.Contains(restart[1]) && Enum.IsDefined((UiMessage)restart[1]) ? (UiMessage)restart[1] : own;
}
