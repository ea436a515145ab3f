using Android.Content;

namespace SoftPos.Terminal.Android;

/// <summary>Where the tap screen is found while it is in the foreground, and brought there when it is not.</summary>
internal sealed class TapStage(Context context)
{
    /// <summary>The system brings a screen up within a second or two; after this it does not want to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private TaskCompletionSource<TapActivity> _coming = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TapActivity? _screen;

    /// <summary>What is shown now; the screen takes it up when it comes.</summary>
    public PaymentScreen? State { get; private set; }

    /// <summary>Called when the merchant cancels on the tap screen, or leaves it while a card is awaited.</summary>
    public Action? Cancelled { get; set; }

    /// <summary>Shows a state of the payment; brings the screen up at the first.</summary>
    public void Show(PaymentScreen state)
    {
        TapActivity? screen;
        lock (_lock)
        {
            State = state;
            screen = _screen;
        }

        if (screen is not null)
        {
            screen.Render(state);
        }
        else if (state.Stage is not PaymentStage.Finished)
        {
            Bring();
        }
    }

    /// <summary>The screen, when it is in the foreground.</summary>
    /// <exception cref="CardReaderException">The system did not bring it up: the app is not in the foreground.</exception>
    public async Task<TapActivity> WaitAsync(CancellationToken cancellation)
    {
        Task<TapActivity> coming;
        lock (_lock)
        {
            coming = _screen is { } here ? Task.FromResult(here) : _coming.Task;
        }

        if (!coming.IsCompleted)
        {
            Bring();
        }

        try
        {
            return await coming.WaitAsync(Patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CardReaderException("the tap screen did not come to the foreground");
        }
    }

    internal void Enter(TapActivity screen)
    {
        lock (_lock)
        {
            _screen = screen;
            _coming.TrySetResult(screen);
        }
    }

    internal void Leave(TapActivity screen)
    {
        lock (_lock)
        {
            if (_screen == screen)
            {
                _screen = null;
                _coming = new TaskCompletionSource<TapActivity>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Bring()
    {
        Intent intent = new(context, typeof(TapActivity));
        intent.AddFlags(ActivityFlags.NewTask | ActivityFlags.SingleTop);
        context.StartActivity(intent);
    }
}
