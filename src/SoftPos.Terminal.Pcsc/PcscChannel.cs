using System.Security.Cryptography;
using SoftPos.Terminal.Pcsc.Native;

namespace SoftPos.Terminal.Pcsc;

/// <summary>A connected card.</summary>
internal sealed class PcscChannel(PcscReader reader, PcscLibrary library, nuint card, uint protocol) : CardChannel
{
    // Unpower: the next transaction starts with a freshly activated card, as after a field reset.
    private const nuint UnpowerCard = 2;

    // A reader whose card left in the middle may report success with nothing in it.
    private const int StatusWordLength = 2;
    private bool _isOpen = true;

    public override async ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(!_isOpen, this);

        // The library blocks until the card answers or the reader gives up; an exchange cannot be cancelled half-way.
        return await Task.Run(() => Transceive(command.Span), cancellation).ConfigureAwait(false);
    }

    public override async ValueTask WaitForRemovalAsync(CancellationToken cancellation)
    {
        await DisposeAsync().ConfigureAwait(false);
        await reader.WaitForRemovalAsync(cancellation).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync()
    {
        if (_isOpen)
        {
            _isOpen = false;
            library.Disconnect(card, UnpowerCard);
        }

        return ValueTask.CompletedTask;
    }

    private byte[]? Transceive(ReadOnlySpan<byte> command)
    {
        Span<byte> response = stackalloc byte[MaxResponse];
        uint status = library.Transmit(card, protocol, command, response, out int length);
        if (PcscStatus.IsCardGone(status))
        {
            return null;
        }

        PcscStatus.Check(status, "SCardTransmit");
        byte[]? answer = length < StatusWordLength ? null : response[..length].ToArray();
        CryptographicOperations.ZeroMemory(response);
        return answer;
    }
}
