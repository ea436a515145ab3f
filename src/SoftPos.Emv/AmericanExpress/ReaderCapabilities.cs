using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.AmericanExpress;

/// <summary>What the reader says of itself to a card of kernel 4: 9F6E and 9F6D of one transaction (Book C-4, 4.3.3 and 4.3.4).</summary>
internal sealed class ReaderCapabilities
{
    /// <summary>Bits of 9F6D that stand in terminal type 9F35 of the PDOL.</summary>
    private const byte TypeMask = 0xC8;

    private const byte WithoutVerification = 0xC0;
    private const byte WithVerification = 0xC8;
    private const byte CvmRequired = 0x40;

    public ReaderCapabilities(Kernel4Options options, bool isCvmRequired)
    {
        Enhanced = [.. options.ReaderCapabilities];
        Enhanced[2] = (byte)((Enhanced[2] & ~CvmRequired) | (isCvmRequired ? CvmRequired : 0));
        Reader = isCvmRequired ? WithVerification : WithoutVerification;
    }

    /// <summary>9F6E.</summary>
    public byte[] Enhanced { get; }

    /// <summary>9F6D.</summary>
    public byte Reader { get; }

    public bool HasContact => (Enhanced[0] & 0x80) != 0;

    public bool IsPartialOnline => (Enhanced[0] & 0x10) != 0;

    public bool IsMobile => (Enhanced[0] & 0x08) != 0;

    public bool TriesAnotherInterface => (Enhanced[0] & 0x04) != 0;

    public bool HasMobileCvm => IsMobile && (Enhanced[1] & 0x80) != 0;

    public bool HasOnlinePin => (Enhanced[1] & 0x40) != 0;

    public bool HasSignature => (Enhanced[1] & 0x20) != 0;

    public bool IsExemptFromNoCvmCheck => (Enhanced[3] & 0x80) != 0;

    /// <summary>Terminal type as the PDOL gets it: the value for the host stays as it is.</summary>
    public byte MergedWith(byte terminalType) => (byte)(terminalType | (Reader & TypeMask));
}
