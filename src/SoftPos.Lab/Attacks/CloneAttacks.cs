using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Attacks with copies of a phone's storage.</summary>
internal static class CloneAttacks
{
    public static async Task<AttackOutcome> CopyAsync(AttackGround ground, CancellationToken cancellation)
    {
        string original = ground.NewFolder();
        string copy = ground.NewFolder();
        await using (VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, at: original).ConfigureAwait(false))
        {
            await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        }

        Copy(original, copy);
        await using VirtualTerminal.VirtualTerminal first = await ground.OpenAsync(cancellation, at: original).ConfigureAwait(false);
        await using VirtualTerminal.VirtualTerminal second = await ground.OpenAsync(cancellation, at: copy).ConfigureAwait(false);
        await first.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return AttackOutcome.Of(await second.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> RollBackAsync(AttackGround ground, CancellationToken cancellation)
    {
        string place = ground.NewFolder();
        string yesterday = ground.NewFolder();
        await using (VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, at: place).ConfigureAwait(false))
        {
            await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        }

        Copy(place, yesterday);
        await using (VirtualTerminal.VirtualTerminal phone = await ground.OpenAsync(cancellation, at: place).ConfigureAwait(false))
        {
            await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        }

        Directory.Delete(place, recursive: true);
        Copy(yesterday, place);
        await using VirtualTerminal.VirtualTerminal again = await ground.OpenAsync(cancellation, at: place).ConfigureAwait(false);
        return AttackOutcome.Of(await again.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false));
    }

    /// <summary>Only what an app can read of itself is copied; the hardware's keys stay behind.</summary>
    public static async Task<AttackOutcome> MoveAsync(AttackGround ground, CancellationToken cancellation)
    {
        string original = ground.NewFolder();
        string other = ground.NewFolder();
        await using (VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, at: original).ConfigureAwait(false))
        {
            await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        }

        Copy(original, other);
        foreach (string keys in Directory.EnumerateDirectories(other, "*key*").ToArray())
        {
            Directory.Delete(keys, recursive: true);
        }

        foreach (string key in Directory.EnumerateFiles(other, "*key*", SearchOption.AllDirectories).ToArray())
        {
            File.Delete(key);
        }

        await using VirtualTerminal.VirtualTerminal moved = await ground.OpenAsync(cancellation, at: other).ConfigureAwait(false);
        PaymentResult sale = await moved.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        return AttackOutcome.Of(sale, "terminal");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
        }
    }
}
