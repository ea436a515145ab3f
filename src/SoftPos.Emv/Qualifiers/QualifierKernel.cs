using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Qualifiers;

/// <summary>
/// A kernel driven by transaction qualifiers (kernel 3, Book C-3; kernel 7): one GET PROCESSING OPTIONS, the records, and everything else
/// after the card has left. There is no GENERATE AC and no terminal action analysis.
/// </summary>
internal sealed class QualifierKernel : IKernel
{
    private readonly KernelActivation _activation;
    private readonly QualifierRules _rules;
    private readonly CardObjects _card;
    private readonly RecordReading _records;
    private readonly CommonOutcomes _outcomes;
    private readonly IssuerUpdate? _update;
    private PreProcessingIndicators _indicators;
    private Waiting _waiting;

    public QualifierKernel(KernelActivation activation, QualifierRules rules)
    {
        _activation = activation;
        _rules = rules;
        _card = new CardObjects(activation.Terminal, activation.Fci.Objects, activation.Combination.Kernel, rules.Discarded);
        _records = new RecordReading(activation, _card, rules.Clause("5.3", "records"));
        _outcomes = new CommonOutcomes(activation, () => Tvr.OdaNotPerformed);
        _indicators = activation.Indicators;
        _update = activation.Response is { } response ? new IssuerUpdate(activation, response) : null;
    }

    private enum Waiting
    {
        Options,
        Record,
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

        // The set by 9F5A may not allow the amount.
        _indicators = DynamicLimits.Apply(
            _activation, _rules.DynamicLimits, _activation.Fci.Objects[EmvTag.ProgramId], _rules.Clause("5.1", "limits"));
        if (_indicators.ContactlessNotAllowed)
        {
            return KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.LimitExceeded));
        }

        byte[] ttq = _indicators.Ttq!;
        if (_activation.Configuration.Terminal.IsOnlineOnly)
        {
            // C-3, A.2: an online-only reader asks for an online cryptogram in every transaction.
            ttq[1] |= PreProcessing.OnlineCryptogramRequired;
        }

        _activation.Notes?.Add(_rules.Clause("5.2.1", "options"), $"GET PROCESSING OPTIONS with TTQ {Convert.ToHexString(ttq)}");
        _activation.Terminal[EmvTag.Ttq] = ttq;
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_activation.Fci.Pdol, _activation.Terminal));
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Record => _records.Take(response) is { } fault ? End(fault) : ReadNext(),
        Waiting.Update => _update!.Respond(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError when _waiting is Waiting.Update => _update!.Fail(),
        ReaderEvent.FieldError => KernelStep.Finish(_outcomes.TryAgain()),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed =>
            KernelStep.Finish(new QualifierDecision(_activation, _rules, _card, _records.StaticData).Decide()),
        ReaderEvent.Stop => End(OutcomeReason.Stopped),
        _ => KernelStep.Nothing,
    };

    /// <summary>Status words of GET PROCESSING OPTIONS (C-3, 5.2.2.2).</summary>
    private KernelStep OptionsReceived(ResponseApdu response)
    {
        _activation.Notes?.Add(_rules.Clause("5.2.2.2", "options"), $"status {response.Status.Value:X4}");
        switch (response.Status.Value)
        {
            case 0x9000:
                break;
            case 0x6984:
                return KernelStep.Finish(_outcomes.OtherInterface(OutcomeReason.OtherInterfaceAsked));
            case 0x6985:
                return KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.ConditionsNotSatisfied));
            case 0x6986:
                return KernelStep.Finish(_outcomes.SeePhone());
            default:
                return _rules.OtherStatusSelectsNext
                    ? KernelStep.Finish(_outcomes.SelectNext(OutcomeReason.CardStatus))
                    : End(OutcomeReason.CardStatus);
        }

        OutcomeReason? fault = !_rules.TakesFormat1 && response.Data.Span is not [(byte)EmvTag.ResponseFormat2, ..]
            ? OutcomeReason.BadCardData
            : GetProcessingOptions.Read(response.Data, _card) ?? _records.Plan(_card.Read[EmvTag.Afl]);
        return fault is { } found ? End(found) : ReadNext();
    }

    private KernelStep ReadNext()
    {
        if (_records.Next is { } command)
        {
            _waiting = Waiting.Record;
            return KernelStep.Send(command);
        }

        // C-3, 5.4.1: the card may go; all that follows is done without it.
        _activation.Notes?.Add(_rules.Clause("5.4.1", "decision"), "card read; the rest is done without it");
        _waiting = Waiting.Proceed;
        return _outcomes.LetCardGo();
    }

    private KernelStep End(OutcomeReason reason) => KernelStep.Finish(_outcomes.End(reason));
}
