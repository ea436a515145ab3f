namespace SoftPos.Emv.Configuration;

/// <summary>A set of dynamic reader limits of kernel 3, chosen by the application program identifier 9F5A.</summary>
/// <param name="ProgramId">Prefix of 9F5A, 1–16 bytes.</param>
public sealed record DynamicLimitSet(byte[] ProgramId)
{
    public bool? StatusCheck { get; init; }

    public bool? ZeroAmountAllowed { get; init; }

    public long? TransactionLimit { get; init; }

    public long? FloorLimit { get; init; }

    public long? CvmLimit { get; init; }
}

/// <summary>Implementation options of kernel 3 (Book C-3, 2 and A).</summary>
public sealed record Kernel3Options
{
    /// <summary>Most sets of dynamic limits; schemes use four.</summary>
    public const int MaxDynamicLimits = 8;

    /// <summary>Verify fDDA also for online cryptograms, when TTQ 1 b1 asks for it.</summary>
    public bool OdaForOnline { get; init; } = true;

    /// <summary>Decline when that verification fails; otherwise go online with the failure reported.</summary>
    public bool DeclineOnOnlineOdaFailure { get; init; } = true;

    /// <summary>Accept fDDA without 9F69, which leaves the amount unsigned. Readers of C-3 do not.</summary>
    public bool AcceptFddaVersion0 { get; init; }

    /// <summary>Show the available offline spending amount 9F5D.</summary>
    public bool ShowSpendingAmount { get; init; }

    /// <summary>Check the usage control for cash.</summary>
    public bool CheckCashUsage { get; init; } = true;

    /// <summary>Check the usage control for cash back.</summary>
    public bool CheckCashbackUsage { get; init; } = true;

    /// <summary>Deliver issuer data to the card when card and TTQ 3 b8 support it.</summary>
    public bool IssuerUpdate { get; init; }

    /// <summary>Decline an offline approval of the card where the reader had asked for an online cryptogram, instead of going online with it.</summary>
    public bool DeclineOfflineWhereOnlineRequired { get; init; } = true;

    /// <summary>PAN must begin with 4: refuses another brand's card behind a Visa AID.</summary>
    public bool CheckBrand { get; init; } = true;

    /// <summary>Dynamic reader limits.</summary>
    public IReadOnlyList<DynamicLimitSet> DynamicLimits { get; init; } = [];
}
