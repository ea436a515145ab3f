using SoftPos.Contract;

namespace SoftPos.Backend;

/// <summary>The merchant that every sandbox has from its first start.</summary>
internal static class SandboxMerchant
{
    public const string Id = "sandbox-market-stall";

    public static MerchantRecord Record { get; } = new()
    {
        MerchantId = Id,
        Name = "Thandi's Market Stall",
        City = "Johannesburg",
        Country = "ZA",
        CardAcceptorId = "SANDBOX00000001",
        CategoryCode = "5499",
        Currency = "710",
    };
}
