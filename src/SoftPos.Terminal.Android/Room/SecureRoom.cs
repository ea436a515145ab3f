using Android.Content;
using Android.Nfc;
using Android.OS;
using Android.Runtime;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The SDK's own process: keys, cards and PINs are in its memory and not in that of the host app. It is bound by the host, not exported, and
/// understands <see cref="RoomCodec"/> and nothing else.
/// </summary>
[Register("org.opensoftpos.terminal.SecureRoom")]
public sealed class SecureRoom : Service
{
    /// <summary>Number of the one kind of message, and name of its bytes.</summary>
    internal const int MessageKind = 1;

    /// <summary>Name of the bytes in a message.</summary>
    internal const string MessageBytes = "m";

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private Task<RoomDoor>? _door;
    private Messenger? _host;
    private AndroidPlatform? _platform;
    private SoftPosTerminal? _terminal;

    /// <summary>The room of this process, while it lives.</summary>
    internal static SecureRoom? Current { get; private set; }

    internal TapStage Stage { get; private set; } = null!;

    internal Deployment Deployment { get; private set; } = null!;

    internal Theme Looks { get; private set; } = null!;

    internal string Language { get; private set; } = "en";

    /// <inheritdoc/>
    public override void OnCreate()
    {
        base.OnCreate();
        Deployment = AndroidFiles.ReadDeployment(this);
        Looks = AndroidFiles.ReadTheme(this);
        Language = AndroidFiles.LanguageOf(this);
        Stage = new TapStage(this);
        Current = this;
        _door = OpenAsync();
    }

    /// <inheritdoc/>
    public override IBinder? OnBind(Intent? intent) => Looper.MainLooper is { } main ? new Messenger(new Inbox(this, main)).Binder : null;

    /// <inheritdoc/>
    public override void OnDestroy()
    {
        Current = null;
        _closing.Cancel();
        if (_terminal is { } terminal)
        {
            _ = CloseAsync(terminal);
        }

        base.OnDestroy();
    }

    /// <summary>An action that was touched on the tap screen.</summary>
    internal void Act(string action, string? text)
    {
        if (action == ScreenActions.Cancel)
        {
            Stage.Cancelled?.Invoke();
        }
    }

    /// <summary>The cardholder asked for the guided entry on the tap screen.</summary>
    internal void OfferGuidance() => _platform?.OfferGuidance();

    private async Task<RoomDoor> OpenAsync()
    {
        NfcAdapter? adapter = NfcAdapter.GetDefaultAdapter(this);
        AndroidReader reader = new(Stage, adapter);
        _platform = await Task.Run(() => new AndroidPlatform(this, Deployment, reader, adapter)).ConfigureAwait(false);
        _terminal = await SoftPosTerminal.CreateAsync(
            new TerminalOptions { Backend = Deployment.Backend, Platform = _platform, ServerKeyPins = Deployment.ServerKeyPins, Language = Language },
            _closing.Token).ConfigureAwait(false);
        RoomDoor door = new(_terminal, Send, Stage.Show);
        Stage.Cancelled = door.Cancel;
        return door;
    }

    private async Task CloseAsync(SoftPosTerminal terminal)
    {
        if (_door is { IsCompletedSuccessfully: true })
        {
            (await _door.ConfigureAwait(false)).Dispose();
        }

        await terminal.DisposeAsync().ConfigureAwait(false);
        _platform?.Dispose();
        _closing.Dispose();
    }

    private async Task ReceiveAsync(byte[] message, Messenger? host)
    {
        lock (_lock)
        {
            _host = host ?? _host;
        }

        RoomDoor door = await _door!.ConfigureAwait(false);
        await door.ReceiveAsync(message, _closing.Token).ConfigureAwait(false);
    }

    private void Send(byte[] answer)
    {
        Messenger? host;
        lock (_lock)
        {
            host = _host;
        }

        if (host is not null && RoomParcel.Of(answer) is { } message)
        {
            host.Send(message);
        }
    }

    /// <summary>Takes messages of this app only: another uid is dropped even if the manifest were wrong.</summary>
    private sealed class Inbox(SecureRoom room, Looper looper) : Handler(looper)
    {
        public override void HandleMessage(Message msg)
        {
            if (msg.What == MessageKind && msg.SendingUid == Process.MyUid() && RoomParcel.Read(msg) is { } bytes)
            {
                _ = room.ReceiveAsync(bytes, msg.ReplyTo);
            }
        }
    }
}
