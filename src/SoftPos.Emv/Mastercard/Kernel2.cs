using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <summary>
/// Kernel 2 (Mastercard, Book C-2), EMV mode: options, relay resistance, records, decision, GENERATE AC or RECOVER AC, and the check of the
/// signature after the card has left. This part is the way to the last record; the other part is the way from there.
/// </summary>
/// <remarks>
/// The book lets the reader send the next command while it parses the last response (S4.15). A step machine sees the response whole and
/// parses first: a card with a bad record is asked for one record less, nothing else differs.
/// </remarks>
internal sealed partial class Kernel2 : IKernel
{
    private const byte AipOnDevice = 0x02;
    private const byte AipCda = 0x01;
    private const byte AipEmvMode = 0x80;
    private const byte AipRelayResistance = 0x01;
    private const byte SecurityCda = 0x08;

    /// <summary>First entry of a file locator that is for mag-stripe readers (S3.30).</summary>
    private static readonly byte[] MagStripeEntry = [0x08, 0x01, 0x01, 0x00];

    /// <summary>With all of these, a card without CDA has nothing more to give (S4, short cut).</summary>
    private static readonly uint[] EnoughWithoutCda =
    [
        EmvTag.ExpirationDate, EmvTag.Pan, EmvTag.PanSequenceNumber, EmvTag.ApplicationUsageControl, EmvTag.CvmList, EmvTag.IacDefault,
        EmvTag.IacDenial, EmvTag.IacOnline, EmvTag.IssuerCountryCode, EmvTag.Track2EquivalentData, EmvTag.Cdol1,
    ];

    private readonly KernelActivation _activation;
    private readonly Kernel2Options _options;
    private readonly Kernel2Database _data;
    private readonly Kernel2Record _record;
    private readonly Kernel2Outcomes _outcomes;
    private readonly RelayResistance _relay;
    private readonly TornRecovery _torn;
    private readonly StaticDataCollector _staticData = new();
    private readonly CombinedAuthentication _authentication;
    private readonly Queue<RecordAddress> _records = new();
    private Waiting _waiting;
    private IReadOnlyList<uint> _needed = [];
    private bool _isOnDevice;
    private bool _useCda;

    public Kernel2(KernelActivation activation)
    {
        _activation = activation;
        _options = activation.Combination.Kernel2;
        _data = new Kernel2Database(activation);
        _record = new Kernel2Record(_data);
        _outcomes = new Kernel2Outcomes(activation, _data, _record);
        _relay = new RelayResistance(_options.RelayLimits, Kernel2Tag.Relay, _data);
        _torn = new TornRecovery(activation, _data);
        _authentication = new CombinedAuthentication(activation, _data, _staticData);
    }

    private enum Waiting
    {
        PdolData,
        Options,
        Relay,
        Record,
        CdolData,
        UdolData,
        BalanceBefore,
        Recovery,
        Cryptogram,
        Checksum,
        BalanceAfter,
        Proceed,
    }

    private long TransactionLimit => _isOnDevice
        ? _options.TransactionLimitOnDevice ?? PlainLimit
        : PlainLimit;

    private long PlainLimit => _options.TransactionLimit ?? _activation.Combination.TransactionLimit ?? 0;

    public KernelStep Start()
    {
        _torn.Purge();
        if (_data.FciFault is { } fault)
        {
            return KernelStep.Finish(_outcomes.SelectNext(fault with { Reason = OutcomeReason.BadFci }));
        }

        _activation.Notes?.Add("S1.7", $"FCI stored; {(_activation.Fci.Pdol is { } pdol ? $"PDOL of {pdol.TotalLength} bytes" : "no PDOL")}");

        // S1.9: the second byte comes when the amount is held against the CVM limit.
        _data.Set(EmvTag.TerminalCapabilities, [_options.CardDataInput, 0x00, _options.SecurityCapability]);
        return SendOptions();
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Relay => RelayReceived(response, elapsedTenthsMs),
        Waiting.Record => RecordReceived(response),
        Waiting.BalanceBefore or Waiting.BalanceAfter => BalanceReceived(response),
        Waiting.Recovery => RecoveryReceived(response),
        Waiting.Cryptogram => CryptogramReceived(response),
        Waiting.Checksum => ChecksumReceived(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError error => FieldFailed(error.Fault),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed => _isMagStripe ? ConcludeMagStripe() : Conclude(),
        ReaderEvent.TerminalData given when _waiting is Waiting.PdolData or Waiting.CdolData or Waiting.UdolData => DataGiven(given.Objects),
        ReaderEvent.TerminalTimeout when _waiting is Waiting.PdolData or Waiting.CdolData or Waiting.UdolData => KernelStep.Finish(_outcomes.TimedOut()),

        // From GENERATE AC or the checksum on the card may have decided: a stop comes too late (S9, S10, S11).
        ReaderEvent.Stop when _waiting < Waiting.Recovery => KernelStep.Finish(_outcomes.Stopped()),
        _ => KernelStep.Nothing,
    };

    private KernelStep Fail(KernelFault fault, ushort status = 0)
    {
        _activation.Notes?.Add("DF8115", $"error {fault.Level2}: {fault.Reason}{(status == 0 ? string.Empty : $", status {status:X4}")}");
        return KernelStep.Finish(_outcomes.Error(fault, status));
    }

    private KernelStep FieldFailed(CommunicationFault fault)
    {
        _activation.Notes?.Add("S4.4", $"radio fault {fault} while waiting for {_waiting}");
        switch (_waiting)
        {
            case Waiting.Options:
                return KernelStep.Finish(_outcomes.TryAgain(fault));
            case Waiting.Cryptogram:
                // S9.5, S11.11: kept for recovery where that is configured; asked for again in any case.
                _torn.Keep();
                break;
            case Waiting.Checksum:
                return KernelStep.Finish(_outcomes.Again(fault) with { FieldOffMs = _activation.MagStripeBrake.Fail() });
            case Waiting.BalanceAfter:
                // S17: a balance that cannot be read changes nothing.
                return LetCardGo();
        }

        return KernelStep.Finish(_outcomes.Again(fault));
    }

    /// <summary>S1.11 to S1.23, S2: GET PROCESSING OPTIONS, when the terminal has given all that the PDOL asks for.</summary>
    private KernelStep SendOptions()
    {
        if (_activation.Fci.Pdol is { } pdol && _data.Needed(pdol) is { Count: > 0 } needed)
        {
            return Ask(needed, Waiting.PdolData);
        }

        byte[] values = _activation.Fci.Pdol is { } list ? _data.Build(list) : [];
        _data.Set(Kernel2Tag.PdolValues, values);
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(values));
    }

    private KernelStep Ask(IReadOnlyList<uint> needed, Waiting next)
    {
        _needed = needed;
        _waiting = next;
        return new KernelStep([new ReaderEffect.ExchangeData(needed, [])], null);
    }

    private KernelStep DataGiven(TlvMap objects)
    {
        foreach (uint tag in _needed)
        {
            if (objects[tag] is { Length: > 0 } value)
            {
                _data.Set(tag, [.. value]);
            }
        }

        return _waiting switch
        {
            Waiting.PdolData => SendOptions(),
            Waiting.UdolData => MagStripeRecordsRead(),
            _ => RecordsRead(),
        };
    }

    /// <summary>S3.8 to S3.35.</summary>
    private KernelStep OptionsReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            _activation.Notes?.Add("S3.8", $"status {response.Status.Value:X4}: next application");
            OutcomeReason reason = response.Status.Value == 0x6985 ? OutcomeReason.ConditionsNotSatisfied : OutcomeReason.CardStatus;
            return KernelStep.Finish(_outcomes.SelectNext(new KernelFault(reason, ErrorLevel2.StatusBytes), response.Status.Value));
        }

        if (ReadOptions(response.Data) is { } fault)
        {
            return Fail(fault);
        }

        if (!_data.IsNotEmpty(EmvTag.Aip) || _data.Card[EmvTag.Afl] is null)
        {
            return Fail(KernelFault.Missing);
        }

        _activation.Notes?.Add("S3.15", $"AIP {Convert.ToHexString(_data.Card[EmvTag.Aip]!)}: {(_data.Aip(2, AipEmvMode) ? "EMV mode" : "no EMV mode")}");
        if (!_data.Aip(2, AipEmvMode))
        {
            return _options.MagStripeMode
                ? StartMagStripe()
                : Fail(new KernelFault(OutcomeReason.MagStripeNotSupported, ErrorLevel2.MagStripeNotSupported));          // S3.17
        }

        bool skips = _options.SkipMagStripeRecord || _options.MagStripeMode;
        ReadOnlySpan<byte> afl = _data.Card[EmvTag.Afl];
        if (PlanRecords(skips && afl.StartsWith(MagStripeEntry) ? afl[MagStripeEntry.Length..] : afl) is { } plan)
        {
            return Fail(plan);
        }

        _isOnDevice = _options.OnDeviceVerification && _data.Aip(1, AipOnDevice);
        _activation.Notes?.Add("S3.33", $"verification on the device {(_isOnDevice ? "supported by both" : "not used")}: transaction limit {TransactionLimit}");
        if (_options.RelayResistance && _data.Aip(2, AipRelayResistance))
        {
            _activation.Notes?.Add("S3.60", "relay resistance: both sides have it");
            _waiting = Waiting.Relay;
            return KernelStep.Send(_relay.Command());
        }

        _activation.Notes?.Add("S3.65", "relay resistance is not performed: TVR byte 5 bit 1");
        _data.Tvr |= Tvr.RelayNotPerformed;
        return StartReading();
    }

    private KernelFault? ReadOptions(ReadOnlyMemory<byte> response)
    {
        TlvReader reader = new(response.Span);
        if (!reader.TryRead(out TlvObject template) || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return KernelFault.Parsing;
        }

        return template.Tag switch
        {
            EmvTag.ResponseFormat2 => _data.Store(template.Value),
            EmvTag.ResponseFormat1 when template.Value.Length >= 6 && template.Value.Length % 4 == 2 =>
                _data.Store(EmvTag.Aip, template.Value[..2]) ?? _data.Store(EmvTag.Afl, template.Value[2..]),
            _ => KernelFault.Parsing,
        };
    }

    private KernelFault? PlanRecords(ReadOnlySpan<byte> afl)
    {
        if (afl.IsEmpty || !FileLocator.TryParse(afl, out List<RecordAddress>? records, out bool tooMany))
        {
            return KernelFault.DataError;
        }

        foreach (RecordAddress record in records)
        {
            _records.Enqueue(record);
        }

        return tooMany ? new KernelFault(OutcomeReason.TooManyRecords, ErrorLevel2.CardDataError) : null;
    }

    /// <summary>SR1.</summary>
    private KernelStep RelayReceived(ResponseApdu response, int elapsed)
    {
        if (!response.Status.IsOk)
        {
            return Fail(KernelFault.Status, response.Status.Value);
        }

        RelayVerdict verdict = _relay.Take(response.Data.Span, elapsed, _activation.NextUnpredictableNumber);
        _activation.Notes?.Add("SR1.18", $"relay resistance: answer after {elapsed} units of 0.1 ms: {verdict}");
        return verdict switch
        {
            RelayVerdict.Again => KernelStep.Send(_relay.Command()),
            RelayVerdict.Done => StartReading(),
            RelayVerdict.TooFast => Fail(new KernelFault(OutcomeReason.RelayResistance, ErrorLevel2.CardDataError)),
            _ => Fail(KernelFault.Parsing),
        };
    }

    /// <summary>S3R1.17 to S3R1.20, then the first record.</summary>
    private KernelStep StartReading()
    {
        _useCda = _data.Aip(1, AipCda) && (_options.SecurityCapability & SecurityCda) != 0;
        _activation.Notes?.Add("S3R1.17", _useCda ? "CDA: both sides have it" : "no CDA: TVR byte 1 bit 8");
        if (!_useCda)
        {
            _data.Tvr |= Tvr.OdaNotPerformed;
        }

        return ReadNext();
    }

    private KernelStep ReadNext()
    {
        bool enough = !_isMagStripe && !_useCda && !_options.ReadAllRecords && EnoughWithoutCda.All(tag => _data.Card[tag] is not null);
        if (enough || !_records.TryPeek(out RecordAddress next))
        {
            return _isMagStripe ? MagStripeRecordsRead() : RecordsRead();
        }

        _waiting = Waiting.Record;
        return KernelStep.Send(ReadRecord.Command(next));
    }

    /// <summary>S4.</summary>
    private KernelStep RecordReceived(ResponseApdu response)
    {
        RecordAddress address = _records.Dequeue();
        if (!response.Status.IsOk)
        {
            return Fail(KernelFault.Status, response.Status.Value);
        }

        bool isTemplate = IsRecordTemplate(response.Data.Span);
        if (!isTemplate && address.Sfi <= 10)
        {
            return Fail(KernelFault.Parsing);
        }

        if (address.IsAuthenticated && _useCda)
        {
            _staticData.AddRecord(address.Sfi, response.Data.Span);
        }

        _activation.Notes?.Add(
            "S4.24", $"SFI {address.Sfi} record {address.Record}{(address.IsAuthenticated && _useCda ? ", part of the static data to be authenticated" : string.Empty)}");
        if (isTemplate && _data.StoreTemplate(response.Data.Span, EmvTag.RecordTemplate) is { } fault)
        {
            return Fail(fault);
        }

        return ReadNext();
    }

    private static bool IsRecordTemplate(ReadOnlySpan<byte> data)
    {
        TlvReader reader = new(data);
        return reader.TryRead(out TlvObject template) && template.Tag == EmvTag.RecordTemplate && !reader.TryRead(out _) && !reader.Fault.IsFault;
    }
}
