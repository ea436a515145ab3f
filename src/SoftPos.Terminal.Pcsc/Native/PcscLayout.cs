namespace SoftPos.Terminal.Pcsc.Native;

/// <summary>
/// Memory layout of the PC/SC structures on this platform. On Linux DWORD and LONG are as wide as a pointer, on Windows and macOS they have
/// 32 bits; macOS packs its structures.
/// </summary>
internal static class PcscLayout
{
    /// <summary>Bytes of a DWORD.</summary>
    public static int WordSize { get; } = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? sizeof(uint) : nint.Size;

    /// <summary>Offset of dwCurrentState in SCARD_READERSTATE, behind name and user data.</summary>
    public static int CurrentStateOffset => 2 * nint.Size;

    /// <summary>Offset of dwEventState.</summary>
    public static int EventStateOffset => CurrentStateOffset + WordSize;

    /// <summary>Offset of cbAtr.</summary>
    public static int AtrLengthOffset => EventStateOffset + WordSize;

    /// <summary>Offset of rgbAtr.</summary>
    public static int AtrOffset => AtrLengthOffset + WordSize;

    /// <summary>Longest ATR (ISO/IEC 7816-3).</summary>
    public const int MaxAtr = 33;

    /// <summary>Size of SCARD_READERSTATE; Windows reserves 36 bytes for the ATR, and only macOS does not pad.</summary>
    public static int ReaderStateSize
    {
        get
        {
            int size = AtrOffset + (OperatingSystem.IsWindows() ? 36 : MaxAtr);
            return OperatingSystem.IsMacOS() ? size : (size + nint.Size - 1) / nint.Size * nint.Size;
        }
    }
}
