using SoftPos.Emv.Authentication;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>Reads the records that a file locator names, in their order, and collects the static data to be authenticated.</summary>
/// <param name="activation">The activation.</param>
/// <param name="card">Takes the objects.</param>
/// <param name="clause">Clause of the notes.</param>
internal sealed class RecordReading(KernelActivation activation, CardObjects card, string clause)
{
    private readonly Queue<RecordAddress> _records = new();

    public StaticDataCollector StaticData { get; } = new();

    /// <summary>READ RECORD of the next record; null when all are read.</summary>
    public CommandApdu? Next => _records.TryPeek(out RecordAddress next) ? ReadRecord.Command(next) : null;

    /// <summary>Takes the file locator; null when it can be used.</summary>
    public OutcomeReason? Plan(byte[]? locator)
    {
        if (!FileLocator.TryParse(locator ?? [], out List<RecordAddress>? records, out bool tooMany))
        {
            return tooMany ? OutcomeReason.TooManyRecords : OutcomeReason.BadCardData;
        }

        foreach (RecordAddress record in records)
        {
            _records.Enqueue(record);
        }

        return null;
    }

    /// <summary>Takes the answer to <see cref="Next"/>; null when all is well.</summary>
    public OutcomeReason? Take(ResponseApdu response)
    {
        RecordAddress address = _records.Dequeue();
        if (!response.Status.IsOk)
        {
            return OutcomeReason.CardStatus;
        }

        string part = address.IsAuthenticated ? ", part of the static data to be authenticated" : string.Empty;
        activation.Notes?.Add(clause, $"SFI {address.Sfi} record {address.Record}{part}");
        if (address.IsAuthenticated)
        {
            StaticData.AddRecord(address.Sfi, response.Data.Span);
        }

        return ReadRecord.Read(address, response.Data, card);
    }
}
