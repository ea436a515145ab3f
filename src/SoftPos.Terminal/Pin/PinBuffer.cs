using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>The only place where PIN digits are: pinned, so that no copy stays behind, and overwritten.</summary>
internal sealed class PinBuffer : IDisposable
{
    private readonly char[] _digits = GC.AllocateArray<char>(PinMachine.Longest, pinned: true);
    private int _count;

    ~PinBuffer() => Erase();

    /// <summary>The digits themselves: for the sealing, and for tests that see them gone.</summary>
    public Span<char> Digits => _digits.AsSpan(0, _count);

    public void Append(PinKey digit) => _digits[_count++] = (char)('0' + (int)digit);

    public void Erase()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_digits.AsSpan()));
        _count = 0;
    }

    /// <summary>Whether not one digit is left in the memory.</summary>
    internal bool IsBlank => !_digits.AsSpan().ContainsAnyExcept('\0');

    public void Dispose()
    {
        Erase();
        GC.SuppressFinalize(this);
    }
}
