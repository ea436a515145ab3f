using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Jcb;

/// <content>From the last record to the cryptogram and its answer: risk, restrictions, action analysis (C-5, 5.5 to 5.8.1, 5.14).</content>
internal sealed partial class Kernel5
{
    private static readonly uint[] WithClearCryptogram = [EmvTag.CryptogramInformation, EmvTag.Atc, EmvTag.Cryptogram];
    private static readonly uint[] WithSignature = [EmvTag.CryptogramInformation, EmvTag.Atc, EmvTag.SignedDynamicData];

    private bool IsRefund => _activation.Request.Kind is TransactionKind.Refund;

    /// <summary>5.5 (a): before the card has said whether its holder was verified on the device, the greater limit counts.</summary>
    private bool IsAboveTransactionLimit
    {
        get
        {
            long? limit = _options.LimitAfterVerification
                ? _options.TransactionLimitOnDevice ?? _options.TransactionLimit
                : _options.TransactionLimit;
            return _activation.Request.AmountMinor >= limit;
        }
    }

    /// <summary>5.5 to 5.7.</summary>
    private KernelStep Decide(Dol cdol)
    {
        if (IsAboveTransactionLimit)
        {
            return SelectNext(OutcomeReason.LimitExceeded);
        }

        if (ChooseAuthentication(out bool useCda) is { } fault)
        {
            return SelectNext(fault);
        }

        _profile.IsCvmRequired = _activation.Indicators.CvmLimitExceeded && !IsRefund;
        _data.Set(Kernel5Tag.InterchangeProfile, _profile.ToArray());
        _activation.Notes?.Add("5.5.2", $"9F53 {Convert.ToHexString(_profile.ToArray())}");
        _data.Tvr |= Risk();
        _data.Tvr |= ProcessingRestrictions.Check(_activation, _data, new RestrictionRules
        {
            ComparesVersions = false,
            ChecksUsage = !_isLegacy,
            RefusesUsageWithoutCountry = true,
            Country = _card.Read[Kernel5Tag.IssuerCountry],
        });
        if (_activation.Configuration.ExceptionFile.Contains(_pan))
        {
            // A listed account is refused whatever the action codes say.
            _data.Tvr |= Tvr.OnExceptionFile;
            return Declined(OutcomeReason.ExceptionFile);
        }

        return SelectType() is { } type ? SendGenerate(cdol, type, useCda) : Declined(OutcomeReason.ActionCodes);
    }

    /// <summary>5.3.1.7, 5.4.1.3 and 5.4.1.4: CDA where both sides have it, or none.</summary>
    private OutcomeReason? ChooseAuthentication(out bool useCda)
    {
        useCda = !_isLegacy && _options.OfflineDataAuthentication && _data.Aip(1, AipCda);
        if (!useCda)
        {
            _data.Tvr |= Tvr.OdaNotPerformed;
            return null;
        }

        bool isGood = _authentication.TryPrepare("5.4.1.3", needsTagList: false, out Tvr tvr);
        _data.Tvr |= tvr;
        return isGood ? null : OutcomeReason.BadCardData;
    }

    /// <summary>5.5 (c) and (d).</summary>
    private Tvr Risk()
    {
        if (_isLegacy || _activation.Configuration.Terminal.IsOnlineOnly || _activation.Indicators.StatusCheckRequested
            || _activation.Indicators.FloorLimitExceeded || FloorLimit.IsExceeded(_activation, _options.FloorLimitInclusive))
        {
            return Tvr.FloorLimitExceeded;
        }

        long floor = _activation.Combination.FloorLimit ?? _activation.Combination.TerminalFloorLimit ?? 0;
        RandomSelection selection = new(_options.RandomTargetPercent, _options.RandomMaxTargetPercent, _options.RandomThreshold);
        return selection.Chooses(_activation.Request.AmountMinor, floor, _activation.NextUnpredictableNumber)
            ? Tvr.SelectedRandomly
            : default;
    }

    /// <summary>5.7: what to ask for; null where the card need not be asked.</summary>
    private CryptogramType? SelectType()
    {
        // The codes of the issuer count in EMV mode, and only all together.
        ActionCodes ofIssuer = _isLegacy ? default : ActionCodes.OfIssuer(_data);
        ofIssuer = ofIssuer is { Denial: not null, Online: not null, Default: not null } ? ofIssuer : default;
        CryptogramType? type = IsRefund && !_isLegacy ? CryptogramType.Aac
            : ActionAnalysis.IsDenied(_options.TerminalCodes, ofIssuer, _data.Tvr) ? null
            : _isLegacy ? CryptogramType.Arqc
            : ActionAnalysis.Decide(_activation.Configuration.Terminal, _options.TerminalCodes, ofIssuer, _data.Tvr);
        string what = type is { } asked ? $"ask for {asked.ToString().ToUpperInvariant()}" : "denied without the card";
        _activation.Notes?.Add("5.7", $"TVR {_data.Tvr}: {what}");
        return type;
    }

    private KernelStep SendGenerate(Dol cdol, CryptogramType type, bool useCda)
    {
        // What is known to fail is not asked for (EMV Book 4, 6.3.2.2).
        bool withCda = useCda && type is not CryptogramType.Aac && !_data.Tvr.Has(Tvr.CdaFailed);
        byte[] values = _data.Build(cdol);
        _exchange = new GenerateExchange(type, withCda, _data.Tvr, _pdolValues, values, default);
        _waiting = Waiting.Cryptogram;
        return KernelStep.Send(GenerateCryptogram.Command(GenerateCryptogram.Control(type, withCda), values));
    }

    /// <summary>5.8.1.5 to 5.8.1.7.</summary>
    private KernelStep CryptogramReceived(ResponseApdu response) => response.Status.Value switch
    {
        0x9000 => Take(response.Data),
        0x6986 when !_isLegacy && _activation.PhoneRestarts < _options.MostPhoneRestarts => Finish(_outcomes.SeePhone()),
        0x6986 when !_isLegacy => End(OutcomeReason.CvmNotPossible),
        0x6984 when !_isLegacy => Finish(_outcomes.OtherInterface(OutcomeReason.OtherInterfaceAsked)),
        _ => SelectNext(OutcomeReason.CardStatus),
    };

    /// <summary>5.14: the answer that was kept, with the values of the tap that it was made in.</summary>
    private KernelStep Recover()
    {
        _exchange = _torn.Restore();
        _profile.IsCvmRequired = _activation.Indicators.CvmLimitExceeded && !IsRefund;
        _activation.Notes?.Add("5.14", $"recovered, TVR {_data.Tvr}, 9F37 {Convert.ToHexString(_data[EmvTag.UnpredictableNumber]!)}");
        return _exchange.WithCda && !_authentication.TryPrepare("5.14", needsTagList: false, out _)
            ? Declined(OutcomeReason.AuthenticationFailed)
            : Take(_kept);
    }

    /// <summary>5.8.1.9 to 5.8.1.11: what the answer must hold by mode and by what was asked for.</summary>
    private KernelStep Take(ReadOnlyMemory<byte> data)
    {
        if (GenerateCryptogram.Read(data, _card, allowFormat1: _isLegacy, out ReadOnlyMemory<byte> value) is { } fault)
        {
            return Declined(fault);
        }

        _exchange = _exchange with { Response = value };
        bool isRefusal = _card.Read[EmvTag.CryptogramInformation] is [var information]
            && GenerateCryptogram.TypeOf(information) is CryptogramType.Aac;
        uint[] needed = _exchange.WithCda && !isRefusal ? WithSignature : WithClearCryptogram;
        bool lacksStatus = !_isLegacy && !isRefusal && _card.Read[Kernel5Tag.VerificationStatus] is null;
        if (lacksStatus || Array.Exists(needed, tag => _card.Read[tag] is null))
        {
            return Declined(OutcomeReason.MissingCardData);
        }

        // From here on nothing can be torn any more.
        _torn.Forget();
        _waiting = Waiting.Proceed;
        return _outcomes.LetCardGo();
    }
}
