namespace SoftPos.Terminal;

/// <summary>The way to one card in the field.</summary>
internal abstract class CardChannel : IAsyncDisposable
{
    /// <summary>Longest response APDU that a short Le allows: 256 bytes and the status word.</summary>
    public const int MaxResponse = 258;

    /// <summary>Sends a command and waits for the response.</summary>
    /// <param name="command">Command APDU.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Response APDU with status word; null when the card left the field or did not answer in time.</returns>
    public abstract ValueTask<byte[]?> TransceiveAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation);

    /// <summary>Waits until the card has left the field.</summary>
    public abstract ValueTask WaitForRemovalAsync(CancellationToken cancellation);

    /// <summary>Turns the field off.</summary>
    public abstract ValueTask DisposeAsync();
}
