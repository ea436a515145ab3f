using Android.Content;
using Android.Nfc;
using Android.OS;
using Android.Runtime;
using Android.Views;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The SDK's own tap screen, in the SDK's own process. It shows the states of a payment and owns the reader mode: on only while it is resumed
/// and a card is awaited. Leaving it while a card is awaited cancels the payment.
/// </summary>
[Register("org.opensoftpos.terminal.TapActivity")]
public sealed class TapActivity : Activity
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<Tag>? _awaited;
    private ScreenView? _view;

    /// <inheritdoc/>
    protected override void OnCreate(Bundle? savedInstanceState)
    {
        // Nothing is kept between two lives of this screen: what is shown comes from the payment that runs.
        base.OnCreate(null);
        SecureWindow.Apply(this);
        if (SecureRoom.Current is not { } room)
        {
            Finish();
            return;
        }

        _view = new ScreenView(this, room.Looks, room.Act);
        SetContentView(_view);
        if (room.Stage.State is { } state)
        {
            Render(state);
        }
    }

    /// <inheritdoc/>
    protected override void OnResume()
    {
        base.OnResume();
        SecureRoom.Current?.Stage.Enter(this);
    }

    /// <inheritdoc/>
    protected override void OnPause()
    {
        bool isWaiting;
        lock (_lock)
        {
            isWaiting = _awaited is not null;
        }

        SecureRoom.Current?.Stage.Leave(this);
        if (isWaiting)
        {
            // The system has ended reader mode; a card that comes now belongs to whoever is in front.
            SecureRoom.Current?.Stage.Cancelled?.Invoke();
        }

        base.OnPause();
    }

    /// <inheritdoc/>
    protected override void OnSaveInstanceState(Bundle outState)
    {
        // Not even the states of its views are kept.
        outState.Clear();
    }

    /// <inheritdoc/>
    public override bool DispatchTouchEvent(MotionEvent? ev)
    {
        if (ev is { ActionMasked: MotionEventActions.PointerDown, PointerCount: 2 })
        {
            SecureRoom.Current?.OfferGuidance();
        }

        return base.DispatchTouchEvent(ev);
    }

    internal void Render(PaymentScreen state) => RunOnUiThread(() =>
    {
        if (state.Stage is PaymentStage.Finished)
        {
            Finish();
        }
        else if (SecureRoom.Current is { } room && state.Stage is not PaymentStage.EnterPin)
        {
            ScreenModel model = new MerchantScreens(room.Language).Payment(state);
            _view?.Show(model);
            Pulses.Feel(this, model.Pulse);
        }
    });

    /// <summary>Turns the reader on and waits for a card.</summary>
    internal async Task<Tag> WaitForTagAsync(NfcAdapter adapter, CancellationToken cancellation)
    {
        TaskCompletionSource<Tag> awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration end = cancellation.Register(() => awaited.TrySetCanceled(cancellation));
        lock (_lock)
        {
            _awaited = awaited;
        }

        try
        {
            await OnScreenAsync(() =>
            {
                Bundle extras = new();
                extras.PutInt(NfcAdapter.ExtraReaderPresenceCheckDelay, AndroidReader.PresenceCheckDelayMs);
                adapter.EnableReaderMode(this, new Discovery(this), AndroidReader.Flags, extras);
            }).ConfigureAwait(false);
            return await awaited.Task.ConfigureAwait(false);
        }
        catch
        {
            await ReaderOffAsync(adapter).ConfigureAwait(false);
            throw;
        }
        finally
        {
            lock (_lock)
            {
                _awaited = null;
            }
        }
    }

    /// <summary>Turns the reader off.</summary>
    internal Task ReaderOffAsync(NfcAdapter adapter) => OnScreenAsync(() =>
    {
        if (!IsDestroyed)
        {
            adapter.DisableReaderMode(this);
        }
    });

    private Task OnScreenAsync(Action act)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RunOnUiThread(() =>
        {
            try
            {
                act();
                done.TrySetResult();
            }
            catch (Exception fault) when (fault is Java.Lang.RuntimeException)
            {
                // The radio's process died, or the screen went meanwhile.
                done.TrySetException(new CardReaderException("the contactless reader does not answer"));
            }
        });
        return done.Task;
    }

    private void Found(Tag tag)
    {
        lock (_lock)
        {
            _awaited?.TrySetResult(tag);
        }
    }

    private sealed class Discovery(TapActivity screen) : Java.Lang.Object, NfcAdapter.IReaderCallback
    {
        public void OnTagDiscovered(Tag? tag)
        {
            if (tag is not null)
            {
                screen.Found(tag);
            }
        }
    }
}
