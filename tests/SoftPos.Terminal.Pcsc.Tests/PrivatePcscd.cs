using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SoftPos.Lab.Vpcd;

namespace SoftPos.Terminal.Pcsc;

/// <summary>
/// A pcscd of the test's own, with the vsmartcard reader, in network and mount namespaces of its own: the reader listens on every address and
/// may not do so on the machine. The daemon's socket folder is bound to a folder of the test, where the library finds it by
/// <c>PCSCLITE_CSOCK_NAME</c>.
/// </summary>
internal sealed partial class PrivatePcscd : IAsyncDisposable
{
    private const string Driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
    private const string Daemon = "/usr/sbin/pcscd";
    private const string SocketVariable = "PCSCLITE_CSOCK_NAME";
    private const int Port = 35963;
    private const int NewNetwork = 0x40000000;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(15);
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly List<VpcdSocket> _cards = [];

    private PrivatePcscd(Process process, DirectoryInfo folder, string socket)
    {
        _process = process;
        _folder = folder;
        Environment = new Dictionary<string, string> { [SocketVariable] = socket };
    }

    /// <summary>What another process needs in its environment to find this daemon.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Starts the daemon; skips the test where it or the reader is not installed, or namespaces are not allowed.</summary>
    public static async Task<PrivatePcscd> StartAsync(CancellationToken cancellation)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux namespaces");
        Assert.SkipUnless(PcscReaders.IsInstalled && File.Exists(Daemon) && File.Exists(Driver), "install pcscd, libpcsclite1 and vsmartcard-vpcd");
        Assert.SkipUnless(CanUnshare(), "needs the right to make network and mount namespaces");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("softpos-pcscd-");
        string socket = Path.Combine(folder.CreateSubdirectory("run").FullName, "pcscd.comm");
        string configuration = folder.CreateSubdirectory("conf").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(configuration, "vpcd"),
            $"FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x{Port:X}\nLIBPATH {Driver}\nCHANNELID 0x{Port:X}\n",
            cancellation);
        string script = "ip link set lo up && mkdir -p /run/pcscd && mount --bind \"$1\" /run/pcscd && exec \"$2\" --foreground --config \"$3\"";
        ProcessStartInfo start = new("unshare", ["-nm", "sh", "-c", script, "sh", Path.GetDirectoryName(socket)!, Daemon, configuration])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        PrivatePcscd daemon = new(Process.Start(start)!, folder, socket);
        daemon._process.BeginOutputReadLine();
        daemon._process.BeginErrorReadLine();
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(StartTime);
        while (!File.Exists(socket))
        {
            Assert.False(daemon._process.HasExited, "pcscd did not start");
            await Task.Delay(20, deadline.Token);
        }

        Assert.Equal(0, SetEnvironment(SocketVariable, socket, 1));
        return daemon;
    }

    /// <summary>Puts a card into the field of the virtual reader.</summary>
    public VpcdSocket Present(VpcdCard card)
    {
        VpcdSocket served = VpcdSocket.Serve(card, ConnectInside());
        _cards.Add(served);
        return served;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (VpcdSocket card in _cards)
        {
            await card.DisposeAsync();
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A socket belongs to the network namespace of the thread that makes it; the thread ends with its namespace.</summary>
    private Socket ConnectInside()
    {
        Socket? socket = null;
        Exception? fault = null;
        Thread thread = new(() =>
        {
            try
            {
                using Microsoft.Win32.SafeHandles.SafeFileHandle network = File.OpenHandle($"/proc/{_process.Id}/ns/net");
                Assert.Equal(0, SetNamespace(network, NewNetwork));
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(new IPEndPoint(IPAddress.Loopback, Port));
            }
            catch (Exception problem)
            {
                fault = problem;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? socket! : throw new InvalidOperationException("the virtual reader does not take the card", fault);
    }

    private static bool CanUnshare()
    {
        using Process? process = Process.Start(new ProcessStartInfo("unshare", ["-nm", "ip", "link", "set", "lo", "up"]) { RedirectStandardError = true });
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }

    // The managed environment is a copy that the C library does not see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle handle, int kind);
}
