using SoftPos.Emv.Authentication;
using SoftPos.Iso7816;

namespace SoftPos.Emv;

/// <summary>Result of a kernel or of the entry point (Book A, 6).</summary>
public enum OutcomeKind
{
    SelectNext,
    TryAgain,
    Approved,
    Declined,
    OnlineRequest,
    TryAnotherInterface,
    EndApplication,
}

/// <summary>Where the entry point goes on after the outcome.</summary>
public enum StartPoint
{
    NotApplicable,
    A,
    B,
    C,
    D,
}

/// <summary>Which online response brings the reader back to the card.</summary>
public enum OnlineResponseData
{
    NotApplicable,
    EmvData,
    Any,
}

/// <summary>Cardholder verification that the outcome asks for or reports.</summary>
public enum CvmKind
{
    NotApplicable,
    NoCvm,
    ObtainSignature,
    OnlinePin,
    ConfirmationCodeVerified,
}

/// <summary>Other interface that the reader may offer.</summary>
public enum AlternateInterface
{
    NotApplicable,
    ContactChip,
    MagneticStripe,
    Both,
}

/// <summary>The application that was selected on the card.</summary>
/// <param name="AdfName">AID as the card has it.</param>
/// <param name="Kernel">Kernel number that ran (2–8).</param>
/// <param name="Label">Application label 50, or null.</param>
/// <param name="PreferredName">Preferred name 9F12, or null.</param>
public sealed record SelectedApplication(ReadOnlyMemory<byte> AdfName, int Kernel, string? Label, string? PreferredName)
{
    /// <summary>The AID as hexadecimal digits.</summary>
    public string Aid => Convert.ToHexString(AdfName.Span);

    /// <inheritdoc/>
    public override string ToString() => $"{Aid} {PreferredName ?? Label} (kernel {Kernel})";
}

/// <summary>The outcome with all its parameters as one value. No member but <see cref="Account"/> holds account data.</summary>
public sealed record Outcome
{
    /// <summary>The result.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>Why, in one of our words, with the clause; for logs and traces.</summary>
    public required OutcomeReason Reason { get; init; }

    /// <summary>Start point of the next activation.</summary>
    public StartPoint Start { get; init; }

    /// <summary>Which online response restarts the reader.</summary>
    public OnlineResponseData OnlineResponseData { get; init; }

    /// <summary>Cardholder verification.</summary>
    public CvmKind Cvm { get; init; }

    /// <summary>Message for now.</summary>
    public UiRequest? UiOnOutcome { get; init; }

    /// <summary>Message for the restart.</summary>
    public UiRequest? UiOnRestart { get; init; }

    /// <summary>Data for the authorisation, without track 2, PAN and name; null when the outcome carries none.</summary>
    public TlvMap? DataRecord { get; init; }

    /// <summary>Data beside the record.</summary>
    public TlvMap? DiscretionaryData { get; init; }

    /// <summary>Other interface to offer.</summary>
    public AlternateInterface AlternateInterface { get; init; }

    /// <summary>A receipt must be given.</summary>
    public bool Receipt { get; init; }

    /// <summary>Time that the field must stay off, in milliseconds; null for not applicable.</summary>
    public int? FieldOffMs { get; init; }

    /// <summary>Time within which the card must be removed or restarted, in milliseconds; 0 for not applicable.</summary>
    public int RemovalTimeoutMs { get; init; }

    /// <summary>Application that ran; null when none was selected.</summary>
    public SelectedApplication? Application { get; init; }

    /// <summary>
    /// Terminal verification results with the offline authentication of this transaction. Kernel 3 sends zeros in its data record whatever
    /// this holds (C-3, A.2).
    /// </summary>
    public Tvr Tvr { get; init; }

    /// <summary>Result of offline data authentication; null when it did not run.</summary>
    public OdaResult? Oda { get; init; }

    /// <summary>Account data for the sealing code; null when the outcome carries none.</summary>
    public CardAccount? Account { get; init; }

    /// <summary>True when the entry point has nothing left to do but an online restart.</summary>
    public bool IsFinal => Kind is not (OutcomeKind.SelectNext or OutcomeKind.TryAgain);

    /// <summary>Kind, reason and application; never account data.</summary>
    public override string ToString() => $"{Kind} ({Reason}) {Application}";
}
