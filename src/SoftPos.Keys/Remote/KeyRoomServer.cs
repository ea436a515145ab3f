using System.Net.Sockets;
using System.Text;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>
/// A key room for other processes of this machine, behind a Unix socket that only its owner may use. What crosses it is what the port's
/// methods take and give, never a key.
/// </summary>
public sealed class KeyRoomServer : IAsyncDisposable
{
    /// <summary>Connections at once; a payment node keeps a handful.</summary>
    private const int MostConnections = 64;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly KeyRoom _room;
    private readonly string _path;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _places = new(MostConnections, MostConnections);
    private readonly Task _accepting;

    private KeyRoomServer(KeyRoom room, string path, Socket listener)
    {
        _room = room;
        _path = path;
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>Listens. A socket file that a dead process left is replaced; one that answers is not.</summary>
    /// <exception cref="IOException">Another process listens there, or the path cannot be used.</exception>
    public static KeyRoomServer Start(KeyRoom room, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("the owner of a Unix socket cannot be set on this system");
        }

        if (File.Exists(path))
        {
            if (Answers(path))
            {
                throw new IOException($"another process listens at {path}");
            }

            File.Delete(path);
        }

        // Bound under another name and moved into place, so that nobody finds it before its mode is set.
        string fresh = path + ".new";
        File.Delete(fresh);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(fresh));
            File.SetUnixFileMode(fresh, OwnerOnly);
            listener.Listen(MostConnections);
            File.Move(fresh, path);
        }
        catch (SocketException fault)
        {
            listener.Dispose();
            throw new IOException($"cannot listen at {path}: {fault.SocketErrorCode}", fault);
        }

        return new KeyRoomServer(room, path, listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        for (int i = 0; i < MostConnections; i++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        File.Delete(_path);
        _places.Dispose();
        _closing.Dispose();
    }

    /// <summary>Answers one question. Faults of the asker are answers too; only the room's own break the connection.</summary>
    internal static async ValueTask<KeyFrame> AnswerAsync(KeyRoom room, KeyFrame ask, CancellationToken cancellation)
    {
        try
        {
            return ((KeyOperation)ask.Code, ask.Count) switch
            {
                (KeyOperation.DeliverInitialKeys, 3) when ask[0].Length == 16 => await DeliverAsync(room, ask, cancellation).ConfigureAwait(false),
                (KeyOperation.OpenAccountData, 3) => await OpenAsync(room, ask, cancellation).ConfigureAwait(false),
                (KeyOperation.TranslatePin, 7) when ask[6].Length == 1 && Enum.IsDefined((PinBlockFormat)ask[6][0]) =>
                    await TranslateAsync(room, ask, cancellation).ConfigureAwait(false),
                (KeyOperation.Seal, 2) => KeyFrame.Answer(
                    KeyAnswer.Done, await room.SealForStorageAsync(ask[0], ask[1], cancellation).ConfigureAwait(false)),
                (KeyOperation.Unseal, 2) => OrNothing(await room.UnsealFromStorageAsync(ask[0], ask[1], cancellation).ConfigureAwait(false)),
                (KeyOperation.Kind, 0) => KeyFrame.Answer(KeyAnswer.Done, [[room.IsProduction ? (byte)1 : (byte)0]]),
                _ => KeyFrame.Answer(KeyAnswer.Failed, "not a question of this protocol"),
            };
        }
        catch (KeyRefusedException fault)
        {
            return KeyFrame.Answer(KeyAnswer.Refused, fault.Message);
        }
        catch (InvalidOperationException fault)
        {
            return KeyFrame.Answer(KeyAnswer.Failed, fault.Message);
        }
    }

    private static async ValueTask<KeyFrame> DeliverAsync(KeyRoom room, KeyFrame ask, CancellationToken cancellation)
    {
        InitialKeys keys = await room.DeliverInitialKeysAsync(new Guid(ask[0], bigEndian: true), ask[1], ask[2], cancellation).ConfigureAwait(false);
        return KeyFrame.Answer(KeyAnswer.Done, [.. Fields(keys.Data), .. Fields(keys.Pin)]);
    }

    private static byte[][] Fields(DeliveredKey key) => [key.KeyId, key.EphemeralKey, Encoding.ASCII.GetBytes(key.KeyBlock)];

    private static async ValueTask<KeyFrame> OpenAsync(KeyRoom room, KeyFrame ask, CancellationToken cancellation)
    {
        using AccountData? account = await room.OpenAccountDataAsync(ask[0], ask[1], ask[2], cancellation).ConfigureAwait(false);
        return account is null ? KeyFrame.Answer(KeyAnswer.Nothing) : KeyFrame.Answer(
            KeyAnswer.Done,
            account.Pan.ToArray(),
            account.Track2.ToArray(),
            Encoding.ASCII.GetBytes(account.Expiry),
            account.SequenceNumber is { } number ? [(byte)number] : []);
    }

    private static async ValueTask<KeyFrame> TranslateAsync(KeyRoom room, KeyFrame ask, CancellationToken cancellation)
    {
        PinTranslationRequest request = new()
        {
            PinKsn = ask[0],
            PinBlock = ask[1],
            DataKsn = ask[2],
            SealedAccountData = ask[3],
            AssociatedData = ask[4],
            ZoneKey = ask.Text(5),
            Format = (PinBlockFormat)ask[6][0],
        };
        return OrNothing(await room.TranslatePinAsync(request, cancellation).ConfigureAwait(false));
    }

    private static KeyFrame OrNothing(byte[]? bytes) =>
        bytes is null ? KeyFrame.Answer(KeyAnswer.Nothing) : KeyFrame.Answer(KeyAnswer.Done, bytes);

    private static bool Answers(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_closing.Token).ConfigureAwait(false);
                Socket? connection = null;
                try
                {
                    connection = await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                }
                finally
                {
                    if (connection is null)
                    {
                        _places.Release();
                    }
                }

                _ = ServeAsync(connection);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException && _closing.IsCancellationRequested)
        {
            // The room is being closed.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using NetworkStream stream = new(connection, ownsSocket: true);
            while (await KeyFrame.ReadAsync(stream, _closing.Token).ConfigureAwait(false) is { } ask)
            {
                using (ask)
                {
                    using KeyFrame answer = await AnswerAsync(_room, ask, _closing.Token).ConfigureAwait(false);
                    await answer.WriteAsync(stream, _closing.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or OperationCanceledException)
        {
            // A peer that left or speaks something else; the connection is closed and says all there is to say.
        }
        finally
        {
            _places.Release();
        }
    }
}
