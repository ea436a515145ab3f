using System.Collections.Frozen;

namespace SoftPos.Emv.Rules;

/// <summary>What becomes of an object in a card response (Book C-2, 4.5).</summary>
internal enum CardObjectRule
{
    /// <summary>Known, from the card, of a length that it may have.</summary>
    Store,

    /// <summary>Unknown to the kernel: skipped.</summary>
    Skip,

    /// <summary>Known, but not the card's to give, or of another length: the response is a parsing error.</summary>
    Refuse,
}

/// <summary>Who may give a data object to a kernel with a TLV database, and in which length.</summary>
/// <param name="fromCard">Objects that a card may give: least and most bytes. An empty value is one more length where the least is 0.</param>
/// <param name="isNotFromCard">Objects that the kernel knows and that only terminal or kernel may write.</param>
/// <param name="ofFci">Objects that belong into an FCI; every other one there is the issuer's own, whatever its tag means elsewhere.</param>
internal sealed class ObjectDictionary(
    FrozenDictionary<uint, (int Least, int Most)> fromCard, Func<uint, bool> isNotFromCard, FrozenSet<uint> ofFci)
{
    /// <summary>What becomes of an object of the FCI.</summary>
    public CardObjectRule RuleInFci(uint tag, int length) => ofFci.Contains(tag) ? RuleOf(tag, length) : CardObjectRule.Skip;

    /// <summary>What becomes of an object in a card response.</summary>
    public CardObjectRule RuleOf(uint tag, int length) => fromCard.TryGetValue(tag, out (int Least, int Most) bounds)
        ? length >= bounds.Least && length <= bounds.Most ? CardObjectRule.Store : CardObjectRule.Refuse
        : isNotFromCard(tag) ? CardObjectRule.Refuse : CardObjectRule.Skip;
}
