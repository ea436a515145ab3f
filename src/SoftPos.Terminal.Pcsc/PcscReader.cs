using SoftPos.Terminal.Pcsc.Native;

namespace SoftPos.Terminal.Pcsc;

/// <summary>One reader. PC/SC readers keep their field on; a card counts as presented when the reader has activated it.</summary>
internal sealed class PcscReader : CardReader
{
    /// <summary>States of SCARD_READERSTATE.</summary>
    internal const uint Unaware = 0x0000, Changed = 0x0002, Unknown = 0x0004, Unavailable = 0x0008, Empty = 0x0010, Present = 0x0020, Mute = 0x0200;

    /// <summary>One wait in the library; between two of them a cancelled token is seen.</summary>
    private const uint SliceMs = 100;

    private const nuint ShareExclusive = 1;
    private const nuint AnyProtocol = 3;
    private readonly PcscContext _context;

    public PcscReader(PcscContext context, string name)
    {
        _context = context;
        Name = name;
    }

    public override string Name { get; }

    internal override async ValueTask<CardChannel> WaitForCardAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await WaitForStateAsync(state => (state & Present) != 0 && (state & Mute) == 0, cancellation).ConfigureAwait(false);
            uint status = _context.Library.Connect(_context.Handle, Name, ShareExclusive, AnyProtocol, out nuint card, out uint protocol);
            if (status == PcscStatus.Success)
            {
                return new PcscChannel(this, _context.Library, card, protocol);
            }

            if (!PcscStatus.IsCardGone(status))
            {
                PcscStatus.Check(status, "SCardConnect");
            }

            // It left between being seen and being connected: wait for the next one.
            cancellation.ThrowIfCancellationRequested();
        }
    }

    internal Task WaitForRemovalAsync(CancellationToken cancellation) => WaitForStateAsync(state => (state & Empty) != 0, cancellation);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _context.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task WaitForStateAsync(Func<uint, bool> isReached, CancellationToken cancellation) => Task.Run(
        () =>
        {
            byte[] atr = new byte[PcscLayout.MaxAtr];
            uint known = Unaware;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                uint status = _context.Library.GetStatusChange(_context.Handle, SliceMs, Name, known, out uint state, atr, out _);
                if (status == PcscStatus.Timeout)
                {
                    continue;
                }

                PcscStatus.Check(status, "SCardGetStatusChange");
                if ((state & (Unknown | Unavailable)) != 0)
                {
                    throw new CardReaderException($"the reader {Name} is gone");
                }

                if (isReached(state))
                {
                    return;
                }

                known = state & ~Changed;
            }
        },
        cancellation);
}
