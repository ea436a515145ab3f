using System.Text;

namespace SoftPos.Contract;

/// <summary>
/// Binds a delivered key to one exchange: nonce of the enrolment, identity of the terminal, purpose of the key. Both sides compute the same
/// bytes; a key block opens only in the exchange that it was made for.
/// </summary>
public static class KeyTranscript
{
    /// <summary>Purpose of the key that seals account data.</summary>
    public const string Data = "data";

    /// <summary>Purpose of the key that enciphers PINs.</summary>
    public const string Pin = "pin";

    /// <summary>nonce (32) ‖ terminal identity (16, big-endian) ‖ purpose in ASCII.</summary>
    public static byte[] Of(ReadOnlySpan<byte> nonce, Guid terminalId, string purpose) =>
        [.. nonce, .. terminalId.ToByteArray(bigEndian: true), .. Encoding.ASCII.GetBytes(purpose)];
}
