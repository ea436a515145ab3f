using SoftPos.Cryptography;

namespace SoftPos.Keys;

/// <summary>
/// PIN translation as a hardware security module offers it: a PIN block under a terminal's key in, a PIN block under an acquirer's zone key
/// out. The PAN is taken from the sealed account data of the same payment, so that clear PIN and clear PAN meet only inside.
/// </summary>
public interface IPinRoom
{
    /// <summary>Translates a PIN block of format 4 under a terminal's AES DUKPT PIN key.</summary>
    /// <returns>The block under the zone key, or null when a block, a seal or the pair of formats is refused; no more is said.</returns>
    /// <exception cref="KeyRefusedException">The zone key or the base derivation key may not be used now.</exception>
    ValueTask<byte[]?> TranslatePinAsync(PinTranslationRequest request, CancellationToken cancellation);
}

/// <summary>What one PIN translation needs.</summary>
public sealed record PinTranslationRequest
{
    /// <summary>Key serial number of the PIN block, 12 bytes.</summary>
    public required ReadOnlyMemory<byte> PinKsn { get; init; }

    /// <summary>PIN block of format 4, enciphered, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> PinBlock { get; init; }

    /// <summary>Key serial number of the account data, 12 bytes.</summary>
    public required ReadOnlyMemory<byte> DataKsn { get; init; }

    /// <summary>Account data as the terminal sealed them.</summary>
    public required ReadOnlyMemory<byte> SealedAccountData { get; init; }

    /// <summary>What they are bound to: the payment identity, 16 bytes big-endian.</summary>
    public required ReadOnlyMemory<byte> AssociatedData { get; init; }

    /// <summary>Name of the acquirer's zone PIN key in the key store.</summary>
    public required string ZoneKey { get; init; }

    /// <summary>Format that the acquirer takes: 0 or 3 under TDES, 4 under AES.</summary>
    public required PinBlockFormat Format { get; init; }
}
