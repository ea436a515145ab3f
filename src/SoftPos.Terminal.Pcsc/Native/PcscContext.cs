using System.Text;

namespace SoftPos.Terminal.Pcsc.Native;

/// <summary>A connection to the resource manager.</summary>
internal sealed class PcscContext : IDisposable
{
    /// <summary>Room for the names of all readers; PC/SC-lite has 16 of at most 128 bytes.</summary>
    private const int MaxNames = 16 * 128;

    private readonly PcscLibrary _library = PcscLibrary.Instance;
    private nuint _context;
    private bool _isReleased;

    public PcscContext() => PcscStatus.Check(_library.EstablishContext(out _context), "SCardEstablishContext");

    public nuint Handle => _context;

    public PcscLibrary Library => _library;

    public IReadOnlyList<string> ListReaders()
    {
        byte[] names = new byte[MaxNames];
        uint status = _library.ListReaders(_context, names, out int length);
        if (status == PcscStatus.NoReaders)
        {
            return [];
        }

        PcscStatus.Check(status, "SCardListReaders");
        return Encoding.UTF8.GetString(names, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            _library.ReleaseContext(_context);
        }
    }
}
