using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <summary>Data objects that the card gave, kept apart from those of the terminal, which a card never overwrites.</summary>
internal sealed class CardObjects
{
    /// <summary>Most objects of one transaction; a card has about fifty.</summary>
    public const int MaxObjects = 512;

    private readonly TlvMap _terminal;
    private readonly int _kernel;
    private readonly IReadOnlySet<uint>? _discarded;

    /// <param name="terminal">Objects of the terminal.</param>
    /// <param name="fci">Objects of the FCI.</param>
    /// <param name="kernel">Number of the kernel, by whose rules lengths are held.</param>
    /// <param name="discarded">Objects that are read past and never stored, or null.</param>
    public CardObjects(TlvMap terminal, TlvMap fci, int kernel, IReadOnlySet<uint>? discarded = null)
    {
        _terminal = terminal;
        _kernel = kernel;
        _discarded = discarded;
        foreach ((uint tag, byte[] value) in fci)
        {
            Fci.TryAdd(tag, value);
        }
    }

    /// <summary>Objects of GET PROCESSING OPTIONS, records and later responses.</summary>
    public TlvMap Read { get; } = [];

    /// <summary>Objects of the FCI.</summary>
    public TlvMap Fci { get; } = [];

    /// <summary>A card object, wherever it came from.</summary>
    public byte[]? this[uint tag] => Read[tag] ?? Fci[tag];

    /// <summary>Adds a template's objects. Null when all is well.</summary>
    public OutcomeReason? Add(ReadOnlySpan<byte> templateValue)
    {
        TlvReader reader = new(templateValue);
        while (reader.TryRead(out TlvObject item))
        {
            if (Add(item.Tag, item.Value, item.IsConstructed) is { } reason)
            {
                return reason;
            }
        }

        return reader.Fault.IsFault ? OutcomeReason.BadCardData : null;
    }

    /// <summary>Adds one object.</summary>
    public OutcomeReason? Add(uint tag, ReadOnlySpan<byte> value, bool isConstructed = false)
    {
        // An object of the terminal that comes from the card is not taken; a template inside a record is issuer data.
        if (isConstructed || _terminal.Contains(tag) || _discarded?.Contains(tag) is true)
        {
            return null;
        }

        if (!HasAllowedLength(tag, value.Length))
        {
            return OutcomeReason.BadCardData;
        }

        if (Read.Count >= MaxObjects)
        {
            return OutcomeReason.BadCardData;
        }

        return Read.TryAdd(tag, value.ToArray()) ? null : OutcomeReason.DuplicateCardData;
    }

    /// <summary>Lengths of the objects that the kernels calculate with; others are passed on as they come.</summary>
    private bool HasAllowedLength(uint tag, int length) => tag switch
    {
        EmvTag.Aip or EmvTag.Atc or EmvTag.ApplicationUsageControl or EmvTag.IssuerCountryCode or EmvTag.ApplicationCurrency => length == 2,
        EmvTag.Cryptogram => length == 8,
        EmvTag.CryptogramInformation or EmvTag.PanSequenceNumber or EmvTag.CaKeyIndex => length == 1,
        EmvTag.ExpirationDate or EmvTag.EffectiveDate => length == 3,
        EmvTag.Track2EquivalentData => length is >= 1 and <= 19,
        EmvTag.Pan => length is >= 1 and <= 10,
        EmvTag.IssuerApplicationData => length <= 32,
        EmvTag.Afl => length <= 252,
        EmvTag.IacDefault or EmvTag.IacDenial or EmvTag.IacOnline => length == 5,
        EmvTag.CvmList => length is 0 or >= 8 and <= 252,
        EmvTag.Ctq when _kernel is 3 or 7 => length == 2,
        EmvTag.CardAuthenticationData when _kernel is 3 or 7 => length is >= 5 and <= 16,
        EmvTag.FormFactor when _kernel == 3 => length is >= 4 and <= 32,
        AmericanExpress.Kernel4Tag.MobileCvmResults when _kernel == 4 => length == 3,
        Jcb.Kernel5Tag.VerificationStatus or Jcb.Kernel5Tag.IssuerUpdate when _kernel == 5 => length == 1,
        Jcb.Kernel5Tag.IssuerCountry when _kernel == 5 => length == 2,
        EmvTag.CardholderName when _kernel == 5 => length is >= 2 and <= 26,
        Discover.Kernel6Tag.CardRequirements when _kernel == 6 => length == 2,
        Discover.Kernel6Tag.OfflineBalance when _kernel == 6 => length == 6,
        EmvTag.CardholderInteraction => length == 3,
        _ => true,
    };
}
