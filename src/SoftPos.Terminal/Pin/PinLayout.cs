using System.Security.Cryptography;

namespace SoftPos.Terminal;

/// <summary>
/// Where the keys of one PIN entry are. Four rows of three, and a last row that is the enter key as a whole; all in fractions of the pad, 0 to
/// 1 from the top left. In the random layout the ten digits are shuffled and the function keys stay where they are (specs: pin-on-glass 3).
/// </summary>
internal sealed class PinLayout
{
    public const int Columns = 3, DigitRows = 4, Rows = 5;

    private const int Slots = Columns * DigitRows, Digits = 10;
    private const int CancelSlot = 9, ClearSlot = 11;

    private readonly PinKey[] _slots;

    private PinLayout(ReadOnlySpan<int> digits)
    {
        _slots = new PinKey[Slots];
        for (int slot = 0, next = 0; slot < Slots; slot++)
        {
            _slots[slot] = slot switch { CancelSlot => PinKey.Cancel, ClearSlot => PinKey.Clear, _ => (PinKey)digits[next++] };
        }
    }

    /// <summary>1 2 3 on top, 0 below 8: for the guided mode, whose user knows it by heart.</summary>
    public static PinLayout Ordered { get; } = new([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);

    /// <summary>Every order of the digits is as likely as any other.</summary>
    public static PinLayout Random(RandomNumberGenerator randomness)
    {
        Span<int> digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
        for (int last = Digits - 1; last > 0; last--)
        {
            int other = Below(last + 1, randomness);
            (digits[last], digits[other]) = (digits[other], digits[last]);
        }

        return new PinLayout(digits);
    }

    /// <summary>The key in a cell, for the view that draws the pad.</summary>
    /// <param name="row">0 to 4; the last is the enter key.</param>
    /// <param name="column">0 to 2.</param>
    public PinKey At(int row, int column) => row == DigitRows ? PinKey.Enter : _slots[(row * Columns) + column];

    /// <summary>The key under a place; null beside the pad.</summary>
    public PinKey? At(double x, double y) => CellAt(x, y) is { } cell ? At(cell.Row, cell.Column) : null;

    /// <summary>The cell under a place; null beside the pad. The cells of the enter key are one.</summary>
    public static (int Row, int Column)? CellAt(double x, double y)
    {
        if (x is not (>= 0 and < 1) || y is not (>= 0 and < 1))
        {
            return null;
        }

        int row = (int)(y * Rows);
        return (row, row == DigitRows ? 0 : (int)(x * Columns));
    }

    /// <summary>A number below a bound, without favour: bytes above the last whole multiple are thrown away.</summary>
    public static int Below(int bound, RandomNumberGenerator randomness)
    {
        int fair = 256 - (256 % bound);
        Span<byte> one = stackalloc byte[1];
        do
        {
            randomness.GetBytes(one);
        }
        while (one[0] >= fair);
        return one[0] % bound;
    }
}
