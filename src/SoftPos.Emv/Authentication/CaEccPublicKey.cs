using SoftPos.Cryptography;

namespace SoftPos.Emv.Authentication;

/// <summary>A certification authority key on an elliptic curve (Book E, 5): P-256 or P-521, by the length of the point.</summary>
/// <param name="Rid">Registered application provider, 5 bytes.</param>
/// <param name="Index">Index 8F.</param>
/// <param name="Point">x ‖ y: 64 bytes for P-256, 132 for P-521.</param>
/// <param name="Environment">Where it may be used.</param>
/// <param name="Expires">Last day of use, or null when none is announced.</param>
public sealed record CaEccPublicKey(byte[] Rid, byte Index, byte[] Point, CaKeyEnvironment Environment, DateOnly? Expires = null)
{
    /// <summary>Suite of its signatures: 10 or 11.</summary>
    public byte Suite => Point.Length == 2 * EmvCurve.FieldLength ? EccSuite.SignatureP256 : EccSuite.SignatureP521;

    /// <summary>Bits of the curve.</summary>
    public int Bits => EccSuite.BitsOf(Suite);

    /// <summary>RID, index and curve.</summary>
    public override string ToString() => $"{Convert.ToHexString(Rid)} {Index:X2} (P-{Bits})";
}

/// <summary>Algorithm suite indicators of Book E.</summary>
internal static class EccSuite
{
    /// <summary>Secure channel: P-256, SHA-256, AES-128.</summary>
    public const byte ChannelP256 = 0x00;

    /// <summary>Secure channel on P-521; in a list of certificate suites the same number is RSA.</summary>
    public const byte ChannelP521 = 0x01;

    /// <summary>ECSDSA on P-256 with SHA-256.</summary>
    public const byte SignatureP256 = 0x10;

    /// <summary>ECSDSA on P-521 with SHA-512.</summary>
    public const byte SignatureP521 = 0x11;

    public const byte None = 0xFF;

    /// <summary>Length of coordinates and scalars in bytes; 0 for a suite that is not known.</summary>
    public static int FieldOf(byte suite) => suite switch
    {
        ChannelP256 or SignatureP256 => EmvCurve.FieldLength,
        ChannelP521 or SignatureP521 => EmvCurve.LongFieldLength,
        _ => 0,
    };

    /// <summary>Length of a signature in bytes; 0 for a suite that signs nothing.</summary>
    public static int SignatureOf(byte suite) => suite switch
    {
        SignatureP256 => EcSdsa.SignatureLength,
        SignatureP521 => EcSdsa.LongSignatureLength,
        _ => 0,
    };

    public static int BitsOf(byte suite) => FieldOf(suite) == EmvCurve.LongFieldLength ? 521 : 256;
}
