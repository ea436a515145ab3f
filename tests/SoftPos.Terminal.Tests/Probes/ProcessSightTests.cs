using System.Net;
using System.Net.Sockets;

namespace SoftPos.Terminal;

/// <summary>The part of a phone's system that any Linux has, over the real one.</summary>
public sealed class ProcessSightTests
{
    [Fact]
    public void Three_ways_of_looking_agree_on_an_honest_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        string here = Path.GetTempFileName();
        try
        {
            foreach (ReadWay way in Enum.GetValues<ReadWay>())
            {
                Assert.Equal(FileSight.Present, ProcessSight.Look(here, way));
                Assert.Equal(FileSight.Present, ProcessSight.Look("/proc", way));
                Assert.Equal(FileSight.Missing, ProcessSight.Look(here + ".not", way));
                Assert.Equal(FileSight.Missing, ProcessSight.Look(here + "/below-a-file", way));
                Assert.Equal(FileSight.Missing, ProcessSight.Look("/no/such/folder/su", way));
            }
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public void Its_own_files_threads_and_ports_are_seen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        Assert.Contains("TracerPid:", ProcessSight.ReadText("/proc/self/status"), StringComparison.Ordinal);
        Assert.Null(ProcessSight.ReadText("/no/such/file"));
        Assert.NotEmpty(ProcessSight.Threads()!);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.True(ProcessSight.Listens(port));
        listener.Stop();
        Assert.False(ProcessSight.Listens(port));
    }

    [Fact]
    public void Code_in_memory_is_that_of_its_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        IReadOnlyList<CodeSight>? code = ProcessSight.Code("libc.so.6", "open", "read", "ptrace", "no_such_function");
        Assert.SkipWhen(code is null, "this system does not let a process read its own code");
        Assert.Equal(["open", "read", "ptrace"], code!.Select(static sight => sight.Name));
        Assert.All(code!, static sight => Assert.Equal(sight.OnDisk, sight.Prologue));
        Assert.Contains(code!, static sight => sight.Prologue.Any(static part => part != 0));
        Assert.Null(ProcessSight.Code("no-such-library", "open"));
    }

    [Theory]
    [InlineData(0x7000, "/apex/libc.so", 0x1000)]
    [InlineData(0x7fff, "/apex/libc.so", 0x1fff)]
    [InlineData(0x9010, "/data/app/base.apk", 0x52010)]
    public void An_address_is_found_in_the_file_that_backs_it(long address, string path, long offset)
    {
        const string Maps = """
            6000-7000 r--p 00000000 fd:05 7 /apex/libc.so
            7000-8000 r-xp 00001000 fd:05 7 /apex/libc.so
            8000-9000 rwxp 00000000 00:00 0 [anon:code]
            9000-a000 r-xp 00052000 fd:05 9 /data/app/base.apk
            """;
        Assert.Equal((path, offset), ProcessSight.FindFile(Maps, address));
        Assert.Null(ProcessSight.FindFile(Maps, 0x8000));
        Assert.Null(ProcessSight.FindFile(Maps, 0xa000));
    }
}
