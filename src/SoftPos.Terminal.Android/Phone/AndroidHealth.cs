using Android.Content;
using Android.OS;

namespace SoftPos.Terminal.Android;

/// <summary>Health figures by the names that the back end's policy knows, from what Android says without a permission.</summary>
internal sealed class AndroidHealth(Context context, BuildStamp? stamp)
{
    private const double BytesPerMegabyte = 1024 * 1024;
    private const int MaxExits = 16;

    public IReadOnlyDictionary<string, double> Read()
    {
        Dictionary<string, double> figures = new(StringComparer.Ordinal);
        Battery(figures);
        if (context.GetSystemService(Context.PowerService) is PowerManager power)
        {
            figures["thermalStatus"] = (int)power.CurrentThermalStatus;
            figures["powerSaving"] = power.IsPowerSaveMode ? 1 : 0;
        }

        if (context.GetSystemService(Context.ActivityService) is ActivityManager activities)
        {
            ActivityManager.MemoryInfo memory = new();
            activities.GetMemoryInfo(memory);
            figures["memoryFreeMegabytes"] = Math.Round(memory.AvailMem / BytesPerMegabyte);
            figures["memoryLow"] = memory.LowMemory ? 1 : 0;
            figures["crashesSinceLast"] = Crashes(activities);
        }

        if (context.DataDir?.AbsolutePath is { } folder)
        {
            using StatFs storage = new(folder);
            figures["storageFreeMegabytes"] = Math.Round(storage.AvailableBytes / BytesPerMegabyte);
        }

        figures["uptimeSeconds"] = Math.Round(SystemClock.ElapsedRealtime() / 1000.0);
        if (stamp is not null)
        {
            figures[BuildStamp.EpochFigure] = stamp.Epoch;
            figures[BuildStamp.ExpiryFigure] = stamp.ExpiryDays;
        }

        return figures;
    }

    private void Battery(Dictionary<string, double> figures)
    {
        // A sticky broadcast: asked without a receiver, it answers at once.
        using IntentFilter filter = new(Intent.ActionBatteryChanged);
        if (context.RegisterReceiver(null, filter) is not { } battery)
        {
            return;
        }

        int level = battery.GetIntExtra(BatteryManager.ExtraLevel, -1), scale = battery.GetIntExtra(BatteryManager.ExtraScale, -1);
        if (level >= 0 && scale > 0)
        {
            figures["batteryLevelPercent"] = Math.Round(100.0 * level / scale);
        }

        if (battery.GetIntExtra(BatteryManager.ExtraTemperature, int.MinValue) is > int.MinValue and var tenths)
        {
            figures["batteryTemperatureCelsius"] = tenths / 10.0;
        }

        figures["batteryCharging"] = battery.GetIntExtra(BatteryManager.ExtraPlugged, 0) != 0 ? 1 : 0;
        figures["batteryHealth"] = battery.GetIntExtra(BatteryManager.ExtraHealth, 1);
        if (OperatingSystem.IsAndroidVersionAtLeast(34) && battery.GetIntExtra(BatteryManager.ExtraCycleCount, -1) is >= 0 and var cycles)
        {
            figures["batteryCycles"] = cycles;
        }
    }

    /// <summary>Crashes of the last hour: Java, native, not responding.</summary>
    private static int Crashes(ActivityManager activities)
    {
        long since = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        return activities.GetHistoricalProcessExitReasons(null, 0, MaxExits).Count(exit => exit.Timestamp >= since
            && (ApplicationExitInfoReason)exit.Reason is ApplicationExitInfoReason.Crash or ApplicationExitInfoReason.CrashNative or ApplicationExitInfoReason.Anr);
    }
}
