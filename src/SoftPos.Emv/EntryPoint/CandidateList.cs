using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>One entry of the candidate list (Book B, 3.3.2.5 E).</summary>
/// <param name="AdfName">Name on the card.</param>
/// <param name="Combination">Combination of the reader that matched.</param>
/// <param name="Indicators">Pre-processing indicators of the combination.</param>
/// <param name="Priority">1 is best; 16 stands for no priority.</param>
/// <param name="ExtendedSelection">9F29, or null.</param>
/// <param name="Position">Place of the directory entry.</param>
internal sealed record Candidate(
    byte[] AdfName,
    Combination Combination,
    PreProcessingIndicators Indicators,
    int Priority,
    byte[]? ExtendedSelection,
    int Position)
{
    /// <summary>Longest name of a SELECT command.</summary>
    private const int LongestName = 16;

    /// <summary>Data of the SELECT command: the name, with the extension where card and combination have it (3.3.3.3).</summary>
    public byte[] SelectName => ExtendedSelection is { Length: > 0 } extension
        && Combination.ExtendedSelection is true
        && AdfName.Length + extension.Length <= LongestName
            ? [.. AdfName, .. extension]
            : AdfName;
}

/// <summary>Builds and orders the candidate list from the PPSE (Book B, 3.3.2).</summary>
internal static class CandidateList
{
    /// <summary>Most directory entries that are looked at: a 256-byte FCI holds at most 28 entries of an AID and nothing else.</summary>
    public const int MaxEntries = 32;

    /// <summary>Most candidates: an entry may match more than one combination.</summary>
    public const int MaxCandidates = 64;

    private const int NoPriority = 16;

    /// <summary>Candidates, best first; empty for an FCI that cannot be used.</summary>
    public static List<Candidate> Build(
        ReadOnlyMemory<byte> fci,
        IReadOnlyList<(Combination Combination, PreProcessingIndicators Indicators)> allowed)
    {
        List<Candidate> candidates = [];
        List<TlvNode> entries = DirectoryEntries(fci);
        foreach ((Combination combination, PreProcessingIndicators indicators) in allowed)
        {
            for (int position = 0; position < entries.Count && candidates.Count < MaxCandidates; position++)
            {
                if (Match(entries[position], combination, indicators, position) is { } candidate)
                {
                    candidates.Add(candidate);
                }
            }
        }

        // 3.3.3.2: best priority, then first in the directory; a stable sort keeps the order of the configuration for the rest.
        return [.. candidates.OrderBy(candidate => candidate.Priority).ThenBy(candidate => candidate.Position)];
    }

    private static List<TlvNode> DirectoryEntries(ReadOnlyMemory<byte> fci)
    {
        if (!TlvTree.TryParse(fci, out IReadOnlyList<TlvNode> nodes, out _))
        {
            return [];
        }

        TlvNode? issuerData = nodes.FirstOrDefault(node => node.Tag == EmvTag.FciTemplate)
            ?.Child(EmvTag.FciProprietaryTemplate)
            ?.Child(EmvTag.FciIssuerData);
        return issuerData is null
            ? []
            : [.. issuerData.Children.Where(node => node.Tag == EmvTag.ApplicationTemplate).Take(MaxEntries)];
    }

    private static Candidate? Match(TlvNode entry, Combination combination, PreProcessingIndicators indicators, int position)
    {
        // A, B: a name of 5 to 16 bytes that begins with the AID of the combination.
        if (entry.Child(EmvTag.AdfName) is not { Value.Length: >= 5 and <= 16 } name
            || !name.Value.Span.StartsWith(combination.Aid))
        {
            return null;
        }

        // C, D: the kernel.
        ReadOnlyMemory<byte> identifier = entry.Child(EmvTag.KernelIdentifier)?.Value ?? default;
        if (!RequestedKernel.TryGet(identifier.Span, combination.Aid, out byte[] requested)
            || !RequestedKernel.IsServedBy(requested, combination.KernelId))
        {
            return null;
        }

        int priority = entry.Child(EmvTag.Priority) is { Value.Length: 1 } indicator ? indicator.Value.Span[0] & 0x0F : 0;
        return new Candidate(
            name.Value.ToArray(),
            combination,
            indicators,
            priority == 0 ? NoPriority : priority,
            entry.Child(EmvTag.ExtendedSelection)?.Value.ToArray(),
            position);
    }
}
