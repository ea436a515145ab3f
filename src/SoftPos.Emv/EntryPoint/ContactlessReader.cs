using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>
/// The contactless reader: entry point (Book B) with its kernels, as one pure step machine. Give it what happens with <see cref="Step"/> and
/// do what it says, in order; it reads no clock and touches no card itself, and what it draws can be handed in, so a run can be repeated from its inputs.
/// One instance serves one reader for many transactions; it is not safe for use by several threads at once.
/// </summary>
public sealed partial class ContactlessReader
{
    /// <summary>Most activations of one transaction (tap again, see phone, torn field): beyond that a card plays with the reader.</summary>
    public const int MaxActivations = 16;

    /// <summary>Most commands of one activation; a transaction needs about ten.</summary>
    public const int MaxCommands = 256;

    private readonly TornTransactionLog _tornLog = new();
    private ReaderConfiguration? _configuration;
    private TransactionRequest? _request;
    private Func<byte[]>? _nextUnpredictableNumber;
    private Func<int, byte[]> _nextSecret = RandomNumberGenerator.GetBytes;
    private List<(Combination Combination, PreProcessingIndicators Indicators)> _allowed = [];
    private State _state = State.Done;
    private List<Candidate> _candidates = [];
    private Candidate? _selected;
    private ApduExchange? _exchange;
    private IKernel? _kernel;
    private ReaderEvent.OnlineResponse? _onlineResponse;
    private UiRequest? _uiOnRestart;
    private int _activations;
    private int _phoneRestarts;
    private int _commands;
    private int _lastElapsed;
    private bool _fieldIsOn;
    private Outcome? _lastOutcome;
    private TlvMap? _firstRecord;

    /// <summary>Is told each step and decision, for a trace; null for nobody. Changes nothing of a run.</summary>
    public Action<ReaderNote>? Notes { get; set; }

    /// <summary>Account number that the running kernel learned under encipherment, for the mask of a recording.</summary>
    internal string? AccountNumber => _kernel?.AccountNumber;

    internal TornTransactionLog TornLog => _tornLog;

    internal MagStripeBrake MagStripeBrake { get; } = new();

    private NoteWriter? EntryPointNotes => Notes is { } write ? new NoteWriter("Book B", write) : null;

    private enum State
    {
        Done,
        Polling,
        SelectingDirectory,
        SelectingApplication,
        InKernel,
        WaitingForHost,
    }

    /// <summary>True when the transaction is over and nothing is awaited.</summary>
    public bool IsDone => _state is State.Done;

    /// <summary>True when the reader holds a final outcome and waits for the host's answer (start B or D).</summary>
    public bool WaitsForHost => _state is State.WaitingForHost;

    /// <summary>Starts a transaction at start A: pre-processing, then the field goes on.</summary>
    /// <param name="request">What the merchant asks for.</param>
    /// <param name="configuration">The whole reader configuration.</param>
    /// <param name="nextUnpredictableNumber">Gives four fresh unpredictable bytes at each call; called at least once for each activation.</param>
    /// <param name="nextSecret">
    /// Gives fresh secret bytes, as many as asked for, from which kernel 8 makes its key of one transaction; null takes the operating system's
    /// generator. The array is overwritten when it has been used.
    /// </param>
    /// <returns>What to do now; the list ends with <see cref="ReaderEffect.Finish"/> when no combination allows the amount.</returns>
    public IReadOnlyList<ReaderEffect> Start(
        TransactionRequest request, ReaderConfiguration configuration, Func<byte[]> nextUnpredictableNumber, Func<int, byte[]>? nextSecret = null)
    {
        Validate(request, configuration);
        Begin(request, configuration, nextUnpredictableNumber, nextSecret);
        List<(Combination Combination, PreProcessingIndicators Indicators)> all =
        [
            .. configuration.Combinations.Where(combination => combination.Kinds.Contains(request.Kind)).Select(combination =>
                (combination, PreProcessing.Run(combination, request.AmountMinor, configuration.Terminal.CurrencyExponent))),
        ];
        _allowed = [.. all.Where(pair => !pair.Indicators.ContactlessNotAllowed)];
        NotePreProcessing(all);
        List<ReaderEffect> effects = [];
        if (_allowed.Count == 0)
        {
            // Book B, 3.1.1.13.
            Finish(effects, new Outcome
            {
                Kind = OutcomeKind.TryAnotherInterface,
                Reason = OutcomeReason.ContactlessNotAllowed,
                UiOnOutcome = new UiRequest(UiMessage.InsertOrSwipe, UiStatus.ProcessingError),
            });
            return effects;
        }

        ActivateProtocol(effects);
        return effects;
    }

    /// <summary>
    /// Starts a transaction at start B: no pre-processing, the qualifiers as configured. For readers with a fixed amount that are always
    /// ready.
    /// </summary>
    public IReadOnlyList<ReaderEffect> StartWithoutPreProcessing(
        TransactionRequest request, ReaderConfiguration configuration, Func<byte[]> nextUnpredictableNumber, Func<int, byte[]>? nextSecret = null)
    {
        Validate(request, configuration);
        Begin(request, configuration, nextUnpredictableNumber, nextSecret);
        _allowed =
        [
            .. configuration.Combinations.Where(combination => combination.Kinds.Contains(request.Kind))
                .Select(combination => (combination, PreProcessing.None(combination))),
        ];
        List<ReaderEffect> effects = [];
        ActivateProtocol(effects);
        return effects;
    }

    /// <summary>Takes one event. An event that the state does not expect changes nothing and gives an empty list.</summary>
    public IReadOnlyList<ReaderEffect> Step(ReaderEvent happened)
    {
        List<ReaderEffect> effects = [];
        switch (happened)
        {
            case ReaderEvent.CollisionDetected when _state is State.Polling:
                effects.Add(new ReaderEffect.Show(new UiRequest(UiMessage.PresentOneCardOnly, UiStatus.ProcessingError)));
                break;
            case ReaderEvent.CollisionEnded when _state is State.Polling:
                effects.Add(new ReaderEffect.Show(new UiRequest(UiMessage.PresentOneCardOnly, UiStatus.ReadyToRead)));
                break;
            case ReaderEvent.CardDetected when _state is State.Polling:
                CardDetected(effects);
                break;
            case ReaderEvent.CardResponse response when _exchange is not null:
                Respond(effects, response);
                break;
            case ReaderEvent.FieldError when _exchange is not null:
                FieldFailed(effects, happened);
                break;
            case ReaderEvent.Stop:
                Stop(effects);
                break;
            case ReaderEvent.OnlineResponse response when _state is State.WaitingForHost:
                HostAnswered(effects, response);
                break;
            case ReaderEvent.Proceed or ReaderEvent.TerminalData or ReaderEvent.TerminalTimeout when _state is State.InKernel:
                Take(effects, _kernel!.Step(happened));
                break;
        }

        return effects;
    }

    private void NotePreProcessing(List<(Combination Combination, PreProcessingIndicators Indicators)> all)
    {
        if (EntryPointNotes is not { } notes)
        {
            return;
        }

        foreach ((Combination combination, PreProcessingIndicators found) in all)
        {
            string[] set =
            [
                .. found.ContactlessNotAllowed ? ["not allowed"] : Array.Empty<string>(),
                .. found.StatusCheckRequested ? ["status check"] : Array.Empty<string>(),
                .. found.ZeroAmount ? ["zero amount"] : Array.Empty<string>(),
                .. found.FloorLimitExceeded ? ["above floor limit"] : Array.Empty<string>(),
                .. found.CvmLimitExceeded ? ["CVM limit reached"] : Array.Empty<string>(),
                .. found.Ttq is { } ttq ? [$"TTQ {Convert.ToHexString(ttq)}"] : Array.Empty<string>(),
            ];
            notes.Add("3.1.1", $"pre-processing of {combination}: {(set.Length == 0 ? "no indicator" : string.Join(", ", set))}");
        }
    }

    private static void Validate(TransactionRequest request, ReaderConfiguration configuration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.AmountMinor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.AmountMinor, Bcd.MaxAmount);
        ArgumentOutOfRangeException.ThrowIfNegative(request.OtherAmountMinor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.OtherAmountMinor, request.AmountMinor);
        ArgumentNullException.ThrowIfNull(configuration);
    }

    private void Begin(
        TransactionRequest request, ReaderConfiguration configuration, Func<byte[]> nextUnpredictableNumber, Func<int, byte[]>? nextSecret)
    {
        _request = request;
        _configuration = configuration;
        _nextUnpredictableNumber = nextUnpredictableNumber;
        _nextSecret = nextSecret ?? RandomNumberGenerator.GetBytes;
        _onlineResponse = null;
        _uiOnRestart = null;
        _lastOutcome = null;
        _activations = 0;
        _phoneRestarts = 0;
        _candidates = [];
        _selected = null;
        DropKernel();
        _exchange = null;
    }
}
