using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using SoftPos.Contract;

namespace SoftPos.Keys;

/// <summary>
/// A key room that runs in another process of this machine. This process holds no key of it. Connections are kept and bounded; a call
/// that finds its connection dead tries once more on a new one, for the room may have been restarted; every call but delivering keys gives
/// the same answer twice, and a second delivery only spends a number.
/// </summary>
public sealed class RemoteKeyRoom : IKeyRoom, IPinRoom, IDisposable
{
    /// <summary>Calls at once; the room's own work is bound by its cores.</summary>
    private const int MostConnections = 16;

    /// <summary>A room that does not answer within this time is as good as dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ConcurrentBag<NetworkStream> _idle = [];
    private readonly SemaphoreSlim _free = new(MostConnections, MostConnections);

    private RemoteKeyRoom(string path, TimeProvider clock)
    {
        _path = path;
        _clock = clock;
    }

    /// <summary>Connects, asks what kind of room it is, and proves with one sealing and opening that it works.</summary>
    /// <param name="path">Unix socket.</param>
    /// <param name="isProduction">Whether production keys are wanted; a room of the other kind is refused, for the two never mix.</param>
    /// <param name="clock">Measures patience.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <exception cref="InvalidDataException">No key room answers at that path, or one of the other kind.</exception>
    public static async Task<RemoteKeyRoom> ConnectAsync(string path, bool isProduction, TimeProvider clock, CancellationToken cancellation)
    {
        RemoteKeyRoom room = new(path, clock);
        try
        {
            if (await room.IsProductionAsync(cancellation).ConfigureAwait(false) != isProduction)
            {
                throw new InvalidDataException(isProduction
                    ? $"the key room at {path} holds sandbox keys; production refuses it"
                    : $"the key room at {path} holds production keys; a sandbox must not use them");
            }

            byte[] probe = "probe"u8.ToArray();
            byte[] resting = await room.SealForStorageAsync(probe, probe, cancellation).ConfigureAwait(false);
            byte[]? opened = await room.UnsealFromStorageAsync(resting, probe, cancellation).ConfigureAwait(false);
            return opened is not null && opened.AsSpan().SequenceEqual(probe)
                ? room
                : throw new InvalidDataException($"the key room at {path} does not open what it sealed");
        }
        catch (IOException fault)
        {
            room.Dispose();
            throw new InvalidDataException($"no key room answers at {path}; start one with softpos keys serve --socket {path}", fault);
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<InitialKeys> DeliverInitialKeysAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
    {
        using KeyFrame ask = KeyFrame.Ask(
            KeyOperation.DeliverInitialKeys, terminalId.ToByteArray(bigEndian: true), agreementKey.ToArray(), nonce.ToArray());
        KeyFrame answer = await AskAsync(ask, 6, cancellation).ConfigureAwait(false) ?? throw Malformed();
        return new InitialKeys { Data = Delivered(answer, 0), Pin = Delivered(answer, 3) };
    }

    /// <inheritdoc/>
    public async ValueTask<AccountData?> OpenAccountDataAsync(
        ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        using KeyFrame ask = KeyFrame.Ask(KeyOperation.OpenAccountData, ksn.ToArray(), sealedData.ToArray(), associatedData.ToArray());
        KeyFrame? answer = await AskAsync(ask, 4, cancellation).ConfigureAwait(false);

        // The account data take the fields over, and zero them.
        return answer is null ? null : new AccountData(answer[0], answer.Text(2), answer[3] is [byte number] ? number : null, answer[1]);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> TranslatePinAsync(PinTranslationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using KeyFrame ask = KeyFrame.Ask(
            KeyOperation.TranslatePin,
            request.PinKsn.ToArray(),
            request.PinBlock.ToArray(),
            request.DataKsn.ToArray(),
            request.SealedAccountData.ToArray(),
            request.AssociatedData.ToArray(),
            Encoding.UTF8.GetBytes(request.ZoneKey),
            [(byte)request.Format]);
        return (await AskAsync(ask, 1, cancellation).ConfigureAwait(false))?[0];
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> SealForStorageAsync(
        ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        using KeyFrame ask = KeyFrame.Ask(KeyOperation.Seal, clear.ToArray(), associatedData.ToArray());
        return (await AskAsync(ask, 1, cancellation).ConfigureAwait(false) ?? throw Malformed())[0];
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> UnsealFromStorageAsync(
        ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation)
    {
        using KeyFrame ask = KeyFrame.Ask(KeyOperation.Unseal, sealedBytes.ToArray(), associatedData.ToArray());
        return (await AskAsync(ask, 1, cancellation).ConfigureAwait(false))?[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out NetworkStream? stream))
        {
            stream.Dispose();
        }

        _free.Dispose();
    }

    private async ValueTask<bool> IsProductionAsync(CancellationToken cancellation)
    {
        using KeyFrame ask = KeyFrame.Ask(KeyOperation.Kind);
        return (await AskAsync(ask, 1, cancellation).ConfigureAwait(false) ?? throw Malformed())[0] is [1];
    }

    private static IOException Malformed() => new("the key room answered out of turn");

    private static DeliveredKey Delivered(KeyFrame answer, int at) =>
        new() { KeyId = answer[at], EphemeralKey = answer[at + 1], KeyBlock = answer.Text(at + 2) };

    /// <summary>One question; null for "nothing".</summary>
    private async ValueTask<KeyFrame?> AskAsync(KeyFrame ask, int fields, CancellationToken cancellation)
    {
        KeyFrame answer = await ExchangeAsync(ask, cancellation).ConfigureAwait(false);
        return (KeyAnswer)answer.Code switch
        {
            KeyAnswer.Done when answer.Count == fields => answer,
            KeyAnswer.Nothing => null,
            KeyAnswer.Refused when answer.Count == 1 => throw new KeyRefusedException(answer.Text(0)),
            KeyAnswer.Failed when answer.Count == 1 => throw new InvalidOperationException(answer.Text(0)),
            _ => throw Malformed(),
        };
    }

    private async ValueTask<KeyFrame> ExchangeAsync(KeyFrame ask, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = new(Patience, _clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        await _free.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            while (_idle.TryTake(out NetworkStream? kept))
            {
                try
                {
                    return await ExchangeAsync(kept, ask, either.Token).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    // The room was restarted since; others may be dead too.
                }
            }

            return await ExchangeAsync(await ConnectAsync(either.Token).ConfigureAwait(false), ask, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"the key room at {_path} did not answer within {Patience.TotalSeconds} s");
        }
        finally
        {
            _free.Release();
        }
    }

    private async ValueTask<KeyFrame> ExchangeAsync(NetworkStream stream, KeyFrame ask, CancellationToken cancellation)
    {
        bool isSound = false;
        try
        {
            await ask.WriteAsync(stream, cancellation).ConfigureAwait(false);
            KeyFrame answer = await KeyFrame.ReadAsync(stream, cancellation).ConfigureAwait(false) ?? throw new EndOfStreamException();
            isSound = true;
            return answer;
        }
        catch (InvalidDataException fault)
        {
            throw new IOException("the key room answered out of turn", fault);
        }
        finally
        {
            if (isSound)
            {
                _idle.Add(stream);
            }
            else
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<NetworkStream> ConnectAsync(CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new IOException($"no key room answers at {_path}", fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
