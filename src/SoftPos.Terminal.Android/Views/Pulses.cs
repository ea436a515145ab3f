using Android.Content;
using Android.OS;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>What a screen lets feel. One pattern for each meaning.</summary>
public static class Pulses
{
    private const int ShortMs = 40, PauseMs = 80, LongMs = 250;

    /// <summary>Gives the pulse of a screen, where the phone has a motor.</summary>
    public static void Feel(Context context, ScreenPulse pulse)
    {
        VibrationEffect? effect = pulse switch
        {
            ScreenPulse.Short => VibrationEffect.CreateOneShot(ShortMs, VibrationEffect.DefaultAmplitude),
            ScreenPulse.Double => VibrationEffect.CreateWaveform([0, ShortMs, PauseMs, ShortMs], -1),
            ScreenPulse.Long => VibrationEffect.CreateOneShot(LongMs, VibrationEffect.DefaultAmplitude),
            _ => null,
        };
        if (effect is not null)
        {
            Give(context, effect);
        }
    }

    /// <summary>The pulse of the PIN pad: the same for every key.</summary>
    internal static void FeelKey(Context context)
    {
        if (VibrationEffect.CreateOneShot(ShortMs / 2, VibrationEffect.DefaultAmplitude) is { } effect)
        {
            Give(context, effect);
        }
    }

    private static void Give(Context context, VibrationEffect effect)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.GetSystemService(Context.VibratorManagerService) is VibratorManager { DefaultVibrator: { HasVibrator: true } motor })
        {
            motor.Vibrate(effect);
        }
    }
}
