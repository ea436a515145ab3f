using Android.Content;
using Android.Media;
using Android.Speech.Tts;

namespace SoftPos.Terminal.Android;

/// <summary>
/// What the guided entry lets hear. During the entry only tones, whose samples this SDK computes: one for each cue and the same for every key.
/// Speech comes before the first touch only, says the amount, the merchant and how the pad works, and stops with the first tone: a speech
/// engine is another program and must not learn when a key was taken.
/// </summary>
internal sealed class GuideVoice : IDisposable
{
    private readonly Dictionary<GuideCue, AudioTrack> _tones = [];
    private readonly TextToSpeech _speech;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSilent;

    public GuideVoice(Context context)
    {
        foreach (GuideCue cue in Enum.GetValues<GuideCue>())
        {
            if (GuideTones.Of(cue) is { Length: > 0 } samples)
            {
                _tones[cue] = Track(samples);
            }
        }

        _speech = new TextToSpeech(context, new Started(_ready));
    }

    /// <summary>Says how it works, when the engine is there in time; the entry does not wait for it.</summary>
    public async void Introduce(string text, string language)
    {
        if (await _ready.Task && !_isSilent)
        {
            _speech.SetLanguage(Java.Util.Locale.ForLanguageTag(language));
            _speech.Speak(text, QueueMode.Flush, null, "softpos-intro");
        }
    }

    /// <summary>Gives a tone.</summary>
    public void Play(GuideCue cue)
    {
        Silence();
        if (_tones.TryGetValue(cue, out AudioTrack? tone))
        {
            tone.Stop();
            tone.ReloadStaticData();
            tone.Play();
        }
    }

    public void Dispose()
    {
        Silence();
        foreach (AudioTrack tone in _tones.Values)
        {
            tone.Release();
        }

        _tones.Clear();
    }

    private void Silence()
    {
        if (!_isSilent)
        {
            _isSilent = true;
            _speech.Stop();
            _speech.Shutdown();
        }
    }

    private static AudioTrack Track(short[] samples)
    {
        AudioAttributes.Builder use = new();
        use.SetUsage(AudioUsageKind.AssistanceAccessibility);
        use.SetContentType(AudioContentType.Sonification);
        use.SetAllowedCapturePolicy(CapturePolicies.ByNone);
        AudioFormat.Builder form = new();
        form.SetEncoding(Encoding.Pcm16bit);
        form.SetSampleRate(GuideTones.Rate);
        form.SetChannelMask(ChannelOut.Mono);
        AudioTrack track = new AudioTrack.Builder()
            .SetAudioAttributes(use.Build()!)
            .SetAudioFormat(form.Build()!)
            .SetBufferSizeInBytes(samples.Length * sizeof(short))
            .SetTransferMode(AudioTrackMode.Static)
            .Build();
        track.Write(samples, 0, samples.Length);
        return track;
    }

    private sealed class Started(TaskCompletionSource<bool> ready) : Java.Lang.Object, TextToSpeech.IOnInitListener
    {
        public void OnInit(OperationResult status) => ready.TrySetResult(status is OperationResult.Success);
    }
}
