namespace SoftPos.Terminal;

/// <summary>
/// What the guided entry lets hear, as samples that are computed here: no recording, no speech engine, and one waveform for each cue whatever
/// the key was.
/// </summary>
internal static class GuideTones
{
    /// <summary>Samples per second, 16 bits, one channel.</summary>
    public const int Rate = 44_100;

    private const double Loudness = 0.5;
    private const int EdgeSamples = Rate / 200;

    /// <summary>Samples of a cue; none for a cue that is silent.</summary>
    public static short[] Of(GuideCue cue) => cue switch
    {
        GuideCue.Border => Tone(1200, 15),
        GuideCue.Taken => Tone(660, 120),
        GuideCue.Cleared => [.. Tone(440, 90), .. new short[Rate / 20], .. Tone(330, 90)],
        GuideCue.TooShort => Tone(220, 300),
        GuideCue.Ended => [.. Tone(660, 90), .. new short[Rate / 20], .. Tone(880, 160)],
        _ => [],
    };

    private static short[] Tone(double hertz, int milliseconds)
    {
        short[] samples = new short[Rate * milliseconds / 1000];
        for (int at = 0; at < samples.Length; at++)
        {
            // Soft edges: a hard one clicks.
            double edge = Math.Min(1, Math.Min(at, samples.Length - 1 - at) / (double)EdgeSamples);
            samples[at] = (short)(Math.Sin(2 * Math.PI * hertz * at / Rate) * edge * Loudness * short.MaxValue);
        }

        return samples;
    }
}
