using SoftPos.Cryptography;

namespace SoftPos.Lab.Acquirer;

/// <summary>The MAC of the lab's acquirer (ISO 9797-1 algorithm 3, padding 1), under a key that everybody may know: sandbox only.</summary>
public static class LabAcquirerMac
{
    /// <summary>Double length DES key of the lab.</summary>
    public static byte[] Key() => Convert.FromHexString("0123456789ABCDEFFEDCBA9876543210");

    /// <summary>MAC of the covered bytes, 8 bytes.</summary>
    public static byte[] Compute(ReadOnlySpan<byte> covered)
    {
        byte[] mac = new byte[8];
        RetailMac.Compute(Key(), covered, MacPadding.Method1, mac);
        return mac;
    }
}
