using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Emv;

/// <summary>One rule of a CVM list (EMV Book 3, 10.5 and annex C3).</summary>
/// <param name="Code">First byte as it stands, bit 7 included.</param>
/// <param name="Condition">Second byte.</param>
public readonly record struct CvmRule(byte Code, byte Condition)
{
    /// <summary>Method: the low six bits.</summary>
    public byte Method => (byte)(Code & 0x3F);

    /// <summary>Apply the next rule when this one is not successful.</summary>
    public bool ContinuesOnFailure => (Code & 0x40) != 0;

    /// <summary>The method in words.</summary>
    public string MethodText => Method switch
    {
        0x00 => "Fail CVM processing",
        0x01 => "Plaintext PIN verification performed by ICC",
        0x02 => "Enciphered PIN verified online",
        0x03 => "Plaintext PIN verification performed by ICC and signature",
        0x04 => "Enciphered PIN verification performed by ICC",
        0x05 => "Enciphered PIN verification performed by ICC and signature",
        0x06 => "Facial biometric verified offline (by ICC)",
        0x07 => "Facial biometric verified online",
        0x08 => "Finger biometric verified offline (by ICC)",
        0x09 => "Finger biometric verified online",
        0x0A => "Palm biometric verified offline (by ICC)",
        0x0B => "Palm biometric verified online",
        0x0C => "Iris biometric verified offline (by ICC)",
        0x0D => "Iris biometric verified online",
        0x0E => "Voice biometric verified offline (by ICC)",
        0x0F => "Voice biometric verified online",
        0x1E => "Signature",
        0x1F => "No CVM required",
        0x3F => "No CVM performed",
        >= 0x20 and <= 0x2F => "Reserved for the payment system",
        >= 0x30 and <= 0x3E => "Reserved for the issuer",
        _ => "RFU",
    };

    /// <summary>The condition in words.</summary>
    public string ConditionText => Condition switch
    {
        0x00 => "Always",
        0x01 => "If unattended cash",
        0x02 => "If not unattended cash and not manual cash and not purchase with cashback",
        0x03 => "If terminal supports the CVM",
        0x04 => "If manual cash",
        0x05 => "If purchase with cashback",
        0x06 => "If transaction is in the application currency and is under X value",
        0x07 => "If transaction is in the application currency and is over X value",
        0x08 => "If transaction is in the application currency and is under Y value",
        0x09 => "If transaction is in the application currency and is over Y value",
        >= 0x80 => "Reserved for the payment system",
        _ => "RFU",
    };
}

/// <summary>A CVM list 8E: two amounts in the application currency, then rules.</summary>
public sealed class CvmList
{
    private const int HeaderLength = 8;

    private CvmList(uint x, uint y, IReadOnlyList<CvmRule> rules) => (X, Y, Rules) = (x, y, rules);

    /// <summary>First amount, binary, minor units.</summary>
    public uint X { get; }

    /// <summary>Second amount.</summary>
    public uint Y { get; }

    /// <summary>Rules in their order; may be none.</summary>
    public IReadOnlyList<CvmRule> Rules { get; }

    /// <summary>Parses; false for less than eight bytes or half a rule. <paramref name="faultOffset"/> is where it ends being one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, [NotNullWhen(true)] out CvmList? list, out int faultOffset)
    {
        list = null;
        faultOffset = data.Length;
        if (data.Length < HeaderLength || data.Length % 2 != 0)
        {
            return false;
        }

        List<CvmRule> rules = [];
        for (int at = HeaderLength; at < data.Length; at += 2)
        {
            rules.Add(new CvmRule(data[at], data[at + 1]));
        }

        list = new CvmList(Amount(data), Amount(data[4..]), rules);
        return true;
    }

    private static uint Amount(ReadOnlySpan<byte> data) => ((uint)data[0] << 24) | ((uint)data[1] << 16) | ((uint)data[2] << 8) | data[3];
}
