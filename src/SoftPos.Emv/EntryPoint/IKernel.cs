using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>What the entry point hands to a kernel (Book B, 3.4).</summary>
internal sealed class KernelActivation
{
    public required ReaderConfiguration Configuration { get; init; }

    public required Combination Combination { get; init; }

    public required PreProcessingIndicators Indicators { get; init; }

    public required ApplicationFci Fci { get; init; }

    public required byte[] AdfName { get; init; }

    public required TransactionRequest Request { get; init; }

    /// <summary>Terminal data objects of this activation, 9F37 included. The kernel may change its copy.</summary>
    public required TlvMap Terminal { get; init; }

    /// <summary>A fresh unpredictable number of four bytes at each call.</summary>
    public required Func<byte[]> NextUnpredictableNumber { get; init; }

    /// <summary>Fresh secret bytes, as many as asked for; the kernel overwrites them when it is through (kernel 8).</summary>
    public required Func<int, byte[]> NextSecret { get; init; }

    /// <summary>Online response that is to be delivered, or null.</summary>
    public ReaderEvent.OnlineResponse? Response { get; init; }

    /// <summary>Data record of the online request that the response answers, or null.</summary>
    public TlvMap? FirstRecord { get; init; }

    /// <summary>Torn transactions that outlive one activation (kernels 2 and 5).</summary>
    public required TornTransactionLog TornLog { get; init; }

    /// <summary>Failures of mag-stripe mode that outlive one activation (kernel 2).</summary>
    public required MagStripeBrake MagStripeBrake { get; init; }

    /// <summary>How often this transaction was sent back to the phone for its owner to act.</summary>
    public int PhoneRestarts { get; init; }

    /// <summary>Takes notes of steps and decisions; null when nobody reads them.</summary>
    public NoteWriter? Notes { get; init; }

    public SelectedApplication Application => new(
        AdfName,
        Combination.Kernel,
        Text(Fci.Objects[EmvTag.ApplicationLabel]),
        Text(Fci.Objects[EmvTag.PreferredName]));

    /// <summary>A message in the languages that the card prefers.</summary>
    public UiRequest Ui(UiMessage? message, UiStatus status, int holdMs = 0) =>
        new(message, status, holdMs) { LanguagePreference = Text(Fci.Objects[EmvTag.LanguagePreference]) };

    /// <summary>A balance n12 of the card beside a message; the message alone where there is none.</summary>
    public UiRequest WithBalance(UiRequest ui, byte[]? balance) => balance is { Length: 6 } && Bcd.TryDecode(balance, out long value)
        ? ui with
        {
            ValueKind = UiValueKind.Balance,
            ValueMinor = value,
            CurrencyCode = Request.CurrencyCode ?? Configuration.Terminal.CurrencyCode,
        }
        : ui;

    private static string? Text(byte[]? bytes) =>
        bytes is null ? null : new string([.. bytes.Where(octet => octet is >= 0x20 and < 0x7F).Select(octet => (char)octet)]).Trim();
}

/// <summary>What a kernel wants done, and its outcome when it is through.</summary>
internal sealed record KernelStep(IReadOnlyList<ReaderEffect> Effects, Outcome? Outcome)
{
    public static KernelStep Nothing { get; } = new([], null);

    public static KernelStep Send(CommandApdu command) => new([new ReaderEffect.SendCommand(command)], null);

    public static KernelStep Finish(Outcome outcome) => new([], outcome);
}

/// <summary>A kernel as a step machine. A kernel does no I/O and knows no clock; one instance serves one activation.</summary>
internal interface IKernel
{
    /// <summary>Activation.</summary>
    KernelStep Start();

    /// <summary>The card answered the last command.</summary>
    KernelStep Respond(ResponseApdu response, int elapsedTenthsMs);

    /// <summary>
    /// Digits of the account where the kernel learned them under encipherment, so that no one else saw them pass; null for every other kernel.
    /// </summary>
    string? AccountNumber => null;

    /// <summary>Anything else: field error, proceed, stop, terminal data.</summary>
    KernelStep Step(ReaderEvent happened);
}
