namespace SoftPos.Terminal;

/// <summary>
/// A contactless reader. Integrators pass it on but cannot make or call one: whoever talks to the card sees the account number, so only
/// the platform layers of this SDK implement it.
/// </summary>
public abstract class CardReader : IDisposable
{
    internal CardReader()
    {
    }

    /// <summary>Name of the reader, for people.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Is told, while the field is on and no card is activated, that several cards are in it (true) and that they are not any more (false); a
    /// reader that cannot tell them apart calls it never. Set anew before each wait.
    /// </summary>
    internal Action<bool>? CollisionChanged { get; set; }

    /// <summary>Turns the field on and waits for one card.</summary>
    /// <param name="cancellation">Ends the wait; the field is off afterwards.</param>
    /// <returns>The channel to the card. Disposing it turns the field off.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    /// <exception cref="CardReaderException">The reader does not work.</exception>
    internal abstract ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the reader.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
