using System.Security.Cryptography;

namespace SoftPos.Lab.Phones;

/// <summary>The app that lab phones run, as the sandbox's policy expects it.</summary>
public static class LabApp
{
    /// <summary>Package name.</summary>
    public const string Package = "org.opensoftpos.merchant";

    /// <summary>Version code.</summary>
    public const long Version = 100;

    /// <summary>SHA-256 that stands for the app's signing certificate, 32 bytes.</summary>
    public static ReadOnlyMemory<byte> SignerDigest { get; } = SHA256.HashData("OpenSoftPOS lab signing certificate"u8);

    /// <summary>The same as lower-case hex.</summary>
    public static string SignerHex => Convert.ToHexStringLower(SignerDigest.Span);

    /// <summary>Another signer, of an app that somebody changed.</summary>
    internal static byte[] ForeignSigner { get; } = SHA256.HashData("somebody else's signing certificate"u8);
}
