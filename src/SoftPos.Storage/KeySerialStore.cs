using System.Buffers.Binary;

namespace SoftPos.Storage;

/// <summary>Last counters of initial keys.</summary>
public sealed class KeySerialStore
{
    private readonly Database _database;

    internal KeySerialStore(Database database) => _database = database;

    /// <summary>The last counter that was taken under an initial key; 0 before the first.</summary>
    /// <param name="initialKeyId">8 bytes.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<long> LastCounterAsync(byte[] initialKeyId, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.First("SELECT counter FROM key_serial WHERE initial_key_id = $1", static r => r.GetInt64(0), initialKeyId), cancellation);
}

/// <summary>Key serial numbers of AES DUKPT that were seen: one row for each initial key, holding its last counter.</summary>
public static class KeySerialWrites
{
    /// <summary>Length of a key serial number: 8 bytes initial key identity, 4 bytes counter (ANSI X9.24-3).</summary>
    public const int SerialLength = 12;

    private const int IdentityLength = 8;

    /// <summary>
    /// Takes a key serial number, once: its counter must be above the last one of the same initial key, else the whole change is refused with
    /// <see cref="ChangeRefusal.KeySerialSeen"/>. A terminal's counters only go up, so an older one is a copy or a fork.
    /// </summary>
    public static Change TakeKeySerial(this Change change, ReadOnlySpan<byte> keySerial)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keySerial.Length, SerialLength);
        byte[] identity = keySerial[..IdentityLength].ToArray();
        long counter = BinaryPrimitives.ReadUInt32BigEndian(keySerial[IdentityLength..]);
        return change
            .Require((session, _) => session.First("SELECT counter FROM key_serial WHERE initial_key_id = $1", static r => r.GetInt64(0), identity) < counter
                ? ChangeRefusal.None
                : ChangeRefusal.KeySerialSeen)
            .Write((session, _) => session.Execute(
                "INSERT INTO key_serial(initial_key_id, counter) VALUES($1, $2) ON CONFLICT(initial_key_id) DO UPDATE SET counter = $2", identity, counter));
    }
}
