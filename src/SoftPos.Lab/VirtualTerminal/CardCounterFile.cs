using System.Buffers.Binary;
using System.Globalization;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>
/// Counters of a card that several phones of the lab tap, in one file beside their folders: an issuer takes each counter once, and a card
/// that lies on two phones is still one card.
/// </summary>
internal sealed class CardCounterFile(string folder, string card, TimeProvider clock)
{
    /// <summary>Counters of one sale: a second presentment and a torn one included.</summary>
    private const int Block = 4;

    /// <summary>Where the file starts again; EMV counters end at 65535.</summary>
    private const int MaxCounter = 65_000;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    /// <summary>Reserves counters for one sale.</summary>
    /// <returns>The counter before the first of them.</returns>
    public async Task<int> ReserveAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"card-{card}.counter"));
        while (true)
        {
            try
            {
                using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return Reserve(file);
            }
            catch (IOException)
            {
                // Another phone has it just now.
                await Task.Delay(LockPause, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static int Reserve(FileStream file)
    {
        byte[] bytes = new byte[sizeof(int)];
        int next = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;
        next = next is < 0 or > MaxCounter - Block ? 0 : next;
        BinaryPrimitives.WriteInt32BigEndian(bytes, next + Block);
        file.Position = 0;
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        return next;
    }
}
