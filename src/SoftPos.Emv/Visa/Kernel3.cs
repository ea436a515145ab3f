using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Visa;

/// <summary>
/// Kernel 3 (Visa, Book C-3): one GET PROCESSING OPTIONS, the records, and everything else after the card has left. There is no
/// GENERATE AC and no terminal action analysis.
/// </summary>
internal sealed class Kernel3 : IKernel
{
    private readonly KernelActivation _activation;
    private readonly CardObjects _card;
    private readonly StaticDataCollector _staticData = new();
    private readonly Queue<RecordAddress> _records = new();
    private readonly IssuerUpdate? _update;
    private PreProcessingIndicators _indicators;
    private Waiting _waiting;

    public Kernel3(KernelActivation activation)
    {
        _activation = activation;
        _card = new CardObjects(activation.Terminal, activation.Fci.Objects, 3);
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

        if (ApplyDynamicLimits())
        {
            return SelectNext(OutcomeReason.LimitExceeded);
        }

        byte[] ttq = _indicators.Ttq!;
        if (_activation.Configuration.Terminal.IsOnlineOnly)
        {
            // C-3, A.2: an online-only reader asks for an online cryptogram in every transaction.
            ttq[1] |= PreProcessing.OnlineCryptogramRequired;
        }

        _activation.Notes?.Add("5.2.1", $"GET PROCESSING OPTIONS with TTQ {Convert.ToHexString(ttq)}");
        _activation.Terminal[EmvTag.Ttq] = ttq;
        _waiting = Waiting.Options;
        return KernelStep.Send(GetProcessingOptions.Command(_activation.Fci.Pdol, _activation.Terminal));
    }

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => _waiting switch
    {
        Waiting.Options => OptionsReceived(response),
        Waiting.Record => RecordReceived(response),
        Waiting.Update => _update!.Respond(response),
        _ => KernelStep.Nothing,
    };

    public KernelStep Step(ReaderEvent happened) => happened switch
    {
        ReaderEvent.FieldError when _waiting is Waiting.Update => _update!.Fail(),
        ReaderEvent.FieldError => TryAgainAfterError(),
        ReaderEvent.Proceed when _waiting is Waiting.Proceed => Decide(),
        ReaderEvent.Stop => End(OutcomeReason.Stopped),
        _ => KernelStep.Nothing,
    };

    /// <summary>Dynamic reader limits by 9F5A; true when the set that applies does not allow the amount.</summary>
    private bool ApplyDynamicLimits()
    {
        if (_activation.Fci.Objects[EmvTag.ProgramId] is not { Length: > 0 } program)
        {
            return false;
        }

        // The longest configured prefix is the closest set.
        DynamicLimitSet? set = _activation.Combination.Kernel3.DynamicLimits
            .Where(candidate => program.AsSpan().StartsWith(candidate.ProgramId))
            .MaxBy(candidate => candidate.ProgramId.Length);
        if (set is null)
        {
            return false;
        }

        _activation.Notes?.Add("5.1", $"dynamic limits of program {Convert.ToHexString(set.ProgramId)}");
        LimitSet limits = new(set.StatusCheck, set.ZeroAmountAllowed, set.TransactionLimit, set.FloorLimit, null, set.CvmLimit);
        _indicators = PreProcessing.Run(
            limits,
            _activation.Combination.Ttq,
            _activation.Request.AmountMinor,
            _activation.Configuration.Terminal.CurrencyExponent);
        return _indicators.ContactlessNotAllowed;
    }

    /// <summary>Status words of GET PROCESSING OPTIONS (C-3, 5.2.2.2).</summary>
    private KernelStep OptionsReceived(ResponseApdu response)
    {
        _activation.Notes?.Add("5.2.2.2", $"status {response.Status.Value:X4}");
        switch (response.Status.Value)
        {
            case 0x9000:
                break;
            case 0x6984:
                return KernelStep.Finish(New(OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked) with
                {
                    UiOnOutcome = _activation.Ui(UiMessage.InsertCard, UiStatus.ProcessingError),
                    AlternateInterface = AlternateInterface.ContactChip,
                });
            case 0x6985:
                return SelectNext(OutcomeReason.ConditionsNotSatisfied);
            case 0x6986:
                return KernelStep.Finish(New(OutcomeKind.TryAgain, OutcomeReason.SeePhone) with
                {
                    Start = StartPoint.B,
                    UiOnOutcome = _activation.Ui(UiMessage.SeePhone, UiStatus.ProcessingError, Kernel3Decision.HoldMs),
                    UiOnRestart = _activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
                    FieldOffMs = Kernel3Decision.HoldMs,
                });
            default:
                return End(OutcomeReason.CardStatus);
        }

        if (GetProcessingOptions.Read(response.Data, _card) is { } fault)
        {
            return End(fault);
        }

        if (!FileLocator.TryParse(_card.Read[EmvTag.Afl] ?? [], out List<RecordAddress>? records, out bool tooMany))
        {
            return End(tooMany ? OutcomeReason.TooManyRecords : OutcomeReason.BadCardData);
        }

        foreach (RecordAddress record in records)
        {
            _records.Enqueue(record);
        }

        return ReadNext();
    }

    private KernelStep ReadNext()
    {
        if (_records.TryPeek(out RecordAddress next))
        {
            _waiting = Waiting.Record;
            return KernelStep.Send(ReadRecord.Command(next));
        }

        _activation.Notes?.Add("5.4.1", "card read; the rest is done without it");

        // C-3, 5.4.1: the card may go; all that follows is done without it.
        _waiting = Waiting.Proceed;
        return new KernelStep(
            [
                new ReaderEffect.Show(_activation.Ui(UiMessage.CardReadOk, UiStatus.CardReadSuccessfully)),
                new ReaderEffect.FieldOff(),
                new ReaderEffect.Proceed(),
            ],
            null);
    }

    private KernelStep RecordReceived(ResponseApdu response)
    {
        RecordAddress address = _records.Dequeue();
        if (!response.Status.IsOk)
        {
            return End(OutcomeReason.CardStatus);
        }

        _activation.Notes?.Add(
            "5.3", $"SFI {address.Sfi} record {address.Record}{(address.IsAuthenticated ? ", part of the static data to be authenticated" : string.Empty)}");
        if (address.IsAuthenticated)
        {
            _staticData.AddRecord(address.Sfi, response.Data.Span);
        }

        return ReadRecord.Read(address, response.Data, _card) is { } fault ? End(fault) : ReadNext();
    }

    private KernelStep Decide()
    {
        Kernel3Decision decision = new(_activation, _card, _staticData);
        return KernelStep.Finish(decision.Decide());
    }

    private KernelStep TryAgainAfterError() => KernelStep.Finish(New(OutcomeKind.TryAgain, OutcomeReason.CommunicationError) with
    {
        Start = StartPoint.B,
        UiOnRestart = _activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
    });

    private KernelStep SelectNext(OutcomeReason reason) =>
        KernelStep.Finish(New(OutcomeKind.SelectNext, reason) with { Start = StartPoint.C });

    private KernelStep End(OutcomeReason reason) => KernelStep.Finish(New(OutcomeKind.EndApplication, reason) with
    {
        UiOnOutcome = reason is OutcomeReason.Stopped ? null : _activation.Ui(UiMessage.UseAnotherCard, UiStatus.ProcessingError),
    });

    private Outcome New(OutcomeKind kind, OutcomeReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = _activation.Application,
        Tvr = Tvr.OdaNotPerformed,
    };
}
