namespace SoftPos.Terminal;

/// <summary>Addresses of the back end and how long each may take.</summary>
internal static class Paths
{
    public const string Channel = "/terminal/v1/channel";
    public const string Challenge = "/terminal/v1/challenge";
    public const string Activation = "/terminal/v1/activation";
    public const string Attestation = "/terminal/v1/attestation";
    public const string Keys = "/terminal/v1/keys";
    public const string ReaderConfiguration = "/terminal/v1/reader-configuration";
    public const string Appeals = "/terminal/v1/appeals";
    public const string Commands = "/terminal/v1/commands";
    public const string Payments = "/terminal/v1/payments";
    public const string PaymentStatus = "/terminal/v1/payments/status";
    public const string Orders = "/terminal/v1/orders";
    public const string OfflineForward = "/terminal/v1/payments/offline";
    public const string PaymentFollowUp = "/terminal/v1/payments/follow-up";

    /// <summary>Questions that the back end answers by itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A payment waits for the acquirer, and the back end for its own time-out before that.</summary>
    public static readonly TimeSpan PaymentPatience = TimeSpan.FromSeconds(60);
}
