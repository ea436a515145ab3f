using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>In what the restrictions of one kernel differ from those of another.</summary>
internal readonly record struct RestrictionRules()
{
    /// <summary>Compare the version of the card with that of the kernel.</summary>
    public bool ComparesVersions { get; init; } = true;

    /// <summary>Look at the effective date.</summary>
    public bool ChecksEffectiveDate { get; init; } = true;

    /// <summary>Without an issuer country the usage control is not looked at.</summary>
    public bool IgnoresUsageWithoutCountry { get; init; }

    /// <summary>Without an issuer country the usage control allows nothing.</summary>
    public bool RefusesUsageWithoutCountry { get; init; }

    /// <summary>Look at the usage control.</summary>
    public bool ChecksUsage { get; init; } = true;

    /// <summary>Country of the issuer where it does not stand in 5F28 alone.</summary>
    public byte[]? Country { get; init; }

    /// <summary>Domestic or not where the card says so itself; null compares the countries.</summary>
    public bool? IsDomestic { get; init; }
}

/// <summary>
/// Processing restrictions (EMV Book 3, 10.4; Book C-2, 7.7): version, dates, usage control. They only set bits; the action codes, or the
/// kernel's own decision, do the rest.
/// </summary>
internal static class ProcessingRestrictions
{
    public static Tvr Check(KernelActivation activation, IKernelObjects data, RestrictionRules rules)
    {
        Tvr tvr = default;
        byte[] today = data[EmvTag.TransactionDate]!;
        if (rules.ComparesVersions
            && data[EmvTag.CardVersion] is { Length: 2 } version && !version.AsSpan().SequenceEqual(data[EmvTag.TerminalVersion]))
        {
            tvr |= Tvr.VersionsDiffer;                                                                                 // PRE.1
        }

        if (rules.ChecksEffectiveDate
            && data[EmvTag.EffectiveDate] is { } effective && Bcd.CompareDates(today, effective) is null or < 0)
        {
            tvr |= Tvr.NotYetEffective;                                                                                // PRE.2
        }

        // PRE.3; a date that is none counts as passed.
        if (Bcd.CompareDates(today, data[EmvTag.ExpirationDate]) is null or > 0)
        {
            tvr |= Tvr.Expired;
        }

        return !rules.ChecksUsage || IsUsageAllowed(activation, data, rules) ? tvr : tvr | Tvr.ServiceNotAllowed;
    }

    /// <summary>PRE.4 to PRE.22.</summary>
    private static bool IsUsageAllowed(KernelActivation activation, IKernelObjects data, RestrictionRules rules)
    {
        if (data[EmvTag.ApplicationUsageControl] is not { Length: 2 } usage)
        {
            return true;
        }

        byte[]? country = (rules.Country ?? data.Card[EmvTag.IssuerCountryCode]) is { Length: 2 } code ? code : null;
        if (country is null && rules.IgnoresUsageWithoutCountry)
        {
            return true;
        }

        bool isAtm = activation.Configuration.Terminal.TerminalType is 0x14 or 0x15 or 0x16
            && data[EmvTag.AdditionalCapabilities] is { Length: 5 } capabilities && (capabilities[0] & 0x80) != 0;
        if ((usage[0] & (isAtm ? 0x02 : 0x01)) == 0)
        {
            return false;
        }

        if (country is null)
        {
            return !rules.RefusesUsageWithoutCountry;
        }

        bool domestic = rules.IsDomestic ?? country.AsSpan().SequenceEqual(data[EmvTag.TerminalCountry]);
        byte type = data[EmvTag.TransactionType]![0];
        byte needed = type switch
        {
            0x01 or 0x17 => domestic ? (byte)0x80 : (byte)0x40,
            0x00 or 0x09 => domestic ? (byte)0x28 : (byte)0x14,
            _ => 0,
        };
        if (needed != 0 && (usage[0] & needed) == 0)
        {
            return false;
        }

        return activation.Request.OtherAmountMinor == 0 || (usage[1] & (domestic ? 0x80 : 0x40)) != 0;
    }
}
