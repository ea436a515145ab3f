namespace SoftPos.Terminal;

/// <summary>The reader itself does not work: unplugged, its daemon gone, NFC turned off. Never says anything of a card.</summary>
public sealed class CardReaderException : Exception
{
    /// <summary>Makes the exception.</summary>
    public CardReaderException()
    {
    }

    /// <summary>Makes the exception.</summary>
    public CardReaderException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    public CardReaderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
