using System.Buffers.Binary;

namespace SoftPos.Attestation.Apple;

/// <summary>Authenticator data: rpIdHash(32) flags(1) counter(4), and in an attestation aaguid(16) idLength(2) credentialId(n).</summary>
/// <param name="RpIdHash">SHA-256 of the app identity.</param>
/// <param name="Flags">As sent; Apple's assertions set a flag that they should not, so it is not judged.</param>
/// <param name="Counter">Counter.</param>
/// <param name="Aaguid">Environment, 16 bytes; empty in an assertion.</param>
/// <param name="CredentialId">Key identity; empty in an assertion.</param>
internal sealed record AuthenticatorData(
    ReadOnlyMemory<byte> RpIdHash, byte Flags, uint Counter, ReadOnlyMemory<byte> Aaguid, ReadOnlyMemory<byte> CredentialId)
{
    private const int ShortLength = 37;
    private const int IdentityOffset = 55;

    public static bool TryParse(ReadOnlyMemory<byte> bytes, bool withCredential, out AuthenticatorData? data, out FormatFault? fault)
    {
        data = null;
        fault = null;
        int needed = withCredential ? IdentityOffset : ShortLength;
        if (bytes.Length < needed)
        {
            fault = new FormatFault("authenticator data", bytes.Length, $"at least {needed} bytes");
            return false;
        }

        uint counter = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[33..]);
        if (!withCredential)
        {
            data = new AuthenticatorData(bytes[..32], bytes.Span[32], counter, default, default);
            return true;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[53..]);
        if (bytes.Length < IdentityOffset + length)
        {
            fault = new FormatFault("authenticator data", 53, "a credential identity that fits");
            return false;
        }

        data = new AuthenticatorData(bytes[..32], bytes.Span[32], counter, bytes[37..53], bytes.Slice(IdentityOffset, length));
        return true;
    }
}
