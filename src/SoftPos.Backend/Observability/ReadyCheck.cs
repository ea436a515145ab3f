using System.Security.Cryptography;
using SoftPos.Keys;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Backend.Observability;

/// <summary>Whether a node can do its work, and what it lacks. Words only: the answer is for whoever asks.</summary>
/// <param name="Storage">The store answers.</param>
/// <param name="KeyRoom">The key room opens what it sealed.</param>
/// <param name="Acquirer">A link to the acquirer takes messages.</param>
/// <param name="Policy">A policy appraises.</param>
internal sealed record ReadyAnswer(bool Storage, bool KeyRoom, bool Acquirer, bool Policy)
{
    /// <summary>All of it.</summary>
    public bool IsReady => Storage && KeyRoom && Acquirer && Policy;
}

/// <summary>Asks the rooms whether they can do their work.</summary>
internal sealed class ReadyCheck(Rooms rooms)
{
    private const int ProbeLength = 16;

    /// <summary>A room that takes longer is not ready: whoever asks has a patience of some seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly byte[] Purpose = "softpos ready 1"u8.ToArray();

    public async Task<ReadyAnswer> AskAsync(CancellationToken cancellation) => new(
        await WorksAsync(StorageAsync, cancellation),
        await WorksAsync(KeyRoomAsync, cancellation),
        rooms.Routes.States.Any(static one => one.Link.State is LinkState.Up),
        rooms.Monitoring.Policy.Current.Rules.Count > 0);

    private static async Task<bool> WorksAsync(Func<CancellationToken, Task<bool>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask(cancellation).WaitAsync(Patience, cancellation);
        }
#pragma warning disable CA1031 // Whatever stands in the way, the room is not ready; the fault itself is told by those who need the room.
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task<bool> StorageAsync(CancellationToken cancellation) =>
        await rooms.Database.Settings.FindAsync("installation.kind", cancellation) is not null;

    private async Task<bool> KeyRoomAsync(CancellationToken cancellation)
    {
        byte[] probe = RandomNumberGenerator.GetBytes(ProbeLength);
        byte[] sealedProbe = await rooms.KeyRoom.SealForStorageAsync(probe, Purpose, cancellation);
        return await rooms.KeyRoom.UnsealFromStorageAsync(sealedProbe, Purpose, cancellation) is { } opened && opened.AsSpan().SequenceEqual(probe);
    }
}
