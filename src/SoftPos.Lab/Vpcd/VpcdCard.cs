namespace SoftPos.Lab.Vpcd;

/// <summary>A card as the virtual reader drives it.</summary>
public sealed class VpcdCard
{
    /// <summary>
    /// Answer to reset that PC/SC part 3 (3.1.3.2.3) gives a contactless card without historical bytes: initial byte, T0, TD1, TD2, check
    /// byte.
    /// </summary>
    private static readonly byte[] ContactlessAtr = [0x3B, 0x80, 0x80, 0x01, 0x01];

    /// <summary>The card was powered on or reset: it enters the field.</summary>
    public required Action Activate { get; init; }

    /// <summary>Answers a command APDU; null when the card leaves the field.</summary>
    public required Func<byte[], byte[]?> Transceive { get; init; }

    /// <summary>Answer to reset.</summary>
    public ReadOnlyMemory<byte> Atr { get; init; } = ContactlessAtr;
}
