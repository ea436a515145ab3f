namespace SoftPos.Terminal;

/// <summary>This app: is it the one that was released, where it was put, with what the release knows.</summary>
internal static class AppProbes
{
    /// <summary>The watchdog runs every second; three times that is a phone under load.</summary>
    private static readonly TimeSpan WatchdogPatience = TimeSpan.FromSeconds(3);

    public static IEnumerable<IProbe> Of(IPhoneSystem phone, AppRelease release) =>
    [
        new SystemProbe("repack.signer", () => Sight.Of(phone.Own is { } own ? !own.SignerDigest.AsSpan().SequenceEqual(release.SignerDigest) : null, "signer")),
        new SystemProbe("repack.digest", () => Digests(phone, release)),
        new SystemProbe("repack.splits", () => Sight.Of(phone.Own?.Splits.Except(release.Splits).Any(), "unknown part")),
        new SystemProbe("clone.restored", () => Restored(phone)),
        new SystemProbe("nfc.unavailable", () => Sight.Of(phone.Reader is { } reader ? !reader.IsPresent || !reader.IsOn : null, phone.Reader?.IsPresent == true ? "off" : "none")),
        new SystemProbe("self.tripwire", () => Sight.Of(phone.Guards?.IsTripwireTouched, "touched")),
        new SystemProbe("self.watchdog", () => Sight.Of(phone.Guards is { } guards ? guards.WatchdogSilence > WatchdogPatience : null, "late")),
    ];

    private static Sight Digests(IPhoneSystem phone, AppRelease release)
    {
        if (phone.Own?.FileDigests is not { } files)
        {
            return Sight.Unavailable;
        }

        string? changed = release.FileDigests.FirstOrDefault(file => !files.TryGetValue(file.Key, out string? digest) || digest != file.Value).Key
            ?? files.Keys.FirstOrDefault(file => !release.FileDigests.ContainsKey(file));
        return Sight.Of(changed);
    }

    private static Sight Restored(IPhoneSystem phone) => phone.Binding is not { } binding ? Sight.Unavailable
        : binding.StoredIdentity.Length == 0 ? Sight.Clean
        : Sight.Of(binding.StoredIdentity != binding.Identity ? "identity" : binding.Boots < binding.StoredBoots ? "boot count" : null);
}
