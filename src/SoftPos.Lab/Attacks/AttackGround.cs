using System.Globalization;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Where attacks are tried: a sandbox back end and a folder for the attackers' phones.</summary>
/// <param name="backend">Address of a sandbox.</param>
/// <param name="folder">Folder for phones; belongs to the attacks.</param>
/// <param name="clock">Clock.</param>
public sealed class AttackGround(Uri backend, string folder, TimeProvider clock)
{
    private int _phones;

    /// <summary>Address of the sandbox.</summary>
    public Uri Backend { get; } = backend;

    internal TimeProvider Clock { get; } = clock;

    /// <summary>A sale that is approved for an honest phone and card.</summary>
    internal static PaymentOrder Sale { get; } = new() { AmountMinor = 1250 };

    /// <summary>A folder that nothing else uses. All lie side by side, so that a card of the lab is one card on all phones.</summary>
    internal string NewFolder() =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"phone-{Interlocked.Increment(ref _phones)}"));

    /// <summary>Opens a new phone that is not enrolled.</summary>
    internal Task<VirtualTerminal.VirtualTerminal> OpenAsync(
        CancellationToken cancellation, string phone = "good", string card = "visa", Uri? through = null, string? at = null) =>
        VirtualTerminal.VirtualTerminal.OpenAsync(
            new VirtualTerminalOptions { Backend = through ?? Backend, Folder = at ?? NewFolder(), Phone = phone, Card = card, Clock = Clock }, cancellation);

    /// <summary>Opens a new phone and enrols it; it must be a good one.</summary>
    internal async Task<VirtualTerminal.VirtualTerminal> EnrolledAsync(
        CancellationToken cancellation, string phone = "good", string card = "visa", Uri? through = null, string? at = null)
    {
        VirtualTerminal.VirtualTerminal terminal = await OpenAsync(cancellation, phone, card, through, at).ConfigureAwait(false);
        TrustResult trust = await Sandbox.ActivateAsync(terminal, Backend, cancellation).ConfigureAwait(false);
        return trust.CanPay ? terminal : throw new AttackSetupException($"the phone {phone} could not be enrolled: {trust.Reason?.Code}");
    }

    /// <summary>Sends a message as an attacker without an SDK would.</summary>
    internal async Task<WireAnswer> PostAsync(string path, byte[] body, CancellationToken cancellation, string type = WireMessage.CoseType)
    {
        using HttpClient http = new() { BaseAddress = Backend };
        return await WireAnswer.SendAsync(http, new WireMessage(path, type, body), cancellation).ConfigureAwait(false);
    }
}

/// <summary>An attack could not even be set up: the ground is not what it expects.</summary>
public sealed class AttackSetupException(string message) : Exception(message);
