namespace SoftPos.Backend;

/// <summary>The mail server by which receipts go out.</summary>
public sealed record MailOptions
{
    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Port; 587 for submission.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Sender.</summary>
    public required string From { get; init; }

    /// <summary>Refuse a server without STARTTLS. Only a server on this machine may do without.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>User at the server; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password of the user.</summary>
    public string? Password { get; init; }
}
