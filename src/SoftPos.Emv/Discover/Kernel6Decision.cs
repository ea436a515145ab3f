using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Discover;

/// <summary>Everything that kernel 6 decides after the card has left.</summary>
internal sealed class Kernel6Decision
{
    private const byte TtqOfflineOnly = 0x08;

    /// <summary>Mag-stripe mode or contact chip: there is another interface.</summary>
    private const byte TtqOtherInterface = 0x90;

    private const byte TsiOdaPerformed = 0x80;
    private const byte TsiVerificationPerformed = 0x40;

    private static readonly uint[] Record =
    [
        EmvTag.Cryptogram, EmvTag.CryptogramInformation, EmvTag.IssuerApplicationData, EmvTag.UnpredictableNumber, EmvTag.Atc, EmvTag.Tvr,
        EmvTag.TransactionDate, EmvTag.TransactionType, EmvTag.Amount, EmvTag.CurrencyCode, EmvTag.Aip, EmvTag.TerminalCountry,
        EmvTag.AmountOther, EmvTag.TerminalAid, EmvTag.PanSequenceNumber, EmvTag.ApplicationUsageControl, EmvTag.DfName,
        EmvTag.TerminalVersion, EmvTag.TerminalCapabilities, EmvTag.CvmResults, EmvTag.TerminalType, EmvTag.Tsi, EmvTag.IfdSerial,
        EmvTag.SequenceCounter, EmvTag.Ttq, Kernel6Tag.FormFactor, EmvTag.Par, EmvTag.TokenRequestor, EmvTag.PosEntryMode,
        EmvTag.TransactionTime, EmvTag.ApplicationLabel, EmvTag.PreferredName,
    ];

    private readonly KernelActivation _activation;
    private readonly KernelObjects _data;
    private readonly CommonOutcomes _outcomes;
    private readonly Kernel6Options _options;
    private readonly CombinedAuthentication _authentication;
    private readonly CardRequirements _requirements;
    private readonly byte[] _ttq;
    private OdaResult? _oda;

    public Kernel6Decision(KernelActivation activation, KernelObjects data, StaticDataCollector staticData, CommonOutcomes outcomes)
    {
        _activation = activation;
        _data = data;
        _outcomes = outcomes;
        _options = activation.Combination.Kernel6;
        _authentication = new CombinedAuthentication(activation, data, staticData);
        _requirements = new CardRequirements(data.Card[Kernel6Tag.CardRequirements]!, data.Card[EmvTag.IssuerApplicationData]!);
        _ttq = data[EmvTag.Ttq]!;
    }

    private bool HasOtherInterface => (_ttq[0] & TtqOtherInterface) != 0;

    public Outcome Decide(byte[] pdolValues, byte[] answer)
    {
        if (AccountNumber.Read(_data.Card, out string pan) is { } fault)
        {
            return _outcomes.End(fault);
        }

        if (_options.CheckBrand && !CardBrand.Fits(_activation.AdfName, pan))
        {
            return _outcomes.End(OutcomeReason.BrandMismatch);
        }

        if (FloorLimit.IsExceeded(_activation, _options.FloorLimitInclusive))
        {
            _data.Tvr |= Tvr.FloorLimitExceeded;
        }

        CryptogramType type = GenerateCryptogram.TypeOf(_data.Card[EmvTag.CryptogramInformation]![0]);
        CvmChoice? choice = Kernel6Verification.Select(_ttq, _requirements, _data, _options, out bool isDeclined);
        _activation.Notes?.Add("verification", choice is { } found ? $"CVM {found.Cvm}" : "no method is left");
        if (choice is { } cvm)
        {
            _data.Tvr |= cvm.Tvr;
            _data.Set(EmvTag.CvmResults, cvm.Results);
            SetTsi(TsiVerificationPerformed);
        }
        else if (type is not CryptogramType.Aac)
        {
            return HasOtherInterface ? _outcomes.OtherInterface(OutcomeReason.CvmNotPossible)
                : isDeclined ? _outcomes.Declined(OutcomeReason.CvmNotPossible)
                : _outcomes.End(OutcomeReason.CvmNotPossible);
        }

        if (type is CryptogramType.Tc || _requirements.LoyaltyApproved || _data.Card[EmvTag.SignedDynamicData] is not null)
        {
            Authenticate(pan, pdolValues, answer);
        }

        Restrict(pan);
        return Conclude(type, pan, choice?.Cvm ?? CvmKind.NoCvm) with { Oda = _oda };
    }

    /// <summary>The signature over PDOL values and the answer without it; the cryptogram stands inside.</summary>
    private void Authenticate(string pan, byte[] pdolValues, byte[] answer)
    {
        _data.Tvr = new Tvr(_data.Tvr.Value & ~Tvr.OdaNotPerformed.Value);
        SetTsi(TsiOdaPerformed);
        bool isGood = _authentication.TryPrepare("CDA", needsTagList: false, out Tvr tvr);
        _data.Tvr |= tvr;
        _oda = _authentication.Verify(
            "CDA",
            pan,
            new CdaInput(
                pdolValues, default, answer, _data.Card[EmvTag.CryptogramInformation]![0], _data[EmvTag.UnpredictableNumber]!, default));
        if (!isGood || !_oda.IsValid || !_authentication.Accept(_oda))
        {
            _data.Tvr |= Tvr.CdaFailed;
        }
    }

    private void Restrict(string pan)
    {
        bool hasBoth = _data.Card[EmvTag.EffectiveDate] is not null && _data.Card[EmvTag.CardVersion] is not null;
        _data.Tvr |= ProcessingRestrictions.Check(_activation, _data, new RestrictionRules
        {
            ComparesVersions = hasBoth,
            ChecksEffectiveDate = hasBoth,
            IsDomestic = _requirements.IsDomestic,
            IgnoresUsageWithoutCountry = true,
        });
        if (_activation.Configuration.ExceptionFile.Contains(pan))
        {
            _data.Tvr |= Tvr.OnExceptionFile;
        }

        _activation.Notes?.Add("restrictions", $"TVR {_data.Tvr}");
    }

    /// <summary>Decision, part 1.</summary>
    private Outcome Conclude(CryptogramType type, string pan, CvmKind cvm)
    {
        Tvr tvr = _data.Tvr;
        bool failed = tvr.Has(Tvr.CdaFailed);
        if (type is CryptogramType.Aac)
        {
            return _requirements.LoyaltyApproved && _options.LoyaltyApproval && !failed
                ? Approved(pan, cvm)
                : Declined(OutcomeReason.CardDeclined);
        }

        if (type is CryptogramType.Rfu)
        {
            return Declined(OutcomeReason.CryptogramTypeUnknown);
        }

        if (failed && _requirements.SwitchesIfCdaFailed)
        {
            return OtherInterface(OutcomeReason.AuthenticationFailed);
        }

        if (failed && _requirements.OnlineIfCdaFailed)
        {
            return Online(OutcomeReason.OnlineAuthenticationFailed, pan, cvm);
        }

        if (((tvr & Tvr.ServiceNotAllowed) | (tvr & Tvr.OnExceptionFile) | (tvr & Tvr.CardDataMissing)).Value != 0)
        {
            return Declined(tvr.Has(Tvr.OnExceptionFile) ? OutcomeReason.ExceptionFile
                : tvr.Has(Tvr.ServiceNotAllowed) ? OutcomeReason.UsageNotAllowed
                : OutcomeReason.MissingCardData);
        }

        if (tvr.Has(Tvr.Expired) && _requirements.DeclinesIfExpired)
        {
            return Declined(OutcomeReason.Expired);
        }

        return (tvr.Has(Tvr.Expired) && _requirements.OnlineIfExpired) || tvr.Has(Tvr.NotYetEffective)
            ? Online(tvr.Has(Tvr.Expired) ? OutcomeReason.OnlineExpired : OutcomeReason.OnlineAsked, pan, cvm)
            : ByCryptogram(type, failed, pan, cvm);
    }

    /// <summary>Decision, part 2.</summary>
    private Outcome ByCryptogram(CryptogramType type, bool failed, string pan, CvmKind cvm) => type switch
    {
        CryptogramType.Arqc when failed => Declined(OutcomeReason.AuthenticationFailed),
        CryptogramType.Arqc => Online(OutcomeReason.OnlineAsked, pan, cvm),
        _ when (_ttq[1] & PreProcessing.OnlineCryptogramRequired) != 0 => Declined(OutcomeReason.OfflineWhereOnlineRequired),
        _ => failed ? Declined(OutcomeReason.AuthenticationFailed) : Approved(pan, cvm),
    };

    private Outcome Online(OutcomeReason reason, string pan, CvmKind cvm)
    {
        if ((_ttq[0] & TtqOfflineOnly) != 0)
        {
            return _requirements.SwitchesIfUnableToGoOnline
                ? OtherInterface(OutcomeReason.ReaderOfflineOnly)
                : Declined(OutcomeReason.ReaderOfflineOnly);
        }

        // Without a cryptogram, which a failed signature keeps for itself, no issuer can decide.
        return _data.Card[EmvTag.Cryptogram] is null
            ? Declined(OutcomeReason.AuthenticationFailed)
            : Carry(_outcomes.Online(reason), pan, cvm);
    }

    private Outcome Approved(string pan, CvmKind cvm)
    {
        Outcome approved = _outcomes.Approved(cvm);
        return Carry(approved, pan, cvm) with
        {
            UiOnOutcome = _activation.WithBalance(approved.UiOnOutcome!, _data.Card[Kernel6Tag.OfflineBalance]),
        };
    }

    private Outcome OtherInterface(OutcomeReason reason) => HasOtherInterface ? _outcomes.OtherInterface(reason) : Declined(reason);

    private Outcome Declined(OutcomeReason reason) => _outcomes.Declined(reason) with { DataRecord = DataRecord() };

    private Outcome Carry(Outcome outcome, string pan, CvmKind cvm) => outcome with
    {
        Cvm = cvm,
        Receipt = cvm is CvmKind.ObtainSignature,
        Account = _data.Account(pan),
        DataRecord = DataRecord(),
    };

    private TlvMap DataRecord()
    {
        TlvMap record = _data.Take(Record);

        // Results at the time of GET PROCESSING OPTIONS: what the cryptogram covers, where the card asked for them at all.
        record[EmvTag.Tvr] = new byte[5];
        return record;
    }

    private void SetTsi(byte bits) => _data.Set(EmvTag.Tsi, [(byte)((_data[EmvTag.Tsi] is { Length: 2 } tsi ? tsi[0] : 0) | bits), 0x00]);
}
