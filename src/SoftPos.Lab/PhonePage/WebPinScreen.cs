using SoftPos.Terminal;
using SoftPos.Terminal.Screens;

namespace SoftPos.Lab.PhonePage;

/// <summary>
/// The SDK's PIN screen drawn on a page. Touches come in as places, marks go out; which key a place meant, the component behind the port
/// alone knows. A browser is no secure screen: this is for the cards of the lab.
/// </summary>
/// <param name="language">Tag of the merchant's language now.</param>
/// <param name="clock">Clock of the lab.</param>
/// <param name="show">Shows the pad, or takes it away.</param>
internal sealed class WebPinScreen(Func<string> language, TimeProvider clock, Action<PinView?> show) : IPinScreen
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(500);

    private PinPad? _pad;
    private PinView? _view;

    public bool IsGuided => false;

    public async Task ServeAsync(PinPad pad, PinPrompt prompt, CancellationToken cancellation)
    {
        PinScreenTexts texts = new(language());
        _view = new PinView
        {
            Title = texts.Title,
            Amount = PinScreenTexts.Amount(prompt),
            Merchant = prompt.Merchant,
            Rows = [.. Enumerable.Range(0, PinLayout.Rows).Select(row => RowOf(pad.Layout, row, texts))],
            IsRightToLeft = texts.IsRightToLeft,
            Language = texts.Language,
        };
        _pad = pad;
        show(_view);
        try
        {
            using PeriodicTimer timer = new(TickEvery, clock);
            while (!pad.Ended.IsCompleted && !cancellation.IsCancellationRequested)
            {
                await Task.WhenAny(pad.Ended, timer.WaitForNextTickAsync(cancellation).AsTask()).ConfigureAwait(false);
                pad.Tick();
            }
        }
        finally
        {
            _pad = null;
            _view = null;
            show(null);
        }
    }

    /// <summary>A finger touched a place of the pad, in fractions from the top left.</summary>
    public void Touch(double x, double y)
    {
        if (_pad is not { } pad || _view is not { } view)
        {
            return;
        }

        PinFeedback feedback = pad.Touch(x, y);
        if (_pad is not null)
        {
            _view = view with { Marks = PinScreenTexts.Marks(feedback.Count), Hint = new PinScreenTexts(view.Language).Hint(feedback.Cue) };
            show(_view);
        }
    }

    /// <summary>The page is no longer before the cardholder.</summary>
    public void Interrupt() => _pad?.Interrupt();

    private static string[] RowOf(PinLayout layout, int row, PinScreenTexts texts) =>
        [.. Enumerable.Range(0, row == PinLayout.DigitRows ? 1 : PinLayout.Columns).Select(column => layout.At(row, column) switch
        {
            PinKey.Clear => texts.Clear,
            PinKey.Enter => texts.Enter,
            PinKey.Cancel => texts.Cancel,
            PinKey key => ((int)key).ToString(System.Globalization.CultureInfo.InvariantCulture),
        })];
}
