using System.Globalization;
using System.Runtime.InteropServices;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;
using SoftPos.Lab.Cards;

namespace SoftPos.Bench;

/// <summary>
/// The reader's own processor time for a tap: entry point, kernel and offline data authentication with a 1984-bit CA key. The time that the
/// lab card takes for its answers is taken off, and time in which other processes hold the core does not count.
/// </summary>
internal sealed class EmvBench : IBench
{
    private const int WarmTaps = 300;
    private const int Taps = 2000;

    private static readonly TransactionRequest Sale = new(TransactionKind.Purchase, 1250, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));

    public string Name => "emv";

    public IEnumerable<BenchLine> Run()
    {
        byte[] response = WalkedResponse(out int objects);
        (double walks, double bytes) = Harness.Measure(() => Walk(response, objects));
        yield return new BenchLine($"BER-TLV walk, objects of a {response.Length}-byte response", walks * objects, AllocatedBytes: bytes);
        foreach ((string card, string what) in ((string, string)[])[
            ("visa", "kernel 3, fDDA"), ("mastercard", "kernel 2, CDA"), ("amex", "kernel 4, CDA"), ("jcb", "kernel 5, CDA"),
            ("discover-offline", "kernel 6, CDA in the options"),
            ("unionpay-offline", "kernel 7, fDDA"), ("kernel8", "kernel 8, local authentication"),
        ])
        {
            (double[] micros, int commands, string keys, double allocated) = Tap(card);
            yield return Line($"{what}, keys of {keys} bits, {commands} commands: p50", Quantile(micros, 0.50), allocated);
            yield return Line($"{what}: p99", Quantile(micros, 0.99), allocated);
        }
    }

    /// <summary>A tap as taps a second of one core; the text holds the microseconds.</summary>
    private static BenchLine Line(string what, double micros, double allocated) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what} {micros:N0} us"), 1_000_000 / micros, AllocatedBytes: allocated);

    private static double Quantile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    private static (double[] Micros, int Commands, string Keys, double Allocated) Tap(string name)
    {
        ReaderConfiguration configuration = LabReader.Configuration();
        bool isOffline = name.EndsWith("-offline", StringComparison.Ordinal);
        if (isOffline)
        {
            // These cards are authenticated only by a reader that may approve by itself.
            configuration = configuration with
            {
                Terminal = configuration.Terminal with { TerminalType = 0x22 },
                Combinations = [.. configuration.Combinations.Select(static one => one with { FloorLimit = 2000 })],
            };
        }

        ContactlessReader reader = new();
        VirtualCard card = VirtualCard.Create(name) ?? throw new InvalidOperationException($"no card {name}");
        List<double> micros = [];
        int commands = 0;
        string keys = string.Empty;
        long allocated = 0;
        for (int tap = 0; tap < WarmTaps + Taps; tap++)
        {
            commands = 0;
            long inCard = 0;
            long cardBytes = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Processor.Nanoseconds();
            Outcome outcome = ReaderRun.ToOutcome(
                reader,
                reader.Start(Sale, configuration, () => [1, 2, 3, 4]),
                command =>
                {
                    commands++;
                    long bytesBefore = GC.GetAllocatedBytesForCurrentThread();
                    long sent = Processor.Nanoseconds();
                    byte[]? answer = card.Transceive(command.Span);
                    inCard += Processor.Nanoseconds() - sent;
                    cardBytes += GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
                    return answer;
                },
                () =>
                {
                    card.EnterField();
                    return true;
                });
            long took = Processor.Nanoseconds() - start - inCard;
            if (outcome is not { Oda.IsValid: true } || outcome.Kind != (isOffline ? OutcomeKind.Approved : OutcomeKind.OnlineRequest))
            {
                throw new InvalidOperationException($"{name} ends with {outcome}");
            }

            keys = string.Join('/', outcome.Oda.KeyBits);
            outcome.Account!.Dispose();
            if (tap >= WarmTaps)
            {
                micros.Add(took / 1000.0);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before - cardBytes;
            }
        }

        return ([.. micros.Order()], commands, keys, (double)allocated / Taps);
    }

    /// <summary>A record of a card with the objects of its restrictions, cut to 185 bytes or a little less.</summary>
    private static byte[] WalkedResponse(out int objects)
    {
        TlvWriter writer = new();
        (uint Tag, int Length)[] all =
        [
            (0x57, 17), (0x5A, 8), (0x5F24, 3), (0x5F25, 3), (0x5F28, 2), (0x5F34, 1), (0x8C, 33), (0x8E, 14), (0x9F07, 2), (0x9F08, 2), (0x9F0D, 5),
            (0x9F0E, 5), (0x9F0F, 5), (0x9F42, 2), (0x9F4A, 1), (0x9F10, 18), (0x9F26, 8), (0x9F36, 2), (0x9F27, 1),
        ];
        foreach ((uint tag, int length) in all)
        {
            byte[] value = new byte[length];
            value.AsSpan().Fill(0x11);
            writer.Write(tag, value);
        }

        objects = all.Length;
        return writer.ToArray();
    }

    private static void Walk(byte[] response, int expected)
    {
        int found = 0;
        int length = 0;
        for (TlvReader reader = new(response); reader.TryRead(out TlvObject item);)
        {
            found++;
            length += item.Value.Length;
        }

        if (found != expected || length == 0)
        {
            throw new InvalidOperationException($"{found} objects of {expected}");
        }
    }

    /// <summary>Processor time of this thread, which no other load lengthens.</summary>
    private static class Processor
    {
        /// <summary>CLOCK_THREAD_CPUTIME_ID of Linux.</summary>
        private const int ThreadClock = 3;

        public static long Nanoseconds() => ReadClock(ThreadClock, out Time now) == 0
            ? (now.Seconds * 1_000_000_000) + now.Nanoseconds
            : throw new PlatformNotSupportedException("this bench reads the thread clock of Linux");

        [DllImport("libc", EntryPoint = "clock_gettime")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int ReadClock(int clock, out Time time);

        private struct Time
        {
            public long Seconds;
            public long Nanoseconds;
        }
    }
}
