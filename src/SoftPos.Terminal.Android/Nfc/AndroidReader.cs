using Android.Nfc;
using Android.Nfc.Tech;

namespace SoftPos.Terminal.Android;

/// <summary>
/// The phone's contactless reader. It works in reader mode of the tap screen only: while that screen is in the foreground the system gives
/// every card to it and to no other app, no app is started for a card, and the phone emulates none (requirements ACC-04).
/// </summary>
internal sealed class AndroidReader(TapStage stage, NfcAdapter? adapter) : CardReader
{
    /// <summary>Payment cards are of type A or B; nothing else is polled for, and no other app's record is looked for on the card.</summary>
    public const NfcReaderFlags Flags = NfcReaderFlags.NfcA | NfcReaderFlags.NfcB | NfcReaderFlags.SkipNdefCheck | NfcReaderFlags.NoPlatformSounds;

    /// <summary>The system's own presence check would send frames between two commands; it waits longer than any transaction.</summary>
    public const int PresenceCheckDelayMs = 30_000;

    public override string Name => "Android NFC";

    internal override async ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        if (adapter is null || !IsOn(adapter))
        {
            throw new CardReaderException(adapter is null ? "this phone has no NFC" : "NFC is off");
        }

        while (true)
        {
            TapActivity screen = await stage.WaitAsync(cancellation).ConfigureAwait(false);
            Tag tag = await screen.WaitForTagAsync(adapter, cancellation).ConfigureAwait(false);
            if (IsoDep.Get(tag) is { } card && await IsoDepChannel.OpenAsync(card, tag, adapter, screen).ConfigureAwait(false) is { } channel)
            {
                return channel;
            }

            // Not a payment card, or gone before it was activated: the field goes off and on again.
            await screen.ReaderOffAsync(adapter).ConfigureAwait(false);
        }
    }

    /// <summary>NFC is on, and so is its reader mode where the phone has a switch for that.</summary>
    public static bool IsOn(NfcAdapter adapter) => adapter.IsEnabled
        && (!OperatingSystem.IsAndroidVersionAtLeast(35) || !adapter.IsReaderOptionSupported || adapter.IsReaderOptionEnabled);
}
