using SoftPos.Contract;

namespace SoftPos.Storage;

/// <summary>One entry of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Index of the leaf, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>Time of the commit.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Kind, such as <c>payment.sent</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>UTF-8 JSON; null when it was removed by the retention policy. The leaf holds its hash.</summary>
    public required byte[]? Content { get; init; }

    /// <summary>SHA-256 of the content.</summary>
    public required byte[] ContentHash { get; init; }

    /// <summary>RFC 6962 leaf hash.</summary>
    public required byte[] LeafHash { get; init; }

    /// <summary>The entry as answers and receipts name it.</summary>
    public JournalTrace Trace => new(Index, Kind, MerkleTree.Hex(LeafHash));

    /// <summary>The bytes that the leaf hash is over.</summary>
    public byte[] ToText() => MerkleTree.EntryText(Time.ToUnixTimeMilliseconds(), Kind, Subject, ContentHash);
}
