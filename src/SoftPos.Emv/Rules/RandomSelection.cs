using System.Buffers.Binary;

namespace SoftPos.Emv.Rules;

/// <summary>Random transaction selection for online (EMV Book 3, 10.6.2), for amounts below the floor limit.</summary>
/// <param name="TargetPercent">Per cent of the amounts below the threshold that go online; 0 for none.</param>
/// <param name="MaxTargetPercent">Per cent at the floor limit.</param>
/// <param name="Threshold">From this amount on the percentage grows.</param>
internal readonly record struct RandomSelection(int TargetPercent, int MaxTargetPercent, long Threshold)
{
    /// <summary>True when the transaction is chosen.</summary>
    /// <param name="amount">Amount, below the floor limit.</param>
    /// <param name="floorLimit">Floor limit.</param>
    /// <param name="next">Gives four fresh unpredictable bytes; called only where there is something to draw.</param>
    public bool Chooses(long amount, long floorLimit, Func<byte[]> next)
    {
        if (TargetPercent == 0)
        {
            return false;
        }

        // 1 to 99; the bias of 2^32 modulo 99 is far below what a percentage can tell.
        int drawn = 1 + (int)(BinaryPrimitives.ReadUInt32BigEndian(next()) % 99);
        long percent = amount < Threshold || floorLimit <= Threshold
            ? TargetPercent
            : TargetPercent + ((MaxTargetPercent - TargetPercent) * (amount - Threshold) / (floorLimit - Threshold));
        return drawn <= percent;
    }
}
