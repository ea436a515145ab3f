namespace SoftPos.Attestation.Android;

/// <summary>What the boot loader told the secure hardware (tag 704).</summary>
/// <param name="VerifiedBootKey">Hash of the key that verified the system, normally 32 bytes; zeros when unlocked.</param>
/// <param name="DeviceLocked">Whether the boot loader is locked.</param>
/// <param name="VerifiedBootState">How the phone booted.</param>
/// <param name="VerifiedBootHash">Digest over everything that verified boot covers, 32 bytes; null in versions 1 and 2.</param>
public sealed record RootOfTrust(
    ReadOnlyMemory<byte> VerifiedBootKey,
    bool DeviceLocked,
    VerifiedBootState VerifiedBootState,
    ReadOnlyMemory<byte>? VerifiedBootHash)
{
    /// <summary>Whether the boot key is empty or nothing but zeros, as it is on an unlocked phone.</summary>
    public bool HasNoBootKey => VerifiedBootKey.Span.TrimStart((byte)0).IsEmpty;

    /// <summary>Lock and boot state that exclude each other: a forgery, or a very old maker bug.</summary>
    public bool ContradictsItself => DeviceLocked
        ? VerifiedBootState is VerifiedBootState.Unverified or VerifiedBootState.Failed
        : VerifiedBootState is VerifiedBootState.Verified or VerifiedBootState.SelfSigned;
}
