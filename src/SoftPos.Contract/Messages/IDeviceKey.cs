namespace SoftPos.Contract;

/// <summary>A device-bound P-256 signing key. The private half stays in the phone's secure hardware; only this port reaches it.</summary>
public interface IDeviceKey
{
    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    byte[] PublicKey { get; }

    /// <summary>Signs a SHA-256 hash.</summary>
    /// <param name="hash">32 bytes.</param>
    /// <returns>r and s, 32 bytes each.</returns>
    byte[] SignHash(ReadOnlySpan<byte> hash);
}
