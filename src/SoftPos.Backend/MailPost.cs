using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SoftPos.Backend;

/// <summary>Hands a message to the installation's mail server.</summary>
internal static class MailPost
{
    /// <summary>A server that does not answer must not hold the caller for longer.</summary>
    private const int TimeoutMs = 15_000;

    /// <summary>True when the server took it.</summary>
    public static async Task<bool> SendAsync(MailOptions mail, MimeMessage message, CancellationToken cancellation)
    {
        using SmtpClient client = new() { Timeout = TimeoutMs };
        try
        {
            SecureSocketOptions security = mail.Tls ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable;
            await client.ConnectAsync(mail.Host, mail.Port, security, cancellation);
            if (mail.User is { } user)
            {
                await client.AuthenticateAsync(user, mail.Password ?? string.Empty, cancellation);
            }

            await client.SendAsync(message, cancellation);
            await client.DisconnectAsync(quit: true, cancellation);
            return true;
        }
        catch (Exception fault) when (
            fault is IOException or System.Net.Sockets.SocketException or MailKit.ProtocolException or MailKit.CommandException
            or MailKit.Security.AuthenticationException or SslHandshakeException or TimeoutException or NotSupportedException)
        {
            return false;
        }
    }
}
