namespace SoftPos.Terminal;

/// <summary>A device-bound P-256 key agreement key. The private half stays in the phone's secure hardware.</summary>
internal interface IAgreementKey
{
    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    byte[] PublicKey { get; }

    /// <summary>Raw ECDH: the x-coordinate of the shared point. The caller zeroes it.</summary>
    /// <param name="peer">SubjectPublicKeyInfo of the peer's P-256 key.</param>
    /// <returns>32 bytes, or null when the peer's key is not a P-256 key.</returns>
    byte[]? Agree(ReadOnlySpan<byte> peer);
}
