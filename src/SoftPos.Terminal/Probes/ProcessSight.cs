using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SoftPos.Terminal;

/// <summary>
/// What a process sees of itself and of files on any Linux, Android's included: the part of a phone's system that needs no Android. Nothing
/// here throws for what the system refuses; a refusal is an answer.
/// </summary>
internal static partial class ProcessSight
{
    /// <summary>Largest text of a file that is read: maps of a large app are some hundred kilobytes.</summary>
    public const int MaxText = 2 * 1024 * 1024;

    /// <summary>Bytes of a function that are compared: a trampoline has 8 to 16.</summary>
    public const int PrologueLength = 16;

    private const int Here = -100;
    private const int NotThere = 2, NoFolder = 20, TooLong = 36;
    private const int ConnectMicroseconds = 50_000;

    /// <summary>Looks for a path in one way.</summary>
    public static FileSight Look(string path, ReadWay way) => way switch
    {
        ReadWay.Managed => Managed(path),
        ReadWay.Library => Of(Access(path, 0)),
        _ => Of((int)SystemCall(FileAccessNumber, Here, path, 0, 0)),
    };

    /// <summary>Text of a file; null when it cannot be read or is too large.</summary>
    public static string? ReadText(string path)
    {
        try
        {
            // Files of /proc have no length, so it is read until its end or the bound.
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using MemoryStream text = new();
            byte[] part = new byte[16 * 1024];
            while (file.Read(part) is > 0 and var count)
            {
                if (text.Length + count > MaxText)
                {
                    return null;
                }

                text.Write(part, 0, count);
            }

            return System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Names of this process's threads; null when the system does not say.</summary>
    public static IReadOnlyList<string>? Threads()
    {
        try
        {
            return [.. Directory.EnumerateDirectories("/proc/self/task").Select(static task => ReadText(task + "/comm")?.TrimEnd('\n')).OfType<string>()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether something listens on a loopback port; null when that cannot be tried.</summary>
    public static bool? Listens(int port)
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
                return true;
            }
            catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                return socket.Poll(ConnectMicroseconds, SelectMode.SelectWrite) && !socket.Poll(0, SelectMode.SelectError) && socket.Connected;
            }
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
            {
                return false;
            }
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Functions of a library as they are in memory and in its file; null when either cannot be read.</summary>
    /// <param name="library">Name by which it is loaded.</param>
    /// <param name="functions">Exported functions.</param>
    public static IReadOnlyList<CodeSight>? Code(string library, params ReadOnlySpan<string> functions)
    {
        if (ReadText("/proc/self/maps") is not { } maps || !NativeLibrary.TryLoad(library, out nint handle))
        {
            return null;
        }

        List<CodeSight> seen = [];
        foreach (string function in functions)
        {
            if (!NativeLibrary.TryGetExport(handle, function, out nint address))
            {
                continue;
            }

            // The lowest bit of an address is a mode on 32-bit ARM, not a place.
            long place = address & ~1L;
            if (FindFile(maps, place) is not { } file || ReadAt("/proc/self/mem", place) is not { } inMemory || ReadAt(file.Path, file.Offset) is not { } onDisk)
            {
                return null;
            }

            seen.Add(new CodeSight(function, inMemory, onDisk));
        }

        return seen.Count == 0 ? null : seen;
    }

    /// <summary>The file that backs an address, and where in it.</summary>
    internal static (string Path, long Offset)? FindFile(string maps, long address)
    {
        foreach (string line in maps.Split('\n'))
        {
            string[] parts = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 6 || parts[0].Split('-') is not [var from, var to] || !TryHex(from, out long start) || !TryHex(to, out long end)
                || address < start || address >= end || !TryHex(parts[2], out long offset))
            {
                continue;
            }

            string path = parts[5].Trim();
            return path.StartsWith('/') ? (path, address - start + offset) : null;
        }

        return null;
    }

    private static bool TryHex(string text, out long value) => long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private static byte[]? ReadAt(string path, long offset)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] bytes = new byte[PrologueLength];
            file.Seek(offset, SeekOrigin.Begin);
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Memory that may be executed only cannot be read; that is no finding.
            return null;
        }
    }

    private static FileSight Managed(string path)
    {
        try
        {
            _ = File.GetAttributes(path);
            return FileSight.Present;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileSight.Missing;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return FileSight.Denied;
        }
    }

    private static FileSight Of(int result) => result == 0 ? FileSight.Present
        : Marshal.GetLastPInvokeError() is NotThere or NoFolder or TooLong ? FileSight.Missing
        : FileSight.Denied;

    /// <summary>Number of <c>faccessat</c> by architecture; the numbers of a kernel never change.</summary>
    private static nint FileAccessNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 269,
        Architecture.X86 => 307,
        Architecture.Arm => 334,
        _ => 48,
    };

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, nint folder, string path, nint mode, nint flags);
}
