using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SoftPos.Lab.Vpcd;

/// <summary>
/// Serves a card to the vsmartcard virtual reader (vpcd). Messages in both directions are a length of two bytes, big-endian, and so many
/// bytes. A message of one byte from the reader is a command of its own: 00 power off, 01 power on, 02 reset, 04 give the ATR; only 04 has an
/// answer. Anything longer is an APDU. A card is in the field as long as its connection stands.
/// </summary>
public sealed class VpcdSocket : IAsyncDisposable
{
    /// <summary>Largest APDU that is taken: an extended command with its header.</summary>
    private const int MaxMessage = 65535;

    private const byte PowerOff = 0, PowerOn = 1, Reset = 2, GiveAtr = 4;

    // TCP_QUICKACK of Linux. Without it and TCP_NODELAY each APDU waits 40 ms for a delayed acknowledgement.
    private const int TcpQuickAck = 12;

    private readonly CancellationTokenSource _closing = new();
    private readonly Socket? _listener;
    private readonly Task _work;
    private int _isClosed;

    private VpcdSocket(VpcdCard card, Socket socket, bool isListening)
    {
        _listener = isListening ? socket : null;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _work = isListening ? AcceptAsync(card, socket) : ServeThenCloseAsync(card, socket);
    }

    /// <summary>Our end.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connects to a virtual reader that listens (its usual way): the card is in the field from then on.</summary>
    public static async Task<VpcdSocket> ConnectAsync(VpcdCard card, IPEndPoint reader, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(reader, cancellation).ConfigureAwait(false);
            return Serve(card, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Serves over a socket that is connected to a virtual reader; takes the socket over.</summary>
    public static VpcdSocket Serve(VpcdCard card, Socket connected)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(connected);
        return new VpcdSocket(card, connected, isListening: false);
    }

    /// <summary>
    /// Listens on the loopback for a virtual reader that was given this address (<c>DEVICENAME 127.0.0.1:port</c>): the card is in the field
    /// whenever the reader looks. Such a reader of pcscd 1.9 does not outlive a card that is not there; the usual way is safer.
    /// </summary>
    public static VpcdSocket Listen(VpcdCard card, int port = 0)
    {
        ArgumentNullException.ThrowIfNull(card);
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(1);
        return new VpcdSocket(card, socket, isListening: true);
    }

    /// <summary>Takes the card out of the field.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _work.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task AcceptAsync(VpcdCard card, Socket listener)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                await ServeThenCloseAsync(card, socket).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Being closed, or the reader went away before it was served.
            }
        }
    }

    private async Task ServeThenCloseAsync(VpcdCard card, Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await ServeAsync(card, socket).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // The reader closed, or the card is taken away.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task ServeAsync(VpcdCard card, Socket socket)
    {
        byte[] header = new byte[2];
        while (await TryReceiveAsync(socket, header).ConfigureAwait(false))
        {
            byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
            if (!await TryReceiveAsync(socket, message).ConfigureAwait(false))
            {
                return;
            }

            if (!TryAnswer(card, message, out byte[]? answer))
            {
                return;
            }

            if (answer is not null)
            {
                byte[] framed = new byte[2 + answer.Length];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)answer.Length);
                answer.CopyTo(framed, 2);
                await SendAsync(socket, framed).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Answers one message of the reader.</summary>
    /// <returns>False when the card has left the field.</returns>
    internal static bool TryAnswer(VpcdCard card, byte[] message, out byte[]? answer)
    {
        answer = null;
        switch (message)
        {
            case []:
                return true;
            case [GiveAtr]:
                answer = card.Atr.ToArray();
                return true;
            case [PowerOn or Reset]:
                card.Activate();
                return true;
            case [PowerOff]:
                return true;
            case [_]:
                // A command byte of a newer reader; none asks for an answer.
                return true;
            default:
                answer = card.Transceive(message);
                return answer is { Length: <= MaxMessage };
        }
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, _closing.Token).ConfigureAwait(false)..];
        }
    }

    private async Task<bool> TryReceiveAsync(Socket socket, Memory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (OperatingSystem.IsLinux())
            {
                // The kernel falls back to delayed acknowledgements by itself; asked for anew before each read.
                socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpQuickAck, [1, 0, 0, 0]);
            }

            int received = await socket.ReceiveAsync(bytes, _closing.Token).ConfigureAwait(false);
            if (received == 0)
            {
                return false;
            }

            bytes = bytes[received..];
        }

        return true;
    }
}
