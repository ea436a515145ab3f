using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>The key room of this node: in this process, or in another one of the machine, so that this one holds no key bytes.</summary>
internal sealed class OpenKeyRoom : IDisposable
{
    private readonly IDisposable[] _owned;

    private OpenKeyRoom(IKeyRoom room, params IDisposable[] owned)
    {
        Room = room;
        _owned = owned;
    }

    public IKeyRoom Room { get; }

    /// <exception cref="InvalidDataException">Keys and master key do not belong together, or no room answers; the message says what to do.</exception>
    public static async Task<OpenKeyRoom> OpenAsync(BackendOptions options, Database database, TimeProvider clock, CancellationToken cancellation)
    {
        if (options.KeyRoomSocket is { } socket)
        {
            RemoteKeyRoom remote = await RemoteKeyRoom.ConnectAsync(socket, isProduction: !options.Sandbox, clock, cancellation);
            return new OpenKeyRoom(remote, remote);
        }

        MasterKey master = MasterKey.OpenOrCreate(Path.Combine(options.DataFolder, "master.key"));
        try
        {
            KeyRoomPolicy policy = options.Sandbox ? KeyRoomPolicy.Sandbox with { Zone = options.SandboxZone } : KeyRoomPolicy.Production;
            SoftwareKeyRoom room = await SoftwareKeyRoom.OpenAsync(database, master, policy, clock, cancellation);
            return new OpenKeyRoom(room, room, master);
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (IDisposable one in _owned)
        {
            one.Dispose();
        }
    }
}
