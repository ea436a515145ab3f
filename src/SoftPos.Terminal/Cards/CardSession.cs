using SoftPos.Emv;

namespace SoftPos.Terminal;

/// <summary>How reading a card ended, besides the kernel's own outcome.</summary>
internal enum CardSessionEnd
{
    /// <summary>The kernel decided.</summary>
    Outcome,

    /// <summary>No card within the merchant's time.</summary>
    CardTimeout,

    /// <summary>The attestation result ran out before a card came.</summary>
    AttestationExpired,

    /// <summary>The merchant cancelled.</summary>
    Cancelled,

    /// <summary>The reader does not work.</summary>
    ReaderFailed,

    /// <summary>The reader configuration does not have the currency.</summary>
    CurrencyNotSupported,
}

/// <summary>What came of one activation of the reader.</summary>
internal readonly record struct CardSessionResult(CardSessionEnd End, Outcome? Outcome)
{
    public static implicit operator CardSessionResult(CardSessionEnd end) => new(end, null);
}

/// <summary>When waiting for a card ends.</summary>
/// <param name="CardBy">The merchant's time.</param>
/// <param name="AttestedUntil">End of the attestation result's life, with room for the rest of the payment.</param>
internal readonly record struct CardDeadlines(DateTimeOffset CardBy, DateTimeOffset AttestedUntil)
{
    public DateTimeOffset Earlier => CardBy < AttestedUntil ? CardBy : AttestedUntil;
}

/// <summary>One transaction of the contactless reader: the kernels over the reader's radio.</summary>
internal interface ICardSession : IDisposable
{
    /// <summary>Turns the field on, reads a card, gives the kernel's outcome; the field is off when this returns.</summary>
    Task<CardSessionResult> RunAsync(CardDeadlines deadlines, Action<PaymentStage> show, CancellationToken cancellation);

    /// <summary>Gives the issuer's answer to the card where the outcome asked for it. Changes no result.</summary>
    Task DeliverAsync(bool isApproved, ReadOnlyMemory<byte> issuerData, DateTimeOffset until, Action<PaymentStage> show);
}
