namespace SoftPos.Keys;

/// <summary>
/// The hardware security module as the rest of the back end sees it: sealed data in, only what a message needs out. Base derivation keys,
/// initial keys and working keys never cross this port.
/// </summary>
public interface IKeyRoom
{
    /// <summary>Makes one PIN and one data initial key for a terminal and wraps them to its key agreement key.</summary>
    /// <param name="terminalId">Identity of the terminal; part of the transcript that binds the wrapping key.</param>
    /// <param name="agreementKey">SubjectPublicKeyInfo of the terminal's attested P-256 key agreement key.</param>
    /// <param name="nonce">Nonce of the enrolment challenge, 32 bytes.</param>
    /// <param name="cancellation">Cancellation.</param>
    ValueTask<InitialKeys> DeliverInitialKeysAsync(
        Guid terminalId, ReadOnlyMemory<byte> agreementKey, ReadOnlyMemory<byte> nonce, CancellationToken cancellation);

    /// <summary>Opens account data that a terminal sealed.</summary>
    /// <param name="ksn">12-byte AES DUKPT key serial number. Whether it was seen before is the caller's to decide, durably, first.</param>
    /// <param name="sealedData">What the terminal sealed.</param>
    /// <param name="associatedData">What it was bound to: the payment identity, 16 bytes big-endian.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>The account data, or null when they do not open.</returns>
    ValueTask<AccountData?> OpenAccountDataAsync(
        ReadOnlyMemory<byte> ksn, ReadOnlyMemory<byte> sealedData, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation);

    /// <summary>Seals bytes that must rest in the database but not in clear, such as the exact bytes of an 0100.</summary>
    /// <param name="clear">Bytes to seal.</param>
    /// <param name="associatedData">What the sealed bytes are bound to, such as the payment identity and the name of the field.</param>
    ValueTask<byte[]> SealForStorageAsync(ReadOnlyMemory<byte> clear, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation);

    /// <summary>Opens what <see cref="SealForStorageAsync"/> sealed; null when it does not open.</summary>
    ValueTask<byte[]?> UnsealFromStorageAsync(
        ReadOnlyMemory<byte> sealedBytes, ReadOnlyMemory<byte> associatedData, CancellationToken cancellation);
}
