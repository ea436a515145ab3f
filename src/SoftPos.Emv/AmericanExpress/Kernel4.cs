using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.AmericanExpress;

/// <summary>
/// Kernel 4 (American Express, Book C-4), EMV mode, partial online: options, records, decision, one GENERATE AC, and the check of the
/// signature after the card has left. The issuer's answer never goes back to the card.
/// </summary>
internal sealed class Kernel4 : IKernel
{
    private const byte AipEmvMode = 0x80;
    private const byte AipSda = 0x40;
    private const byte AipCda = 0x01;
    private const byte SecuritySda = 0x80;
    private const byte SecurityCda = 0x08;

    private static readonly uint[] Mandatory = [EmvTag.Pan, EmvTag.ExpirationDate, EmvTag.Cdol1, EmvTag.Track2EquivalentData];

    private readonly KernelActivation _activation;
    private readonly Kernel4Options _options;
    private readonly CardObjects _card;
    private readonly KernelObjects _data;
    private readonly RecordReading _records;
    private readonly CombinedAuthentication _authentication;
    private readonly CommonOutcomes _outcomes;
    private ReaderCapabilities _capabilities = null!;
    private PreProcessingIndicators _indicators;
    private Waiting _waiting;
    private byte[] _pdolValues = [];
    private string _pan = string.Empty;
    private OdaResult? _oda;
    private CvmChoice _cvm;
    private GenerateExchange _exchange;

    public Kernel4(KernelActivation activation)
    {
        _activation = activation;
        _options = activation.Combination.Kernel4;
        _indicators = activation.Indicators;
        IReadOnlySet<uint>? discarded = _options.DeliverMembership
            ? null
            : new HashSet<uint> { Kernel4Tag.MembershipProduct, Kernel4Tag.MembershipNumber };
        _activation.Terminal[EmvTag.CvmResults] = new byte[3];
        _activation.Terminal[EmvTag.TerminalVersion] ??= [0x00, 0x01];
        _card = new CardObjects(activation.Terminal, activation.Fci.Objects, 4, discarded);
        _data = new KernelObjects(activation, _card);
        _records = new RecordReading(activation, _card, "records");
        _authentication = new CombinedAuthentication(activation, _data, _records.StaticData);
        _outcomes = new CommonOutcomes(activation, () => _data.Tvr);
    }

    private enum Waiting
    {
        Options,
        Record,
        Cryptogram,
        Proceed,
    }

    public KernelStep Start()
    {
        byte[]? chooser = _options.DynamicLimitTag is { } tag ? _activation.Fci.Objects[tag] : null;
        _indicators = DynamicLimits.Apply(_activation, _options.DynamicLimits, chooser, "limits");
        if (_indicators.ContactlessNotAllowed)
        {
            return KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.LimitExceeded));
        }

        // Before the PDOL is answered: a phone reads from it whether its holder must be verified.
        _capabilities = new ReaderCapabilities(_options, _indicators.CvmLimitExceeded);
        _data.Set(Kernel4Tag.ReaderCapabilities, [_capabilities.Reader]);
        _data.Set(Kernel4Tag.EnhancedCapabilities, _capabilities.Enhanced);
        string required = _indicators.CvmLimitExceeded ? "is required" : "is not required";
        _activation.Notes?.Add(
            "capabilities", $"9F6D {_capabilities.Reader:X2}, 9F6E {Convert.ToHexString(_capabilities.Enhanced)}: a verification {required}");
        byte merged = _capabilities.MergedWith(_activation.Configuration.Terminal.TerminalType);
        _pdolValues = _activation.Fci.Pdol?.Build(one => one is EmvTag.TerminalType ? [merged] : _activation.Terminal[one]) ?? [];
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_pdolValues));
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Record => _records.Take(response) is { } fault ? End(fault) : ReadNext(),
        Waiting.Cryptogram => CryptogramReceived(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        // No memory of torn transactions: the next tap is a new one, with a higher counter.
        ReaderEvent.FieldError => KernelStep.Finish(_outcomes.TryAgain()),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed => Conclude(),

        // From GENERATE AC on the card may have decided: a stop comes too late.
        ReaderEvent.Stop when _waiting < Waiting.Cryptogram => End(OutcomeReason.Stopped),
        _ => KernelStep.Nothing,
    };

    private KernelStep End(OutcomeReason reason) => KernelStep.Finish(_outcomes.End(reason));

    private KernelStep OptionsReceived(ResponseApdu response)
    {
        _activation.Notes?.Add("options", $"status {response.Status.Value:X4}");
        switch (response.Status.Value)
        {
            case 0x9000:
                break;
            case 0x6984:
                return KernelStep.Finish(_outcomes.OtherInterface(OutcomeReason.OtherInterfaceAsked));
            case 0x6985:
                return KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.ConditionsNotSatisfied));
            case 0x6986 when _options.SeePhoneOnStatus6986:
                return SeePhone();
            default:
                return End(OutcomeReason.CardStatus);
        }

        if (GetProcessingOptions.Read(response.Data, _card) is { } fault)
        {
            return End(fault);
        }

        if (!_data.Aip(2, AipEmvMode) || !_capabilities.IsPartialOnline)
        {
            return _options.ModeMismatchSelectsNext
                ? KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.MagStripeNotSupported))
                : End(OutcomeReason.MagStripeNotSupported);
        }

        if (_card.Read[EmvTag.Afl] is not { Length: > 0 } locator)
        {
            return End(OutcomeReason.MissingCardData);
        }

        return Mobile() ?? (_records.Plan(locator) is { } bad ? End(bad) : ReadNext());
    }

    private KernelStep SeePhone() => _activation.PhoneRestarts < _options.MostPhoneRestarts
        ? KernelStep.Finish(_outcomes.SeePhone())
        : End(OutcomeReason.CvmNotPossible);

    /// <summary>What the word of a device ends at once; null to go on.</summary>
    private KernelStep? Mobile()
    {
        MobileVerdict verdict = Verification().Mobile();
        _activation.Notes?.Add("mobile", $"mobile CVM: {verdict}");
        return verdict switch
        {
            MobileVerdict.SeePhone => SeePhone(),
            MobileVerdict.Blocked => KernelStep.Finish(_outcomes.Declined(OutcomeReason.CvmNotPossible) with
            {
                UiOnOutcome = _activation.Ui(UiMessage.UseAnotherCard, UiStatus.NotReady, CommonOutcomes.HoldMs),
            }),
            _ => null,
        };
    }

    private Kernel4Verification Verification() => new(_activation, _data, _capabilities, _indicators.CvmLimitExceeded);

    private KernelStep ReadNext()
    {
        if (_records.Next is { } command)
        {
            _waiting = Waiting.Record;
            return KernelStep.Send(command);
        }

        return RecordsRead();
    }

    private KernelStep RecordsRead()
    {
        if (Array.Exists(Mandatory, tag => !_data.IsNotEmpty(tag)))
        {
            return End(OutcomeReason.MissingCardData);
        }

        if (AccountNumber.Read(_card.Read, out _pan) is { } fault)
        {
            return End(fault);
        }

        if (_options.CheckBrand && !CardBrand.Fits(_activation.AdfName, _pan))
        {
            return End(OutcomeReason.BrandMismatch);
        }

        if (!GenerateCryptogram.TryList(_card.Read[EmvTag.Cdol1], out Dol? cdol))
        {
            return End(OutcomeReason.BadCardData);
        }

        // 9F71 may stand in a record too.
        return Mobile() ?? (ChooseAuthentication(out bool useCda) is { } bad ? End(bad) : Decide(cdol, useCda));
    }

    /// <summary>CDA where both sides have it, else SDA now, else none.</summary>
    private OutcomeReason? ChooseAuthentication(out bool useCda)
    {
        byte security = _data[EmvTag.TerminalCapabilities] is { Length: 3 } capabilities ? capabilities[2] : (byte)0;
        useCda = (security & SecurityCda) != 0 && _data.Aip(1, AipCda);
        if (useCda)
        {
            bool isGood = _authentication.TryPrepare("CDA", needsTagList: false, out Tvr tvr);
            _data.Tvr |= tvr;
            return isGood ? null : OutcomeReason.BadCardData;
        }

        if ((security & SecuritySda) != 0 && _data.Aip(1, AipSda))
        {
            _oda = OfflineDataAuthentication.VerifySda(_authentication.Input(_pan));
            _activation.Notes?.Add("SDA", _oda.Failure is { } failure ? $"failed at {failure}" : "valid");
            _data.Tvr |= Tvr.SdaSelected | _oda.Tvr;
            return null;
        }

        _activation.Notes?.Add("authentication", "no method in common: TVR byte 1 bit 8");
        _data.Tvr |= Tvr.OdaNotPerformed;
        return null;
    }

    /// <summary>Restrictions, verification, risk, action codes; then GENERATE AC.</summary>
    private KernelStep Decide(Dol cdol, bool useCda)
    {
        _data.Tvr |= ProcessingRestrictions.Check(_activation, _data, new());
        if (Verification().Select() is not { } choice)
        {
            return End(OutcomeReason.BadCardData);
        }

        _cvm = choice;
        _data.Tvr |= choice.Tvr;
        _data.Set(EmvTag.CvmResults, choice.Results);
        _activation.Notes?.Add("verification", $"CVM {choice.Cvm}, results {Convert.ToHexString(choice.Results)}");
        if (_indicators.FloorLimitExceeded || FloorLimit.IsExceeded(_activation, _options.FloorLimitInclusive))
        {
            _data.Tvr |= Tvr.FloorLimitExceeded;
        }

        CryptogramType type = ActionAnalysis.Decide(
            _activation.Configuration.Terminal, _options.TerminalCodes, ActionCodes.OfIssuer(_data), _data.Tvr);
        if (_activation.Configuration.ExceptionFile.Contains(_pan))
        {
            _data.Tvr |= Tvr.OnExceptionFile;
            type = CryptogramType.Aac;
        }

        bool withCda = useCda && type is not CryptogramType.Aac && !_data.Tvr.Has(Tvr.CdaFailed);
        _activation.Notes?.Add(
            "action analysis", $"TVR {_data.Tvr}: {type.ToString().ToUpperInvariant()} {(withCda ? "with" : "without")} CDA");
        byte[] values = _data.Build(cdol);
        _exchange = new GenerateExchange(type, withCda, _data.Tvr, _pdolValues, values, default);
        _waiting = Waiting.Cryptogram;
        return KernelStep.Send(GenerateCryptogram.Command(GenerateCryptogram.Control(type, withCda), values));
    }

    private KernelStep CryptogramReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            return End(OutcomeReason.CardStatus);
        }

        if (GenerateCryptogram.Read(response.Data, _card, allowFormat1: true, out ReadOnlyMemory<byte> value) is { } fault)
        {
            return End(fault);
        }

        if (Array.Exists(
            (uint[])[EmvTag.CryptogramInformation, EmvTag.Atc, EmvTag.IssuerApplicationData], tag => _card.Read[tag] is null))
        {
            return End(OutcomeReason.MissingCardData);
        }

        _exchange = _exchange with { Response = value };
        _waiting = Waiting.Proceed;
        return _outcomes.LetCardGo();
    }

    private KernelStep Conclude()
    {
        Kernel4Conclusion conclusion = new(_activation, _data, _capabilities, _authentication, _outcomes);
        return KernelStep.Finish(conclusion.Conclude(_exchange, _pan, _cvm, _oda));
    }
}
