namespace SoftPos.Terminal;

/// <summary>A device-bound P-256 key agreement key. The private half stays in the phone's secure hardware.</summary>
internal interface IAgreementKey
{
    /// <summary>Length of a shared secret: the x-coordinate of a P-256 point.</summary>
    const int SecretLength = 32;

    /// <summary>SubjectPublicKeyInfo, DER; the same bytes as in its certificate.</summary>
    byte[] PublicKey { get; }

    /// <summary>Raw ECDH: the x-coordinate of the shared point. The caller zeroes it.</summary>
    /// <param name="peer">SubjectPublicKeyInfo of the peer's P-256 key.</param>
    /// <param name="sharedSecret">32 bytes.</param>
    /// <returns>False when the peer's key is not a P-256 key, or the hardware does not do it.</returns>
    bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> sharedSecret);
}
