using SoftPos.Iso7816;

namespace SoftPos.Emv.Authentication;

/// <summary>Collects the static data to be authenticated while records are read (EMV Book 3, 10.3).</summary>
public sealed class StaticDataCollector
{
    /// <summary>Most bytes that are kept; C-2 gives 2048 and no card needs more.</summary>
    public const int MaxLength = 2048;

    private readonly List<byte> _data = [];

    /// <summary>The first thing that went wrong, or null.</summary>
    public OdaFault? Fault { get; private set; }

    /// <summary>Takes a record that the file locator counts for authentication.</summary>
    /// <param name="sfi">Short file identifier.</param>
    /// <param name="record">Response data as received.</param>
    public void AddRecord(int sfi, ReadOnlySpan<byte> record)
    {
        TlvReader reader = new(record);
        if (!reader.TryRead(out TlvObject template) || template.Tag != EmvTag.RecordTemplate)
        {
            Fault ??= OdaFault.Record;
            return;
        }

        // SFI 1 to 10: the value of the template; 11 to 30: the whole record.
        Append(sfi <= 10 ? template.Value : record);
    }

    /// <summary>Ends the collection with the objects of the static data tag list, which may name the AIP only.</summary>
    /// <param name="tagList">9F4A, or null.</param>
    /// <param name="aip">82.</param>
    public byte[] Complete(byte[]? tagList, byte[]? aip)
    {
        if (tagList is { Length: > 0 })
        {
            if (tagList is [0x82] && aip is not null)
            {
                Append(aip);
            }
            else
            {
                Fault ??= OdaFault.TagList;
            }
        }

        return [.. _data];
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_data.Count + bytes.Length > MaxLength)
        {
            Fault ??= OdaFault.Record;
            return;
        }

        _data.AddRange(bytes);
    }
}
