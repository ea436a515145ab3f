using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Terminal.Screens;

/// <summary>Payments of this phone for its merchant: identity, amount, end, time. Nothing of a card.</summary>
internal sealed class PaymentHistory
{
    /// <summary>Most payments that are kept; older ones are in the back end.</summary>
    public const int MaxEntries = 200;

    private const int MaxFile = 64 * 1024;

    private readonly List<HistoryEntry> _entries;

    private PaymentHistory(List<HistoryEntry> entries) => _entries = entries;

    /// <summary>Newest last.</summary>
    public IReadOnlyList<HistoryEntry> Entries => _entries;

    /// <summary>Reads a list; one that cannot be read is as if there were none: the back end has every payment.</summary>
    public static PaymentHistory Read(byte[]? bytes)
    {
        try
        {
            return new PaymentHistory(bytes is { Length: > 0 and <= MaxFile }
                ? [.. (JsonSerializer.Deserialize(bytes, HistoryJson.Default.ListHistoryEntry) ?? []).Where(static entry => entry is not null).TakeLast(MaxEntries)]
                : []);
        }
        catch (JsonException)
        {
            return new PaymentHistory([]);
        }
    }

    /// <summary>Adds a payment, or replaces what was known of it.</summary>
    public byte[] Put(HistoryEntry entry)
    {
        _entries.RemoveAll(known => known.PaymentId == entry.PaymentId);
        _entries.Add(entry);
        _entries.RemoveRange(0, Math.Max(0, _entries.Count - MaxEntries));
        return JsonSerializer.SerializeToUtf8Bytes(_entries, HistoryJson.Default.ListHistoryEntry);
    }

    public HistoryEntry? Find(Guid paymentId) => _entries.Find(entry => entry.PaymentId == paymentId);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(List<HistoryEntry>))]
internal sealed partial class HistoryJson : JsonSerializerContext;
