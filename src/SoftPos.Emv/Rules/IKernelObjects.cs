using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>
/// Data objects of one activation as the rules see them that several kernels share: those of terminal and kernel, and those of the card,
/// each written only by its own side.
/// </summary>
internal interface IKernelObjects
{
    /// <summary>Objects of the card, as far as its responses gave them.</summary>
    TlvMap Card { get; }

    /// <summary>Terminal verification results.</summary>
    Tvr Tvr { get; set; }

    /// <summary>An object, whichever side gave it; the terminal's wins.</summary>
    byte[]? this[uint tag] { get; }

    /// <summary>Writes an object of the terminal or the kernel.</summary>
    void Set(uint tag, byte[] value);
}

/// <summary>Questions that every kernel asks of its objects.</summary>
internal static class KernelObjectQuestions
{
    extension(IKernelObjects data)
    {
        /// <summary>Bits of one byte of the application interchange profile.</summary>
        public bool Aip(int octet, byte bits) => data.Card[EmvTag.Aip] is { Length: 2 } aip && (aip[octet - 1] & bits) != 0;

        /// <summary>True when the object is there with at least one byte.</summary>
        public bool IsNotEmpty(uint tag) => data[tag] is { Length: > 0 };

        /// <summary>Values for a data object list.</summary>
        public byte[] Build(Dol dol) => dol.Build(tag => data[tag]);

        /// <summary>The named objects that are there. Copies: the account's are zeroed when the sale is over, a torn record's when it goes.</summary>
        public TlvMap Take(IEnumerable<uint> tags)
        {
            TlvMap taken = [];
            foreach (uint tag in tags)
            {
                if (data[tag] is { } value)
                {
                    taken[tag] = [.. value];
                }
            }

            return taken;
        }

        /// <summary>The account, from what the card gave.</summary>
        public CardAccount Account(string pan) => CardAccount.Of(data.Card, pan);
    }
}
