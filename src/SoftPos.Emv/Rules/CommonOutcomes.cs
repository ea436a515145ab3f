using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>Outcomes that kernels 3 to 7 have in common (Book A, 6).</summary>
/// <param name="activation">The activation.</param>
/// <param name="tvr">Verification results at the time of the outcome.</param>
internal sealed class CommonOutcomes(KernelActivation activation, Func<Tvr> tvr)
{
    /// <summary>Message hold time of the schemes, 1.3 s.</summary>
    public const int HoldMs = 1300;

    public Outcome New(OutcomeKind kind, OutcomeReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = activation.Application,
        Tvr = tvr(),
    };

    /// <summary>The radio failed before the card had decided: the same transaction again, with a new unpredictable number.</summary>
    public Outcome TryAgain() => New(OutcomeKind.TryAgain, OutcomeReason.CommunicationError) with
    {
        Start = StartPoint.B,
        UiOnRestart = activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
    };

    /// <summary>The cardholder must act on the device and tap again.</summary>
    public Outcome SeePhone() => New(OutcomeKind.TryAgain, OutcomeReason.SeePhone) with
    {
        Start = StartPoint.B,
        UiOnOutcome = activation.Ui(UiMessage.SeePhone, UiStatus.ProcessingError, HoldMs),
        UiOnRestart = activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
        FieldOffMs = HoldMs,
    };

    /// <summary>The next application of the card, if any; the field stays on.</summary>
    public Outcome SelectNext(OutcomeReason reason) => New(OutcomeKind.SelectNext, reason) with { Start = StartPoint.C };

    /// <summary>The technical end; the word "declined" never comes from here.</summary>
    public Outcome End(OutcomeReason reason) => New(OutcomeKind.EndApplication, reason) with
    {
        UiOnOutcome = reason is OutcomeReason.Stopped ? null : activation.Ui(UiMessage.UseAnotherCard, UiStatus.ProcessingError),
    };

    public Outcome OtherInterface(OutcomeReason reason) => New(OutcomeKind.TryAnotherInterface, reason) with
    {
        UiOnOutcome = activation.Ui(UiMessage.InsertCard, UiStatus.ProcessingError),
        AlternateInterface = AlternateInterface.ContactChip,
    };

    public Outcome Declined(OutcomeReason reason) => New(OutcomeKind.Declined, reason) with
    {
        Cvm = CvmKind.NoCvm,
        UiOnOutcome = activation.Ui(UiMessage.NotAuthorised, UiStatus.NotReady, HoldMs),
    };

    /// <summary>The issuer decides; its data are added by the kernel.</summary>
    public Outcome Online(OutcomeReason reason) => New(OutcomeKind.OnlineRequest, reason) with
    {
        UiOnOutcome = activation.Ui(UiMessage.AuthorisingPleaseWait, UiStatus.CardReadSuccessfully),
    };

    /// <summary>The same with a second presentment, for what the issuer sends to the card.</summary>
    public static Outcome WithSecondPresentment(Outcome online, KernelActivation activation) => online with
    {
        Start = StartPoint.B,
        OnlineResponseData = OnlineResponseData.EmvData,
        UiOnRestart = activation.Ui(UiMessage.PresentCardAgain, UiStatus.ReadyToRead),
        FieldOffMs = 0,
    };

    /// <summary>Approved offline; its data are added by the kernel.</summary>
    public Outcome Approved(CvmKind cvm) => New(OutcomeKind.Approved, OutcomeReason.ApprovedOffline) with
    {
        UiOnOutcome = activation.Ui(
            cvm is CvmKind.ObtainSignature ? UiMessage.ApprovedSign : UiMessage.Approved, UiStatus.NotReady, HoldMs),
    };

    /// <summary>Nothing more is wanted of the card; the rest is done without it.</summary>
    public KernelStep LetCardGo() => new(
        [
            new ReaderEffect.Show(activation.Ui(UiMessage.CardReadOk, UiStatus.CardReadSuccessfully)),
            new ReaderEffect.FieldOff(),
            new ReaderEffect.Proceed(),
        ],
        null);
}
