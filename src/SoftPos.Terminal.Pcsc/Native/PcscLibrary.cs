using System.Runtime.InteropServices;
using System.Text;

namespace SoftPos.Terminal.Pcsc.Native;

/// <summary>
/// The PC/SC library of the platform, by function pointers. Parameters are passed pointer-wide: a callee that takes 32 bits reads the lower
/// half of the register or slot. What is written back lands in zeroed pointer-wide words, which on little-endian machines read the same.
/// </summary>
internal sealed unsafe class PcscLibrary
{
    private const nuint ScopeSystem = 2;
    private static readonly Lazy<PcscLibrary?> Loaded = new(Load);
    private readonly delegate* unmanaged<nuint, nuint, nuint, nuint*, nint> _establishContext;
    private readonly delegate* unmanaged<nuint, nint> _releaseContext;
    private readonly delegate* unmanaged<nuint, byte*, byte*, nuint*, nint> _listReaders;
    private readonly delegate* unmanaged<nuint, nuint, byte*, nuint, nint> _getStatusChange;
    private readonly delegate* unmanaged<nuint, byte*, nuint, nuint, nuint*, nuint*, nint> _connect;
    private readonly delegate* unmanaged<nuint, nuint, nint> _disconnect;
    private readonly delegate* unmanaged<nuint, byte*, byte*, nuint, byte*, byte*, nuint*, nint> _transmit;

    private PcscLibrary(nint library)
    {
        string suffix = OperatingSystem.IsWindows() ? "A" : string.Empty;
        _establishContext = (delegate* unmanaged<nuint, nuint, nuint, nuint*, nint>)NativeLibrary.GetExport(library, "SCardEstablishContext");
        _releaseContext = (delegate* unmanaged<nuint, nint>)NativeLibrary.GetExport(library, "SCardReleaseContext");
        _listReaders = (delegate* unmanaged<nuint, byte*, byte*, nuint*, nint>)NativeLibrary.GetExport(library, "SCardListReaders" + suffix);
        _getStatusChange = (delegate* unmanaged<nuint, nuint, byte*, nuint, nint>)NativeLibrary.GetExport(library, "SCardGetStatusChange" + suffix);
        _connect = (delegate* unmanaged<nuint, byte*, nuint, nuint, nuint*, nuint*, nint>)NativeLibrary.GetExport(library, "SCardConnect" + suffix);
        _disconnect = (delegate* unmanaged<nuint, nuint, nint>)NativeLibrary.GetExport(library, "SCardDisconnect");
        _transmit = (delegate* unmanaged<nuint, byte*, byte*, nuint, byte*, byte*, nuint*, nint>)NativeLibrary.GetExport(library, "SCardTransmit");
    }

    /// <summary>The library.</summary>
    /// <exception cref="CardReaderException">It is not installed.</exception>
    public static PcscLibrary Instance => Loaded.Value ?? throw new CardReaderException($"the PC/SC library {Name} is not installed");

    /// <summary>Whether the library is installed.</summary>
    public static bool IsInstalled => Loaded.Value is not null;

    private static string Name => OperatingSystem.IsWindows() ? "winscard.dll"
        : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/PCSC.framework/PCSC"
        : "libpcsclite.so.1";

    public uint EstablishContext(out nuint context)
    {
        nuint made = 0;
        uint status = Status(_establishContext(ScopeSystem, 0, 0, &made));
        context = made;
        return status;
    }

    public uint ReleaseContext(nuint context) => Status(_releaseContext(context));

    /// <summary>Names of all readers as a multi-string.</summary>
    public uint ListReaders(nuint context, Span<byte> names, out int length)
    {
        nuint size = (nuint)names.Length;
        fixed (byte* buffer = names)
        {
            uint status = Status(_listReaders(context, null, buffer, &size));
            length = (int)Math.Min(size, (nuint)names.Length);
            return status;
        }
    }

    /// <summary>Waits until the state of one reader differs from the known one.</summary>
    public uint GetStatusChange(nuint context, uint timeoutMs, string reader, uint known, out uint state, Span<byte> atr, out int atrLength)
    {
        byte[] name = Terminated(reader);
        Span<byte> entry = stackalloc byte[PcscLayout.ReaderStateSize];
        entry.Clear();
        fixed (byte* namePointer = name, entryPointer = entry)
        {
            *(nint*)entryPointer = (nint)namePointer;
            WriteWord(entryPointer + PcscLayout.CurrentStateOffset, known);
            uint status = Status(_getStatusChange(context, timeoutMs, entryPointer, 1));
            state = ReadWord(entryPointer + PcscLayout.EventStateOffset);
            atrLength = (int)Math.Min(ReadWord(entryPointer + PcscLayout.AtrLengthOffset), PcscLayout.MaxAtr);
            entry.Slice(PcscLayout.AtrOffset, atrLength).CopyTo(atr);
            return status;
        }
    }

    public uint Connect(nuint context, string reader, nuint shareMode, nuint protocols, out nuint card, out uint protocol)
    {
        byte[] name = Terminated(reader);
        nuint handle = 0, chosen = 0;
        fixed (byte* namePointer = name)
        {
            uint status = Status(_connect(context, namePointer, shareMode, protocols, &handle, &chosen));
            card = handle;
            protocol = (uint)chosen;
            return status;
        }
    }

    public uint Disconnect(nuint card, nuint disposition) => Status(_disconnect(card, disposition));

    public uint Transmit(nuint card, uint protocol, ReadOnlySpan<byte> command, Span<byte> response, out int length)
    {
        byte* control = stackalloc byte[2 * sizeof(ulong)];
        WriteWord(control, protocol);
        WriteWord(control + PcscLayout.WordSize, (uint)(2 * PcscLayout.WordSize));
        nuint received = (nuint)response.Length;
        fixed (byte* send = command, receive = response)
        {
            uint status = Status(_transmit(card, control, send, (nuint)command.Length, null, receive, &received));
            length = (int)Math.Min(received, (nuint)response.Length);
            return status;
        }
    }

    private static PcscLibrary? Load() => NativeLibrary.TryLoad(Name, out nint library) ? new PcscLibrary(library) : null;

    // LONG has 32 or 64 bits; the codes are 32 bits wide, and the upper half is undefined where LONG is 32.
    private static uint Status(nint result) => unchecked((uint)result);

    private static byte[] Terminated(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static void WriteWord(byte* at, uint value)
    {
        if (PcscLayout.WordSize == sizeof(ulong))
        {
            *(ulong*)at = value;
        }
        else
        {
            *(uint*)at = value;
        }
    }

    private static uint ReadWord(byte* at) => *(uint*)at;
}
