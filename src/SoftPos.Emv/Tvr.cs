namespace SoftPos.Emv;

/// <summary>Terminal verification results 95 (EMV Book 3, C5), five bytes held in one number; byte 1 is the most significant.</summary>
/// <param name="Value">The forty bits.</param>
public readonly record struct Tvr(ulong Value)
{
    public static Tvr OdaNotPerformed => Bit(1, 8);

    public static Tvr SdaFailed => Bit(1, 7);

    public static Tvr CardDataMissing => Bit(1, 6);

    public static Tvr OnExceptionFile => Bit(1, 5);

    public static Tvr DdaFailed => Bit(1, 4);

    public static Tvr CdaFailed => Bit(1, 3);

    public static Tvr SdaSelected => Bit(1, 2);

    public static Tvr VersionsDiffer => Bit(2, 8);

    public static Tvr Expired => Bit(2, 7);

    public static Tvr NotYetEffective => Bit(2, 6);

    public static Tvr ServiceNotAllowed => Bit(2, 5);

    public static Tvr CvmFailed => Bit(3, 8);

    public static Tvr UnrecognisedCvm => Bit(3, 7);

    public static Tvr OnlinePinEntered => Bit(3, 3);

    public static Tvr FloorLimitExceeded => Bit(4, 8);

    public static Tvr SelectedRandomly => Bit(4, 5);

    /// <summary>Kernel 8: results in its own format, which hosts must read by its table.</summary>
    public static Tvr Kernel8Format => Bit(5, 8);

    /// <summary>Kernel 8: the application is not of the AID that the terminal selected it by.</summary>
    public static Tvr AidMismatch => Bit(5, 7);

    public static Tvr RelayThresholdExceeded => Bit(5, 4);

    public static Tvr RelayTimesExceeded => Bit(5, 3);

    public static Tvr RelayPerformed => Bit(5, 2);

    public static Tvr RelayNotPerformed => Bit(5, 1);

    /// <summary>Five bytes as numbers.</summary>
    public static Tvr FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte part in bytes[..5])
        {
            value = (value << 8) | part;
        }

        return new Tvr(value);
    }

    /// <summary>The five bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[5];
        for (int i = 0; i < 5; i++)
        {
            bytes[i] = (byte)((Value >> (8 * (4 - i))) & 0xFF);
        }

        return bytes;
    }

    /// <summary>True when every bit of the other is set.</summary>
    public bool Has(Tvr bits) => (Value & bits.Value) == bits.Value;

    /// <summary>Both together.</summary>
    public static Tvr operator |(Tvr left, Tvr right) => new(left.Value | right.Value);

    /// <summary>What both have.</summary>
    public static Tvr operator &(Tvr left, Tvr right) => new(left.Value & right.Value);

    /// <summary>Both together.</summary>
    public static Tvr BitwiseOr(Tvr left, Tvr right) => left | right;

    /// <summary>What both have.</summary>
    public static Tvr BitwiseAnd(Tvr left, Tvr right) => left & right;

    /// <summary>Ten hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexString(ToArray());

    private static Tvr Bit(int octet, int bit) => new(1UL << ((8 * (5 - octet)) + bit - 1));
}
