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
