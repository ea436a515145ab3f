using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Emvco;

/// <summary>The outcomes of kernel 8, each with its messages and its error indication (Book C-8, 6 and 9F8204, 9F8210).</summary>
internal sealed class Kernel8Outcomes(KernelActivation activation, Kernel8Database data, Kernel8Record record)
{
    private const byte FieldOffDetection = 0x80;
    private readonly Kernel8Options _options = activation.Combination.Kernel8;

    /// <summary>1.11: a card that notices a lost field is given the time to do so.</summary>
    private int? FieldOffMs => data[Kernel8Tag.CardQualifier] is { Length: 7 } qualifier && (qualifier[4] & FieldOffDetection) != 0
        ? _options.FieldOffMs
        : null;

    /// <summary>"Error, other card": the technical end (exits 202122232425 E and 2627 C).</summary>
    public Outcome Error(KernelFault fault, ushort status = 0, OdaResult? oda = null) => New(
        OutcomeKind.EndApplication,
        fault.Reason,
        new ErrorIndication { Level2 = fault.Level2, StatusWord = status, Message = UiMessage.UseAnotherCard }) with
    {
        UiOnOutcome = activation.Ui(UiMessage.UseAnotherCard, UiStatus.NotReady, _options.MessageHoldMs),
        FieldOffMs = FieldOffMs,
        Oda = oda,
    };

    /// <summary>The field broke: the card is asked for again.</summary>
    public Outcome Again(CommunicationFault fault) => New(
        OutcomeKind.EndApplication,
        OutcomeReason.CommunicationError,
        new ErrorIndication { Level1 = fault, Message = UiMessage.PresentCardAgain }) with
    {
        Start = StartPoint.B,
        UiOnRestart = activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
        FieldOffMs = FieldOffMs,
    };

    /// <summary>The field broke where the configuration asks for no second tap.</summary>
    public Outcome Lost(CommunicationFault fault) => Again(fault) with { Start = StartPoint.NotApplicable, UiOnRestart = null };

    /// <summary>The next application of the card, if any; the field stays on, nothing is shown.</summary>
    public Outcome SelectNext(KernelFault fault, ushort status = 0) =>
        New(OutcomeKind.SelectNext, fault.Reason, new ErrorIndication { Level2 = fault.Level2, StatusWord = status }) with { Start = StartPoint.C };

    public Outcome Stopped() => New(OutcomeKind.EndApplication, OutcomeReason.Stopped, new ErrorIndication { Level3 = ErrorLevel3.Stop });

    public Outcome TimedOut() => New(OutcomeKind.EndApplication, OutcomeReason.TimedOut, new ErrorIndication { Level3 = ErrorLevel3.TimeOut });

    /// <summary>Amount, date or another object that the terminal must give is missing.</summary>
    public Outcome TransactionDataMissing() =>
        New(OutcomeKind.EndApplication, OutcomeReason.AmountMissing, new ErrorIndication { Level3 = ErrorLevel3.AmountNotPresent });

    /// <summary>An object of the terminal cannot be used.</summary>
    public Outcome TerminalDataError() =>
        New(OutcomeKind.EndApplication, OutcomeReason.AmountMissing, new ErrorIndication { Level2 = ErrorLevel2.TerminalDataError });

    /// <summary>Start of an outcome after a good cryptogram (2930.1); carries the data record.</summary>
    public Outcome Valid(OutcomeKind kind, OutcomeReason reason, OdaResult? oda) =>
        New(kind, reason, default) with { DataRecord = record.DataRecord(), FieldOffMs = FieldOffMs, Oda = oda };

    private Outcome New(OutcomeKind kind, OutcomeReason reason, ErrorIndication error) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = activation.Application,
        Tvr = data.Tvr,
        DiscretionaryData = record.DiscretionaryData(error),
    };
}
