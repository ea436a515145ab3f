using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Jcb;

/// <summary>
/// Kernel 5 (JCB J/Speedy, Book C-5), EMV and legacy mode: options, records, decision, one GENERATE AC, and signature and verification
/// after the card has left. A cryptogram whose answer was lost is asked for again on the next tap.
/// </summary>
internal sealed partial class Kernel5 : IKernel
{
    private const byte AipEmvMode = 0x80;
    private const byte AipCda = 0x01;
    private const byte EmvModeSupported = 0x02;
    private const ushort WarningOfRecovery = 0x6200;

    private static readonly uint[] Mandatory = [EmvTag.Cdol1, EmvTag.Track2EquivalentData, EmvTag.ExpirationDate];

    private readonly KernelActivation _activation;
    private readonly Kernel5Options _options;
    private readonly CardObjects _card;
    private readonly KernelObjects _data;
    private readonly RecordReading _records;
    private readonly CombinedAuthentication _authentication;
    private readonly CommonOutcomes _outcomes;
    private readonly InterchangeProfile _profile;
    private readonly Kernel5Torn _torn;
    private readonly IssuerUpdate? _update;
    private readonly bool _isLegacy;
    private Waiting _waiting;
    private byte[] _pdolValues = [];
    private ReadOnlyMemory<byte> _kept;
    private string _pan = string.Empty;
    private GenerateExchange _exchange;

    public Kernel5(KernelActivation activation)
    {
        _activation = activation;
        _options = activation.Combination.Kernel5;
        _activation.Terminal[EmvTag.CvmResults] = new byte[3];
        _activation.Terminal[EmvTag.TerminalVersion] ??= [0x02, 0x00];
        _card = new CardObjects(activation.Terminal, activation.Fci.Objects, 5);
        _data = new KernelObjects(activation, _card);
        _records = new RecordReading(activation, _card, "5.4");
        _authentication = new CombinedAuthentication(activation, _data, _records.StaticData);
        _outcomes = new CommonOutcomes(activation, () => _data.Tvr);
        _profile = new InterchangeProfile(_options.InterchangeProfile, _options.IssuerUpdate);
        _torn = new Kernel5Torn(activation, _data);
        _update = activation.Response is { } response ? Kernel5Update.Of(activation, response) : null;

        // 5.2.1.9: a card that does not ask which modes the reader has knows of none but its own.
        _isLegacy = activation.Fci.Pdol is not { } pdol || !pdol.Contains(Kernel5Tag.Compatibility);
    }

    private enum Waiting
    {
        Echo,
        Options,
        Record,
        Cryptogram,
        Proceed,
        Update,
    }

    public KernelStep Start()
    {
        if (_update is not null)
        {
            _waiting = Waiting.Update;
            return _update.Start();
        }

        if (_isLegacy ? !_options.LegacyMode : !_options.EmvMode)
        {
            return SelectNext(OutcomeReason.ConditionsNotSatisfied);
        }

        _data.Set(Kernel5Tag.Compatibility, [_options.EmvMode ? EmvModeSupported : (byte)0]);
        _data.Set(Kernel5Tag.InterchangeProfile, _profile.ToArray());
        if (_torn.Find())
        {
            _activation.Notes?.Add("5.14", "a torn transaction of this sale: ECHO");
            _waiting = Waiting.Echo;
            return KernelStep.Send(Echo(_options.EchoCommand));
        }

        return SendOptions();
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Echo => EchoReceived(response),
        Waiting.Options => OptionsReceived(response),
        Waiting.Record => _records.Take(response) is { } fault ? SelectNext(fault) : ReadNext(),
        Waiting.Cryptogram => CryptogramReceived(response),
        Waiting.Update => _update!.Respond(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError when _waiting is Waiting.Update => _update!.Fail(),
        ReaderEvent.FieldError => FieldFailed(),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed => KernelStep.Finish(
            new Kernel5Conclusion(_activation, _data, _profile, _authentication, _outcomes).Conclude(_exchange, _pan, _isLegacy)),

        // From GENERATE AC on the card may have decided: a stop comes too late.
        ReaderEvent.Stop when _waiting < Waiting.Cryptogram => End(OutcomeReason.Stopped),
        _ => KernelStep.Nothing,
    };

    private static CommandApdu Echo(byte[] command) => new(
        command[0], command[1], command[2], command[3], default, command.Length == 4 ? null : command[4] == 0 ? 256 : command[4]);

    private KernelStep FieldFailed()
    {
        switch (_waiting)
        {
            case Waiting.Cryptogram:
                _torn.Keep(_exchange, _isLegacy);
                break;
            case Waiting.Echo:
                _torn.Forget();
                break;
        }

        return KernelStep.Finish(_outcomes.TryAgain());
    }

    /// <summary>Every way out but a lost card ends the recovery.</summary>
    private KernelStep Finish(Outcome outcome)
    {
        _torn.Forget();
        return KernelStep.Finish(outcome);
    }

    private KernelStep SelectNext(OutcomeReason reason) => Finish(_outcomes.SelectNext(reason));

    private KernelStep End(OutcomeReason reason) => Finish(_outcomes.End(reason));

    private KernelStep Declined(OutcomeReason reason) => Finish(_outcomes.Declined(reason));

    /// <summary>The card's copy of the lost answer is kept until its records show which card it is.</summary>
    private KernelStep EchoReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk || response.Data.IsEmpty)
        {
            _activation.Notes?.Add("5.14", $"status {response.Status.Value:X4}: the card has nothing to recover, a new transaction");
            _torn.Forget();
            return SendOptions();
        }

        _kept = response.Data.ToArray();
        return SendOptions();
    }

    private KernelStep SendOptions()
    {
        _pdolValues = GetProcessingOptions.Values(_activation.Fci.Pdol, _activation.Terminal);
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_pdolValues));
    }

    /// <summary>5.3.1: one template for each mode; whatever else the card answers, another application may serve.</summary>
    private KernelStep OptionsReceived(ResponseApdu response)
    {
        _activation.Notes?.Add("5.3.1", $"status {response.Status.Value:X4}{(_isLegacy ? ", legacy card" : string.Empty)}");
        if (!response.Status.IsOk && !(_torn.IsRecovering && response.Status.Value == WarningOfRecovery))
        {
            return SelectNext(OutcomeReason.CardStatus);
        }

        uint template = _isLegacy ? EmvTag.ResponseFormat1 : EmvTag.ResponseFormat2;
        if (response.Data.IsEmpty || response.Data.Span[0] != template)
        {
            return SelectNext(OutcomeReason.BadCardData);
        }

        if (GetProcessingOptions.Read(response.Data, _card) is { } fault)
        {
            return SelectNext(fault);
        }

        if (!_isLegacy && !_data.Aip(2, AipEmvMode))
        {
            return _torn.IsRecovering ? End(OutcomeReason.MagStripeNotSupported) : SelectNext(OutcomeReason.MagStripeNotSupported);
        }

        if (_card.Read[EmvTag.Afl] is not { Length: > 0 } locator)
        {
            return SelectNext(OutcomeReason.MissingCardData);
        }

        return _records.Plan(locator) is { } bad ? SelectNext(bad) : ReadNext();
    }

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
            return SelectNext(OutcomeReason.MissingCardData);
        }

        if (!IsDate(EmvTag.ExpirationDate) || !IsDate(EmvTag.EffectiveDate))
        {
            return SelectNext(OutcomeReason.BadCardData);
        }

        if (_torn.IsRecovering && !_torn.IsOf(_card.Read[EmvTag.Track2EquivalentData]!, _isLegacy))
        {
            _activation.Notes?.Add("5.14", "another card than the one that was torn off");
            return End(OutcomeReason.BadCardData);
        }

        if (AccountNumber.Read(_card.Read, out _pan) is { } fault)
        {
            return SelectNext(fault);
        }

        if (_options.CheckBrand && !CardBrand.Fits(_activation.AdfName, _pan))
        {
            return End(OutcomeReason.BrandMismatch);
        }

        if (!GenerateCryptogram.TryList(_card.Read[EmvTag.Cdol1], out Dol? cdol))
        {
            return SelectNext(OutcomeReason.BadCardData);
        }

        return _torn.IsRecovering ? Recover() : Decide(cdol);
    }

    private bool IsDate(uint tag) => _card.Read[tag] is not { } date || Bcd.CompareDates(date, date) is not null;
}
