using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Mastercard;

/// <summary>The outcomes of kernel 2, each with its messages and its error indication (Book C-2, 6 and annex A, DF8129).</summary>
internal sealed class Kernel2Outcomes(KernelActivation activation, Kernel2Database data, Kernel2Record record)
{
    private const byte FieldOffDetection = 0x04;
    private readonly Kernel2Options _options = activation.Combination.Kernel2;

    /// <summary>S1.7: a card that notices a lost field is given the time to do so.</summary>
    private int? FieldOffMs => data[Kernel2Tag.Capabilities] is { Length: 3 } capabilities && (capabilities[1] & FieldOffDetection) != 0
        ? _options.FieldOffMs
        : null;

    /// <summary>"Error, other card": the technical end; the word "declined" never comes from here.</summary>
    public Outcome Error(KernelFault fault, ushort status = 0, OdaResult? oda = null) => New(
        OutcomeKind.EndApplication,
        fault.Reason,
        new ErrorIndication { Level2 = fault.Level2, StatusWord = status, Message = UiMessage.UseAnotherCard }) with
    {
        UiOnOutcome = activation.Ui(UiMessage.UseAnotherCard, UiStatus.NotReady, _options.MessageHoldMs),
        FieldOffMs = FieldOffMs,
        Oda = oda,
    };

    /// <summary>The field broke while records were read: the card is asked for again.</summary>
    public Outcome Again(CommunicationFault fault) => New(
        OutcomeKind.EndApplication,
        OutcomeReason.CommunicationError,
        new ErrorIndication { Level1 = fault, Message = UiMessage.PresentCardAgain }) with
    {
        Start = StartPoint.B,
        UiOnRestart = activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
        FieldOffMs = FieldOffMs,
    };

    /// <summary>The field broke at GET PROCESSING OPTIONS (S3.5).</summary>
    public Outcome TryAgain(CommunicationFault fault) =>
        New(OutcomeKind.TryAgain, OutcomeReason.CommunicationError, new ErrorIndication { Level1 = fault }) with
        {
            Start = StartPoint.B,
            FieldOffMs = FieldOffMs,
        };

    /// <summary>The next application of the card, if any; the field stays on.</summary>
    public Outcome SelectNext(KernelFault fault, ushort status = 0) =>
        New(OutcomeKind.SelectNext, fault.Reason, new ErrorIndication { Level2 = fault.Level2, StatusWord = status }) with { Start = StartPoint.C };

    public Outcome Stopped() => New(OutcomeKind.EndApplication, OutcomeReason.Stopped, new ErrorIndication { Level3 = ErrorLevel3.Stop });

    public Outcome TimedOut() =>
        New(OutcomeKind.EndApplication, OutcomeReason.TimedOut, new ErrorIndication { Level3 = ErrorLevel3.TimeOut });

    /// <summary>Start of an outcome after a good cryptogram; carries the data record.</summary>
    public Outcome Valid(OutcomeKind kind, OutcomeReason reason, OdaResult? oda) =>
        New(kind, reason, default) with { DataRecord = record.DataRecord(), FieldOffMs = FieldOffMs, Oda = oda };

    /// <summary>Start of an outcome of mag-stripe mode; the data record is put in where the outcome carries one.</summary>
    public Outcome MagStripe(OutcomeKind kind, OutcomeReason reason) => New(kind, reason, default) with { FieldOffMs = FieldOffMs };

    private Outcome New(OutcomeKind kind, OutcomeReason reason, ErrorIndication error) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = activation.Application,
        Tvr = data.Tvr,
        DiscretionaryData = record.DiscretionaryData(error),
    };
}
