using Android.Content;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>One PIN entry that waits for its screen, or is on it.</summary>
internal sealed record PinEntry(PinPad Pad, PinPrompt Prompt, bool IsGuided, PinScreenTexts Texts, ScreenWatch Watch);

/// <summary>
/// The SDK's PIN screen on Android: an activity of its own in the SDK's own process. The entry is handed over in memory; no intent, no bundle
/// and no saved state ever holds anything of it.
/// </summary>
internal sealed class AndroidPinScreen(Context context, ScreenWatch watch) : IPinScreen
{
    private int _isGuided;

    /// <summary>The entry of this process, or null. There is one at most: the terminal takes one payment at a time.</summary>
    internal static PinEntry? Entry { get; private set; }

    public bool IsGuided => Volatile.Read(ref _isGuided) != 0;

    /// <summary>The cardholder asked for the guided entry; it holds for the next entry only.</summary>
    public void OfferGuidance() => Volatile.Write(ref _isGuided, 1);

    public async Task ServeAsync(PinPad pad, PinPrompt prompt, CancellationToken cancellation)
    {
        string language = SecureRoom.Current?.Language ?? "en";
        Entry = new PinEntry(pad, prompt, IsGuided, new PinScreenTexts(language), watch);
        try
        {
            Intent intent = new(context, typeof(PinActivity));
            intent.AddFlags(ActivityFlags.NewTask | ActivityFlags.SingleTop | ActivityFlags.NoHistory | ActivityFlags.ExcludeFromRecents);
            context.StartActivity(intent);
            await pad.Ended.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            pad.Interrupt();
        }
        finally
        {
            Entry = null;
            Volatile.Write(ref _isGuided, 0);
        }
    }
}
