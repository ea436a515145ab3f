using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <summary>
/// Kernel 8 (EMVCo, Book C-8): a secure channel from GET PROCESSING OPTIONS on, records in the clear or enciphered, relay resistance,
/// one GENERATE AC whose answer carries the card's decisions and two MACs, and local authentication after the card has left. This part is
/// the way to the last record; the others are the envelopes, and the way from there.
/// </summary>
/// <remarks>
/// Process C of the book works beside the kernel; here it works when its result is needed. Labels are those of the book's state diagrams,
/// as far as public material names them.
/// </remarks>
internal sealed partial class Kernel8 : IKernel, IDisposable
{
    private const byte AipLocalAuthentication = 0x01;
    private const byte AipRelayResistance = 0x01;
    private const byte SecurityLocalAuthentication = 0x10;

    /// <summary>Version of the kernel and of the format of its results.</summary>
    private const byte Version = 0x02;

    /// <summary>The collector's rule for files 1 to 10 is this kernel's rule for all: the value of the template counts.</summary>
    private const int AnyFile = 1;

    private readonly KernelActivation _activation;
    private readonly Kernel8Options _options;
    private readonly Kernel8Database _data;
    private readonly Kernel8Outcomes _outcomes;
    private readonly RelayResistance _relay;
    private readonly StaticDataCollector _staticData = new();
    private readonly HashSet<uint> _signedTags = [];
    private readonly Queue<RecordAddress> _records = new();
    private Kernel8Channel? _channel;
    private Waiting _waiting;
    private IReadOnlyList<uint> _needed = [];
    private byte[] _pdolValues = [];
    private Dol? _cdol;

    public Kernel8(KernelActivation activation)
    {
        _activation = activation;
        _options = activation.Combination.Kernel8;
        _data = new Kernel8Database(activation);
        _outcomes = new Kernel8Outcomes(activation, _data, new Kernel8Record(_options, _data));
        _relay = new RelayResistance(_options.RelayLimits, Kernel8Tag.Relay, _data);
    }

    private enum Waiting
    {
        PdolData,
        Options,
        Relay,
        Record,
        ReadData,
        TerminalData,
        Cryptogram,
        WriteData,
        Proceed,
    }

    /// <inheritdoc/>
    public string? AccountNumber => _data.Card[EmvTag.Pan] is { } pan ? TrackTwo.PanOf5A(pan) : null;

    /// <summary>1.5 to 1.14, C.100 to C.103, 2.1 to 2.21.</summary>
    public KernelStep Start()
    {
        _data.Tvr = Tvr.Kernel8Format;
        if (_data.FciFault is { } fault)
        {
            return Finish(_outcomes.SelectNext(fault with { Reason = OutcomeReason.BadFci }));
        }

        if (_data[Kernel8Tag.CardQualifier] is not { Length: 7 } qualifier || qualifier[0] == 0)
        {
            _activation.Notes?.Add("1.8", "no usable Card Qualifier 9F2C: next application");
            return Finish(_outcomes.SelectNext(KernelFault.Missing));
        }

        if (ChooseSuite(qualifier.AsSpan(1, 3)) is not { } suite)
        {
            _activation.Notes?.Add("C.100", "no secure channel suite in common");
            return Fail(KernelFault.DataError);
        }

        _channel = Kernel8Channel.Create(suite, _activation.NextSecret);
        if (_channel is null)
        {
            return Finish(_outcomes.TerminalDataError());
        }

        _activation.Notes?.Add("C.102", $"secure channel suite {suite:X2}, key of this transaction made");
        _data.Set(Kernel8Tag.KernelKeyData, _channel.PublicKey);
        _data.Set(Kernel8Tag.KernelQualifier, Qualifier(suite));
        _data.Set(EmvTag.TerminalCapabilities, [_options.CardDataInput, 0x00, _options.SecurityCapability]);
        return SendOptions();
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Relay => RelayReceived(response, elapsedTenthsMs),
        Waiting.Record => RecordReceived(response),
        Waiting.ReadData => EnvelopeReceived(response),
        Waiting.Cryptogram => CryptogramReceived(response),
        Waiting.WriteData => ReceiptReceived(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError error => FieldFailed(error.Fault),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed => Conclude(),
        ReaderEvent.TerminalData given when _waiting is Waiting.PdolData or Waiting.TerminalData => DataGiven(given.Objects),
        ReaderEvent.TerminalTimeout when _waiting is Waiting.PdolData or Waiting.TerminalData => Finish(_outcomes.TimedOut()),

        // From GENERATE AC on the card may have decided: a stop comes too late.
        ReaderEvent.Stop when _waiting < Waiting.Cryptogram => Finish(_outcomes.Stopped()),
        _ => KernelStep.Nothing,
    };

    /// <summary>Overwrites the keys of the channel.</summary>
    public void Dispose() => _channel?.Dispose();

    private KernelStep Finish(Outcome outcome)
    {
        Dispose();
        return KernelStep.Finish(outcome);
    }

    private KernelStep Fail(KernelFault fault, ushort status = 0, OdaResult? oda = null)
    {
        _activation.Notes?.Add("9F8204", $"error {fault.Level2}: {fault.Reason}{(status == 0 ? string.Empty : $", status {status:X4}")}");
        return Finish(_outcomes.Error(fault, status, oda));
    }

    private KernelStep FieldFailed(CommunicationFault fault)
    {
        _activation.Notes?.Add("L1RSP", $"radio fault {fault} while waiting for {_waiting}");
        return _waiting switch
        {
            // What was to be written is lost, the cryptogram is there.
            Waiting.WriteData => LetCardGo(),
            Waiting.Cryptogram when !_options.AgainAfterCryptogram => Finish(_outcomes.Lost(fault)),
            _ => Finish(_outcomes.Again(fault)),
        };
    }

    /// <summary>The first of the card's suites that this reader has.</summary>
    private byte? ChooseSuite(ReadOnlySpan<byte> offered)
    {
        foreach (byte suite in offered)
        {
            if (suite == EccSuite.ChannelP256 || (suite == EccSuite.ChannelP521 && _options.LongSecureChannel))
            {
                return suite;
            }
        }

        return null;
    }

    private byte[] Qualifier(byte suite) =>
    [
        Version,
        (byte)((_options.SecurityCapability & SecurityLocalAuthentication) != 0 ? 0x80 : 0x00),
        suite,
        EccSuite.SignatureP256, _options.LongSignatures ? EccSuite.SignatureP521 : EccSuite.None, EccSuite.None,
        0x00, 0x00,
    ];

    /// <summary>2.5 to 2.21: GET PROCESSING OPTIONS, when the terminal has given all that the PDOL asks for.</summary>
    private KernelStep SendOptions()
    {
        if (_activation.Fci.Pdol is { } pdol && _data.Needed(pdol) is { Count: > 0 } needed)
        {
            return Ask(needed, Waiting.PdolData);
        }

        _pdolValues = _activation.Fci.Pdol is { } list ? _data.Build(list) : [];
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_pdolValues));
    }

    private KernelStep Ask(IReadOnlyList<uint> needed, Waiting next, TlvMap? toSend = null)
    {
        _needed = needed;
        _waiting = next;
        return new KernelStep([new ReaderEffect.ExchangeData(needed, toSend ?? [])], null);
    }

    private KernelStep DataGiven(TlvMap objects)
    {
        foreach (uint tag in (uint[])[.. _needed, Kernel8Tag.ProceedToWrite, Kernel8Tag.TagsToRead, Kernel8Tag.EnvelopesToWrite])
        {
            if (objects[tag] is { Length: > 0 } value)
            {
                _data.Set(tag, [.. value]);
            }
        }

        return _waiting is Waiting.PdolData ? SendOptions() : RecordsRead();
    }

    /// <summary>20.10 to 20.21, C.11, 22.51.</summary>
    private KernelStep OptionsReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            _activation.Notes?.Add("20.10", $"status {response.Status.Value:X4}: next application");
            OutcomeReason reason = response.Status.Value == 0x6985 ? OutcomeReason.ConditionsNotSatisfied : OutcomeReason.CardStatus;
            return Finish(_outcomes.SelectNext(new KernelFault(reason, ErrorLevel2.StatusBytes), response.Status.Value));
        }

        if (StoreTemplate(response.Data.Span, EmvTag.ResponseFormat2) is { } fault)
        {
            return Fail(fault);
        }

        byte[]? cdol = _data.Card[EmvTag.Cdol1] ?? _options.DefaultCdol1;
        if (_data.Card[EmvTag.Aip] is not { } aip || _data.Card[EmvTag.Afl] is not { } afl || _data.Card[Kernel8Tag.CardKeyData] is not { Length: > 0 } keyData
            || cdol is null)
        {
            return Fail(KernelFault.Missing);
        }

        // A list beyond the data of one short command cannot be answered.
        if (!Dol.TryParse(cdol, out _cdol, out _) || _cdol.TotalLength > 255)
        {
            return Fail(KernelFault.Parsing);
        }

        if (PlanRecords(afl) is { } plan)
        {
            return Fail(plan);
        }

        if (!_channel!.TryOpen(keyData))
        {
            _activation.Notes?.Add("22.51", "the card's key data open no channel");
            return Fail(new KernelFault(OutcomeReason.BadCardData, ErrorLevel2.DecryptionFailed));
        }

        _activation.Notes?.Add("22.51", "session keys agreed, blinding factor deciphered");
        if (_options.RelayResistance && (aip[1] & AipRelayResistance) != 0)
        {
            _activation.Notes?.Add("21.11", "relay resistance: both sides have it");
            _waiting = Waiting.Relay;
            return KernelStep.Send(_relay.Command());
        }

        _activation.Notes?.Add("21.11", "relay resistance is not performed: TVR byte 5 bit 1");
        _data.Tvr |= Tvr.RelayNotPerformed;
        return ReadNext();
    }

    /// <summary>Exactly one template of the given tag.</summary>
    private KernelFault? StoreTemplate(ReadOnlySpan<byte> response, uint tag)
    {
        TlvReader reader = new(response);
        return !reader.TryRead(out TlvObject template) || template.Tag != tag || reader.TryRead(out _) || reader.Fault.IsFault
            ? KernelFault.Parsing
            : _data.StoreAll(template.Value);
    }

    private KernelFault? PlanRecords(ReadOnlySpan<byte> afl)
    {
        if (!FileLocator.TryParse(afl, out List<RecordAddress>? records, out bool tooMany))
        {
            return tooMany ? new KernelFault(OutcomeReason.TooManyRecords, ErrorLevel2.CardDataError) : KernelFault.Parsing;
        }

        foreach (RecordAddress record in records)
        {
            _records.Enqueue(record);
        }

        return null;
    }

    /// <summary>21.11 to 21.25.</summary>
    private KernelStep RelayReceived(ResponseApdu response, int elapsed)
    {
        if (!response.Status.IsOk)
        {
            return Fail(KernelFault.Status, response.Status.Value);
        }

        RelayVerdict verdict = _relay.Take(response.Data.Span, elapsed, NextRelayNumber);
        _activation.Notes?.Add("21.17", $"relay resistance: answer after {elapsed} units of 0.1 ms: {verdict}");
        switch (verdict)
        {
            case RelayVerdict.Again:
                return KernelStep.Send(_relay.Command());
            case RelayVerdict.Done:
                int excess = Math.Max(0, Number(_data[Kernel8Tag.Relay.MeasuredRelayTime]) - Number(_data.Card[Kernel8Tag.Relay.MostRelayTime]));
                _data.Set(Kernel8Tag.RelayExcess, [(byte)(excess >> 8), (byte)(excess & 0xFF)]);
                return ReadNext();
            case RelayVerdict.TooFast:
                return Fail(new KernelFault(OutcomeReason.RelayResistance, ErrorLevel2.CardDataError));
            default:
                return Fail(KernelFault.Parsing);
        }
    }

    private byte[] NextRelayNumber() => _options.FreshRelayNumber ? _activation.NextUnpredictableNumber() : [.. _data[EmvTag.UnpredictableNumber]!];

    private static int Number(byte[]? bytes) => bytes is { Length: 2 } ? (bytes[0] << 8) | bytes[1] : 0;

    private KernelStep ReadNext()
    {
        if (!_records.TryPeek(out RecordAddress next))
        {
            return RecordsRead();
        }

        _waiting = Waiting.Record;
        return KernelStep.Send(ReadRecord.Command(next));
    }

    /// <summary>23: a record in template 70, or enciphered in DA, whose value is deciphered to that of a template 70.</summary>
    private KernelStep RecordReceived(ResponseApdu response)
    {
        RecordAddress address = _records.Dequeue();
        if (!response.Status.IsOk)
        {
            return Fail(KernelFault.Status, response.Status.Value);
        }

        TlvReader reader = new(response.Data.Span);
        if (!reader.TryRead(out TlvObject template) || template.Tag is not (EmvTag.RecordTemplate or Kernel8Tag.EncipheredRecord)
            || reader.TryRead(out _) || reader.Fault.IsFault)
        {
            return Fail(KernelFault.Parsing);
        }

        bool isEnciphered = template.Tag == Kernel8Tag.EncipheredRecord;
        byte[] value = template.Value.ToArray();
        if (isEnciphered && !_channel!.TryDecipher(template.Value, value))
        {
            return Fail(new KernelFault(OutcomeReason.BadCardData, ErrorLevel2.DecryptionFailed));
        }

        string how = $"{(isEnciphered ? ", enciphered" : string.Empty)}{(address.IsAuthenticated ? ", part of the static data to be authenticated" : string.Empty)}";
        _activation.Notes?.Add("23", $"SFI {address.Sfi} record {address.Record}{how}");
        if (_data.StoreAll(value) is { } fault)
        {
            return Fail(fault);
        }

        if (address.IsAuthenticated)
        {
            _staticData.AddRecord(AnyFile, new TlvWriter().Write(EmvTag.RecordTemplate, value).Written);
            Remember(value);
        }

        return ReadNext();
    }

    private void Remember(ReadOnlySpan<byte> signed)
    {
        for (TlvReader reader = new(signed); reader.TryRead(out TlvObject item);)
        {
            _signedTags.Add(item.Tag);
        }
    }
}
