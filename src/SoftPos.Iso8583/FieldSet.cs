using System.Numerics;

namespace SoftPos.Iso8583;

/// <summary>A set of field numbers 1 to 192, in the bit order of the wire: field n is bit (n-1) from the left.</summary>
public record struct FieldSet
{
    /// <summary>Highest number that three bitmaps can name.</summary>
    public const int Highest = 192;

    private ulong _primary;
    private ulong _secondary;
    private ulong _tertiary;

    /// <summary>How many fields.</summary>
    public readonly int Count =>
        BitOperations.PopCount(_primary) + BitOperations.PopCount(_secondary) + BitOperations.PopCount(_tertiary);

    /// <summary>Whether the field is in the set.</summary>
    public readonly bool Contains(int field) => field is >= 1 and <= Highest && (Word((field - 1) >> 6) & Mask(field)) != 0;

    /// <summary>Puts a field in.</summary>
    public void Add(int field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field, Highest);
        SetWord((field - 1) >> 6, Word((field - 1) >> 6) | Mask(field));
    }

    /// <summary>Takes a field out.</summary>
    public void Remove(int field)
    {
        if (field is >= 1 and <= Highest)
        {
            SetWord((field - 1) >> 6, Word((field - 1) >> 6) & ~Mask(field));
        }
    }

    /// <summary>The lowest field above <paramref name="after"/>, or 0.</summary>
    public readonly int Next(int after)
    {
        for (int index = after >> 6; index < 3; index++)
        {
            ulong word = Word(index);
            int skip = after - (index << 6);
            if (skip > 0)
            {
                word = unchecked(word << skip >> skip);
            }

            if (word != 0)
            {
                return (index << 6) + BitOperations.LeadingZeroCount(word) + 1;
            }
        }

        return 0;
    }

    /// <summary>Enumerates the numbers upwards.</summary>
    public readonly Enumerator GetEnumerator() => new(this);

    /// <summary>The numbers upwards.</summary>
    public readonly IReadOnlyList<int> ToList()
    {
        List<int> fields = new(Count);
        foreach (int field in this)
        {
            fields.Add(field);
        }

        return fields;
    }

    internal readonly ulong Word(int index) => index switch { 0 => _primary, 1 => _secondary, _ => _tertiary };

    internal void SetWord(int index, ulong value)
    {
        switch (index)
        {
            case 0:
                _primary = value;
                break;
            case 1:
                _secondary = value;
                break;
            default:
                _tertiary = value;
                break;
        }
    }

    private static ulong Mask(int field) => 1UL << (63 - ((field - 1) & 63));

    /// <summary>Walks the set upwards.</summary>
    public struct Enumerator(FieldSet set)
    {
        private readonly FieldSet _set = set;

        /// <summary>The field at hand.</summary>
        public int Current { get; private set; }

        /// <summary>Goes to the next field.</summary>
        public bool MoveNext() => (Current = _set.Next(Current)) != 0;
    }
}
