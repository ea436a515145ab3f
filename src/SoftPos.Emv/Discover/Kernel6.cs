using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Discover;

/// <summary>
/// Kernel 6 (Discover D-PAS, Book C-6), EMV mode: GET PROCESSING OPTIONS gives the cryptogram, for an offline approval inside a signature
/// of the shape of CDA; the records follow, and everything else is decided after the card has left by the requirements of the card.
/// </summary>
internal sealed class Kernel6 : IKernel
{
    private const byte TtqOdaForOnline = 0x01;
    private static readonly uint[] Mandatory =
    [
        EmvTag.Aip, EmvTag.Atc, EmvTag.IssuerApplicationData, EmvTag.CryptogramInformation, Kernel6Tag.CardRequirements,
    ];

    /// <summary>Objects that the answer must hold itself where no record is to be read.</summary>
    private static readonly uint[] WithoutRecords =
    [
        EmvTag.Track2EquivalentData, EmvTag.PanSequenceNumber, EmvTag.ApplicationUsageControl, EmvTag.EffectiveDate, EmvTag.CardVersion,
    ];

    private readonly KernelActivation _activation;
    private readonly CardObjects _card;
    private readonly KernelObjects _data;
    private readonly RecordReading _records;
    private readonly CommonOutcomes _outcomes;
    private Waiting _waiting;
    private byte[] _pdolValues = [];
    private byte[] _answer = [];

    public Kernel6(KernelActivation activation)
    {
        _activation = activation;
        _activation.Terminal[EmvTag.TerminalVersion] ??= [0x00, 0x01];
        _card = new CardObjects(activation.Terminal, activation.Fci.Objects, 6);
        _data = new KernelObjects(activation, _card);
        _records = new RecordReading(activation, _card, "records");
        _outcomes = new CommonOutcomes(activation, () => _data.Tvr);
    }

    private enum Waiting
    {
        Options,
        Record,
        Proceed,
    }

    public KernelStep Start()
    {
        byte[] ttq = _activation.Indicators.Ttq!;
        if (_activation.Configuration.Terminal.IsOnlineOnly)
        {
            ttq[1] |= PreProcessing.OnlineCryptogramRequired;
        }

        _activation.Notes?.Add("options", $"GET PROCESSING OPTIONS with TTQ {Convert.ToHexString(ttq)}");
        _data.Set(EmvTag.Ttq, ttq);
        _pdolValues = GetProcessingOptions.Values(_activation.Fci.Pdol, _activation.Terminal);
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_pdolValues));
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Record => _records.Take(response) is { } fault ? End(fault) : ReadNext(),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError => KernelStep.Finish(_outcomes.TryAgain()),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed =>
            KernelStep.Finish(new Kernel6Decision(_activation, _data, _records.StaticData, _outcomes).Decide(_pdolValues, _answer)),
        ReaderEvent.Stop => End(OutcomeReason.Stopped),
        _ => KernelStep.Nothing,
    };

    private KernelStep End(OutcomeReason reason) => KernelStep.Finish(_outcomes.End(reason));

    private KernelStep SelectNext(OutcomeReason reason) => KernelStep.Finish(_outcomes.SelectNext(reason));

    private KernelStep OptionsReceived(ResponseApdu response)
    {
        _activation.Notes?.Add("options", $"status {response.Status.Value:X4}");
        switch (response.Status.Value)
        {
            case 0x9000:
                break;
            case 0x6984:
                return KernelStep.Finish(_outcomes.OtherInterface(OutcomeReason.OtherInterfaceAsked));
            case 0x6986:
                return KernelStep.Finish(_outcomes.SeePhone());
            default:
                return SelectNext(OutcomeReason.CardStatus);
        }

        if (response.Data.Span is not [(byte)EmvTag.ResponseFormat2, ..])
        {
            return SelectNext(OutcomeReason.BadCardData);
        }

        if (GetProcessingOptions.Read(response.Data, _card) is { } fault)
        {
            return SelectNext(fault);
        }

        if (Array.Exists(Mandatory, tag => _card.Read[tag] is null)
            || _card.Read[EmvTag.IssuerApplicationData]!.Length < CardRequirements.ShortestIssuerApplicationData)
        {
            return SelectNext(OutcomeReason.MissingCardData);
        }

        TlvReader reader = new(response.Data.Span);
        _answer = reader.TryRead(out TlvObject template) ? template.Value.ToArray() : [];
        _data.Tvr = Tvr.OdaNotPerformed;
        return CheckAnswer() ?? (_card.Read[EmvTag.Afl] is null ? LetCardGo()
            : _records.Plan(_card.Read[EmvTag.Afl]) is { } bad ? End(bad) : ReadNext());
    }

    /// <summary>Which check the answer needs: a signature over an offline approval, else the cryptogram in the clear.</summary>
    private KernelStep? CheckAnswer()
    {
        CardRequirements requirements = new(_card.Read[Kernel6Tag.CardRequirements]!, _card.Read[EmvTag.IssuerApplicationData]!);
        CryptogramType type = GenerateCryptogram.TypeOf(_card.Read[EmvTag.CryptogramInformation]![0]);
        bool isSigned = _card.Read[EmvTag.SignedDynamicData] is not null;
        _activation.Notes?.Add(
            "options", $"{type.ToString().ToUpperInvariant()}, requirements {Convert.ToHexString(_card.Read[Kernel6Tag.CardRequirements]!)}");
        if (type is CryptogramType.Tc || requirements.LoyaltyApproved)
        {
            return isSigned && _card.Read[EmvTag.Afl] is not null ? null : End(OutcomeReason.MissingCardData);
        }

        bool mayBeSigned = _activation.Combination.Kernel6.OdaForOnline && (_data[EmvTag.Ttq]![0] & TtqOdaForOnline) != 0
            && type is CryptogramType.Arqc;
        if (isSigned && !mayBeSigned)
        {
            return End(OutcomeReason.BadCardData);
        }

        bool isMissing = (!isSigned && _card.Read[EmvTag.Cryptogram] is null)
            || (_card.Read[EmvTag.Afl] is null && Array.Exists(WithoutRecords, tag => _card.Read[tag] is null));
        if (isMissing)
        {
            _data.Tvr |= Tvr.CardDataMissing;
            return End(OutcomeReason.MissingCardData);
        }

        return null;
    }

    private KernelStep ReadNext()
    {
        if (_records.Next is { } command)
        {
            _waiting = Waiting.Record;
            return KernelStep.Send(command);
        }

        return LetCardGo();
    }

    private KernelStep LetCardGo()
    {
        _waiting = Waiting.Proceed;
        return _outcomes.LetCardGo();
    }
}
