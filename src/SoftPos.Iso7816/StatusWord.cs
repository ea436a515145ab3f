namespace SoftPos.Iso7816;

/// <summary>SW1 and SW2 of a response (ISO 7816-4).</summary>
/// <param name="Value">Both bytes, such as 0x9000.</param>
public readonly record struct StatusWord(ushort Value)
{
    /// <summary>9000: done.</summary>
    public static StatusWord Ok => new(0x9000);

    /// <summary>6700: wrong length.</summary>
    public static StatusWord WrongLength => new(0x6700);

    /// <summary>First byte.</summary>
    public byte Sw1 => (byte)(Value >> 8);

    /// <summary>Second byte.</summary>
    public byte Sw2 => (byte)(Value & 0xFF);

    /// <summary>True for 9000.</summary>
    public bool IsOk => Value == 0x9000;

    /// <summary>What the status word says, as ISO 7816-4 and EMV Book 3 use it.</summary>
    public string Meaning => Value switch
    {
        0x9000 => "done",
        0x6283 => "selected file is invalidated",
        0x6285 => "selected file is in termination state",
        0x6300 => "authentication failed",
        0x6400 => "execution error",
        0x6581 => "memory failure",
        0x6700 => "wrong length",
        0x6883 => "last command of the chain expected",
        0x6900 => "command not allowed",
        0x6982 => "security status not satisfied",
        0x6983 => "authentication method blocked",
        0x6984 => "referenced data invalidated",
        0x6985 => "conditions of use not satisfied",
        0x6986 => "command not allowed (no current file, or see the phone)",
        0x6987 => "secure messaging object missing",
        0x6988 => "secure messaging object incorrect",
        0x6A80 => "incorrect data field",
        0x6A81 => "function not supported (card blocked)",
        0x6A82 => "file or application not found",
        0x6A83 => "record not found",
        0x6A86 => "incorrect P1 P2",
        0x6A88 => "referenced data not found",
        0x6B00 => "wrong P1 P2",
        0x6D00 => "instruction not supported",
        0x6E00 => "class not supported",
        0x6F00 => "no precise diagnosis",
        _ => Sw1 switch
        {
            0x61 => "more data available",
            0x62 or 0x63 => "warning",
            0x6C => "wrong Le, the second byte gives the right one",
            0x64 or 0x65 or 0x66 => "execution error",
            >= 0x67 and <= 0x6F => "checking error",
            _ => "unknown",
        },
    };

    /// <summary>Four hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("X4", System.Globalization.CultureInfo.InvariantCulture);
}
