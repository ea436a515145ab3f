namespace SoftPos.Backend;

/// <summary>Where alarms go, besides console and journal.</summary>
public sealed record AlarmSinkOptions
{
    /// <summary>Addresses that get an e-mail of each step, by <see cref="BackendOptions.Mail"/>.</summary>
    public IReadOnlyList<string> MailTo { get; init; } = [];

    /// <summary>Addresses that get each step as a signed webhook.</summary>
    public IReadOnlyList<Uri> Webhooks { get; init; } = [];

    /// <summary>Secret of the webhooks, <c>whsec_</c> and Base64.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>Syslog receivers: <c>tcp://host:port</c> or <c>udp://host:port</c>.</summary>
    public IReadOnlyList<Uri> Syslog { get; init; } = [];
}
