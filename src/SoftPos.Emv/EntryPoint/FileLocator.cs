using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Emv.EntryPoint;

/// <summary>One record to read.</summary>
/// <param name="Sfi">Short file identifier, 1–30.</param>
/// <param name="Record">Record number, 1–255.</param>
/// <param name="IsAuthenticated">Part of the static data to be authenticated.</param>
internal readonly record struct RecordAddress(int Sfi, int Record, bool IsAuthenticated);

/// <summary>Application file locator 94 (EMV Book 3, 10.2).</summary>
internal static class FileLocator
{
    /// <summary>Most records of a transaction: no card needs twenty; the bound keeps a hostile one from holding the reader.</summary>
    public const int MaxRecords = 64;

    /// <summary>Expands the locator; false when an entry breaks a rule. More records than the bound are told apart.</summary>
    public static bool TryParse(ReadOnlySpan<byte> afl, [NotNullWhen(true)] out List<RecordAddress>? records, out bool tooMany)
    {
        records = null;
        tooMany = false;
        List<RecordAddress> found = [];
        if (afl.Length % 4 != 0)
        {
            return false;
        }

        for (; !afl.IsEmpty; afl = afl[4..])
        {
            int sfi = afl[0] >> 3;
            (int first, int last, int count) = (afl[1], afl[2], afl[3]);
            if ((afl[0] & 0x07) != 0 || sfi is < 1 or > 30 || first < 1 || last < first || count > last - first + 1)
            {
                return false;
            }

            for (int record = first; record <= last; record++)
            {
                if (found.Count == MaxRecords)
                {
                    tooMany = true;
                    return false;
                }

                found.Add(new RecordAddress(sfi, record, record - first < count));
            }
        }

        records = found;
        return true;
    }
}
