using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <content>From the last record to the outcome: checks, limits, CVM, action analysis, cryptogram (Book C-2, S456, S9 to S11, S16, S17).</content>
internal sealed partial class Kernel2
{
    private const byte BalanceReading = 0x02;
    private const byte CdaOnEveryType = 0x01;
    private const int BalanceLength = 6;

    private Dol? _cdol;
    private (CvmKind Cvm, bool Receipt) _cvm;
    private CryptogramType _type = CryptogramType.Tc;
    private CryptogramExchange _exchange;

    private bool IsAboveCvmLimit => _activation.Request.AmountMinor > (_options.CvmLimit ?? _activation.Combination.CvmLimit ?? 0);

    private bool IsAboveFloorLimit => _activation.Request.AmountMinor > (_options.FloorLimit ?? _activation.Combination.FloorLimit ?? 0);

    /// <summary>S456.12 to S456.34.</summary>
    private KernelStep RecordsRead()
    {
        _activation.Notes?.Add("S456.14", $"amount {_activation.Request.AmountMinor}, transaction limit {TransactionLimit}");
        if (_activation.Request.AmountMinor > TransactionLimit)
        {
            return KernelStep.Finish(_outcomes.SelectNext(new KernelFault(OutcomeReason.LimitExceeded, ErrorLevel2.MaxLimitExceeded)));
        }

        if (!_data.IsNotEmpty(EmvTag.ExpirationDate) || !_data.IsNotEmpty(EmvTag.Pan) || !_data.IsNotEmpty(EmvTag.Cdol1))
        {
            return Fail(KernelFault.Missing);
        }

        if (CheckAccount() is { } fault)
        {
            return Fail(fault);
        }

        // A list beyond the data of one short command cannot be answered.
        if (!Dol.TryParse(_data.Card[EmvTag.Cdol1], out _cdol, out _) || _cdol.TotalLength > 255)
        {
            return Fail(KernelFault.Parsing);
        }

        if (_data.Needed(_cdol) is { Count: > 0 } needed)
        {
            return Ask(needed, Waiting.CdolData);
        }

        if (_useCda && PrepareCda() is { } bad)
        {
            return Fail(bad);
        }

        _activation.Notes?.Add("S456.30", $"{(IsAboveCvmLimit ? "above" : "not above")} the CVM limit");
        byte cvmCapability = IsAboveCvmLimit ? _options.CvmCapabilityRequired : _options.CvmCapabilityNotRequired;
        _data.Set(EmvTag.TerminalCapabilities, [_options.CardDataInput, cvmCapability, _options.SecurityCapability]);
        if (_options.BalanceBefore && CardGivesBalance)
        {
            _waiting = Waiting.BalanceBefore;
            return KernelStep.Send(BalanceCommand);
        }

        return Decide();
    }

    /// <summary>5A against 57, and the brand of the number against that of the application.</summary>
    private KernelFault? CheckAccount()
    {
        if (AccountNumber.Read(_data.Card, out string pan) is { } reason)
        {
            return new KernelFault(reason, ErrorLevel2.CardDataError);
        }

        return _options.CheckBrand && !CardBrand.Fits(_activation.AdfName, pan)
            ? new KernelFault(OutcomeReason.BrandMismatch, ErrorLevel2.CardDataError)
            : null;
    }

    /// <summary>S456.24 to S456.28: what CDA needs; a fault of the tag list ends the transaction, all else is for the action codes.</summary>
    private KernelFault? PrepareCda()
    {
        bool isGood = _authentication.TryPrepare("S456.24", needsTagList: true, out Tvr tvr);
        _data.Tvr |= tvr;
        return isGood ? null : KernelFault.DataError;
    }

    /// <summary>S456.35 to S456.49: restrictions, CVM, floor limit, action analysis, then the cryptogram.</summary>
    private KernelStep Decide()
    {
        _data.Tvr |= ProcessingRestrictions.Check(_activation, _data, new());
        if (new CvmSelection(_activation, _data, _isOnDevice, IsAboveCvmLimit).Select() is not { } choice)
        {
            return Fail(KernelFault.Parsing);
        }

        _activation.Notes?.Add("7.7", $"processing restrictions: TVR {_data.Tvr}");
        _activation.Notes?.Add("7.5", $"CVM selection: {choice.Cvm}, CVM results {Convert.ToHexString(choice.Results)}");
        _cvm = (choice.Cvm, IsAboveCvmLimit || choice.Cvm is CvmKind.ObtainSignature);
        _data.Set(EmvTag.CvmResults, choice.Results);
        _data.Tvr |= choice.Tvr;
        _activation.Notes?.Add("S456.37", $"terminal risk management: {(IsAboveFloorLimit ? "above" : "not above")} the floor limit");
        if (IsAboveFloorLimit)
        {
            _data.Tvr |= Tvr.FloorLimitExceeded;
        }

        _type = ActionAnalysis.Decide(_activation.Configuration.Terminal, _options.TerminalCodes, ActionCodes.OfIssuer(_data), _data.Tvr);
        _activation.Notes?.Add("7.8", $"terminal action analysis: TVR {_data.Tvr}, ask for {_type.ToString().ToUpperInvariant()}");
        if (_activation.Configuration.ExceptionFile.Contains(TrackTwo.PanOf5A(_data.Card[EmvTag.Pan]!)!))
        {
            // Not of the book, whose terminal looks the number up itself: a listed account is refused whatever the action codes say.
            _data.Tvr |= Tvr.OnExceptionFile;
            _type = CryptogramType.Aac;
        }

        if (_torn.Find() is { } recover)
        {
            _activation.Notes?.Add("S456.43", "a torn transaction of this card and sale: RECOVER AC");
            _waiting = Waiting.Recovery;
            return KernelStep.Send(recover);
        }

        return SendGenerate();
    }

    /// <summary>Prepare GENERATE AC (7.6, GAC.20 to GAC.29).</summary>
    private KernelStep SendGenerate()
    {
        bool canSign = _useCda && !_data.Tvr.Has(Tvr.CdaFailed);
        if (!canSign && _isOnDevice)
        {
            // GAC.22: a verification on the device is believed only under a signature.
            _type = CryptogramType.Aac;
        }

        bool always = _data[Kernel2Tag.Capabilities] is { Length: 3 } capabilities && (capabilities[1] & CdaOnEveryType) != 0;
        bool withCda = canSign && (_type is not CryptogramType.Aac || always);
        byte control = GenerateCryptogram.Control(_type, withCda);
        _activation.Notes?.Add("7.6", $"GENERATE AC: {_type.ToString().ToUpperInvariant()} {(withCda ? "with" : "without")} CDA");
        byte[] values = _data.Build(_cdol!);
        _data.Set(Kernel2Tag.CdolValues, values);
        _data.Set(Kernel2Tag.ReferenceControl, [control]);
        _exchange = new CryptogramExchange(_type, withCda, default);
        _waiting = Waiting.Cryptogram;
        return KernelStep.Send(GenerateCryptogram.Command(control, values));
    }

    /// <summary>S10.</summary>
    private KernelStep RecoveryReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            return SendGenerate();
        }

        byte control = _torn.Restore();
        _relay.Restore();
        _exchange = new CryptogramExchange(GenerateCryptogram.TypeOf(control), (control & GenerateCryptogram.CdaRequested) != 0, default);
        return ReadCryptogram(response.Data, allowFormat1: false);
    }

    /// <summary>S9 and S11.</summary>
    private KernelStep CryptogramReceived(ResponseApdu response)
    {
        // S11.5: the card has answered anew; what was torn before is over.
        _torn.Forget();
        return response.Status.IsOk ? ReadCryptogram(response.Data, allowFormat1: true) : Fail(KernelFault.Status, response.Status.Value);
    }

    private KernelStep ReadCryptogram(ReadOnlyMemory<byte> response, bool allowFormat1)
    {
        if (StoreCryptogram(response, allowFormat1) is { } fault)
        {
            return Fail(fault);
        }

        if (_data.Card[EmvTag.Atc] is null || _data.Card[EmvTag.CryptogramInformation] is not { Length: 1 } cid)
        {
            return Fail(KernelFault.Missing);
        }

        _activation.Notes?.Add("S9.23", $"the card answers {((CryptogramType)(cid[0] >> 6)).ToString().ToUpperInvariant()}");
        bool allowed = (cid[0] & 0xC0) switch
        {
            0x40 => _exchange.Asked is CryptogramType.Tc,
            0x80 => _exchange.Asked is CryptogramType.Tc or CryptogramType.Arqc,
            0x00 => true,
            _ => false,
        };
        if (!allowed)
        {
            return Fail(KernelFault.DataError);
        }

        if (_options.BalanceAfter && CardGivesBalance)
        {
            _waiting = Waiting.BalanceAfter;
            return KernelStep.Send(BalanceCommand);
        }

        return LetCardGo();
    }

    /// <summary>S9.18 to S9.20: format 2, or format 1 with its parts in their order.</summary>
    private KernelFault? StoreCryptogram(ReadOnlyMemory<byte> response, bool allowFormat1)
    {
        TlvReader reader = new(response.Span);
        if (!reader.TryRead(out TlvObject template) || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return KernelFault.Parsing;
        }

        ReadOnlySpan<byte> value = template.Value;
        switch (template.Tag)
        {
            case EmvTag.ResponseFormat2:
                _exchange = _exchange with { Response = value.ToArray() };
                return _data.Store(value);
            case EmvTag.ResponseFormat1 when allowFormat1 && GenerateCryptogram.Format1(value) is { } parts:
                return parts.Select(part => _data.Store(part.Tag, part.Value)).FirstOrDefault(fault => fault is not null);
            default:
                return KernelFault.Parsing;
        }
    }

    /// <summary>S9.26: nothing more is wanted of the card; the rest is done without it.</summary>
    private KernelStep LetCardGo()
    {
        _activation.Notes?.Add("S9.26", "the card may go; the rest is done without it");
        _waiting = Waiting.Proceed;
        return new KernelStep(
            [
                new ReaderEffect.Show(_activation.Ui(UiMessage.ClearDisplay, UiStatus.CardReadSuccessfully)),
                new ReaderEffect.FieldOff(),
                new ReaderEffect.Proceed(),
            ],
            null);
    }

    private KernelStep Conclude()
    {
        Kernel2Conclusion conclusion = new(_activation, _data, _relay, _authentication, _record, _outcomes);
        (Outcome outcome, UiRequest? before) = conclusion.Conclude(_exchange, _cvm);
        return new KernelStep(before is null ? [] : [new ReaderEffect.Show(before)], outcome);
    }

    private static CommandApdu BalanceCommand => new(0x80, 0xCA, 0x9F, 0x50, default, 256);

    private bool CardGivesBalance =>
        _data[Kernel2Tag.Capabilities] is { Length: 3 } capabilities && (capabilities[1] & BalanceReading) != 0;

    /// <summary>S16 and S17: exactly 9F50 with six bytes is taken, anything else is as if it had not been asked for.</summary>
    private KernelStep BalanceReceived(ResponseApdu response)
    {
        bool before = _waiting is Waiting.BalanceBefore;
        ReadOnlySpan<byte> data = response.Data.Span;
        if (response.Status.IsOk && data.Length == BalanceLength + 3 && data.StartsWith((ReadOnlySpan<byte>)[0x9F, 0x50, BalanceLength]))
        {
            _data.Set(before ? Kernel2Tag.BalanceBefore : Kernel2Tag.BalanceAfter, data[3..].ToArray());
        }

        return before ? Decide() : LetCardGo();
    }
}
