namespace SoftPos.Contract.Integrators;

/// <summary>What an API key may do.</summary>
public static class ApiScopes
{
    /// <summary>Reads merchants, stores, users and terminals.</summary>
    public const string MerchantsRead = "merchants:read";

    /// <summary>Takes merchants on and changes them; makes activation codes.</summary>
    public const string MerchantsWrite = "merchants:write";

    /// <summary>Reads payments, receipts and orders.</summary>
    public const string PaymentsRead = "payments:read";

    /// <summary>Pushes orders; voids, completes, adjusts and refunds payments.</summary>
    public const string PaymentsWrite = "payments:write";

    /// <summary>Reads batches and their exports.</summary>
    public const string SettlementsRead = "settlements:read";

    /// <summary>Reads events and manages webhook endpoints.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Makes, rotates and ends API keys of the same tenant.</summary>
    public const string Keys = "keys";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [MerchantsRead, MerchantsWrite, PaymentsRead, PaymentsWrite, SettlementsRead, Webhooks, Keys];
}

/// <summary>An API key to be made.</summary>
public sealed record ApiKeyInput
{
    /// <summary>What it is for, up to 60 characters.</summary>
    public required string Name { get; set; }

    /// <summary>Scopes, at least one.</summary>
    public required IReadOnlyList<string> Scopes { get; set; }

    /// <summary>The only merchant that it sees; null for all of the tenant.</summary>
    public string? MerchantId { get; set; }

    /// <summary>Life in days, 1 to 366.</summary>
    public int LifeDays { get; set; } = 90;
}

/// <summary>How an API key is rotated.</summary>
public sealed record ApiKeyRotationInput
{
    /// <summary>Hours that the old key goes on beside the new one, 0 to 168.</summary>
    public int OverlapHours { get; set; } = 24;
}

/// <summary>An API key; never its secret.</summary>
public sealed record ApiKeyView
{
    /// <summary>What is visible of it: <c>sk_sandbox_</c> or <c>sk_live_</c> and its identity.</summary>
    public required string Prefix { get; set; }

    /// <summary>Identity.</summary>
    public required string KeyId { get; set; }

    /// <summary>What it is for.</summary>
    public required string Name { get; set; }

    /// <summary>Scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; set; }

    /// <summary>The only merchant that it sees.</summary>
    public string? MerchantId { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Ended by hand.</summary>
    public bool Revoked { get; set; }

    /// <summary>Key that took its place.</summary>
    public string? ReplacedBy { get; set; }
}

/// <summary>A new API key. Its secret is shown in this answer only.</summary>
public sealed record ApiKeyCreated
{
    /// <summary>The whole key, for the <c>Authorization: Bearer</c> header.</summary>
    public required string Secret { get; set; }

    /// <summary>The key.</summary>
    public required ApiKeyView Key { get; set; }
}
