using System.Security.Cryptography;
using Android.Nfc;
using Android.Nfc.Tech;
using Android.OS;

namespace SoftPos.Terminal.Android;

/// <summary>An activated card over ISO/IEC 14443-4.</summary>
internal sealed class IsoDepChannel : CardChannel
{
    /// <summary>
    /// Longest wait for one answer. The longest frame waiting time of EMV Level 1 is about a second and a card may ask for it again; after
    /// this it does not answer.
    /// </summary>
    private const int TimeoutMs = 5_000;

    private const int RemovalDebounceMs = 250;
    private const int StatusWordLength = 2;

    private readonly IsoDep _card;
    private readonly Tag _tag;
    private readonly NfcAdapter _adapter;
    private readonly TapActivity _screen;
    private bool _isOpen = true;

    private IsoDepChannel(IsoDep card, Tag tag, NfcAdapter adapter, TapActivity screen)
    {
        _card = card;
        _tag = tag;
        _adapter = adapter;
        _screen = screen;
    }

    /// <summary>Activates the card; null when it is gone.</summary>
    public static Task<IsoDepChannel?> OpenAsync(IsoDep card, Tag tag, NfcAdapter adapter, TapActivity screen) => Task.Run(() =>
    {
        try
        {
            card.Connect();
            card.Timeout = TimeoutMs;
            return new IsoDepChannel(card, tag, adapter, screen);
        }
        catch (Exception fault) when (IsCardGone(fault))
        {
            return null;
        }
    });

    public override async ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(!_isOpen, this);

        // The call blocks until the card answers, leaves or the time is up; an exchange cannot be cancelled half-way.
        return await Task.Run(() => Transceive(command), cancellation).ConfigureAwait(false);
    }

    public override async ValueTask WaitForRemovalAsync(CancellationToken cancellation)
    {
        TaskCompletionSource removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration end = cancellation.Register(() => removed.TrySetCanceled(cancellation));

        // The system watches the card and calls when it is gone; it gives it to nobody meanwhile.
        if (Looper.MainLooper is { } main && _adapter.Ignore(_tag, RemovalDebounceMs, new Removal(removed), new Handler(main)))
        {
            await removed.Task.ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        try
        {
            _card.Close();
        }
        catch (Exception fault) when (IsCardGone(fault))
        {
            // It left first.
        }

        await _screen.ReaderOffAsync(_adapter).ConfigureAwait(false);
    }

    private byte[]? Transceive(ReadOnlyMemory<byte> command)
    {
        byte[] sent = command.ToArray();
        try
        {
            byte[]? answer = _card.Transceive(sent);
            if (answer is { Length: >= StatusWordLength and <= MaxResponse })
            {
                return answer;
            }

            CryptographicOperations.ZeroMemory(answer);
            return null;
        }
        catch (Exception fault) when (IsCardGone(fault))
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(sent);
        }
    }

    /// <summary>A lost tag, a radio error, or a handle that the system invalidated because another card came.</summary>
    private static bool IsCardGone(Exception fault) =>
        fault is TagLostException or Java.IO.IOException or Java.Lang.SecurityException or Java.Lang.IllegalStateException;

    private sealed class Removal(TaskCompletionSource removed) : Java.Lang.Object, NfcAdapter.IOnTagRemovedListener
    {
        public void OnTagRemoved() => removed.TrySetResult();
    }
}
