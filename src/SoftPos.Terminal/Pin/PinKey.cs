namespace SoftPos.Terminal;

/// <summary>A key of the PIN pad. Digits have their own value.</summary>
internal enum PinKey
{
    Zero = 0,
    One,
    Two,
    Three,
    Four,
    Five,
    Six,
    Seven,
    Eight,
    Nine,
    Clear,
    Enter,
    Cancel,
}
