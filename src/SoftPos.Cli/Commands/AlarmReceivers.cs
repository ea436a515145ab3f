using System.CommandLine;
using System.Globalization;
using SoftPos.Backend;

namespace SoftPos.Cli.Commands;

/// <summary>Where a stack's alarms go.</summary>
/// <param name="Sinks">Receivers.</param>
/// <param name="SignOfLife">Between two signs of life; null for none.</param>
/// <param name="Mail">Mail server; null for none.</param>
internal sealed record AlarmChoices(AlarmSinkOptions Sinks, TimeSpan? SignOfLife, MailOptions? Mail);

/// <summary>Options of the receivers of alarms.</summary>
internal sealed class AlarmReceivers
{
    /// <summary>The secret of webhooks: not on the command line, where every user of the machine reads it.</summary>
    private const string SecretVariable = "SOFTPOS_ALARM_SECRET";

    private readonly Option<string[]> _mail = new(
        "--alarm-mail") { Description = "Address that gets alarms by e-mail; may stand several times." };
    private readonly Option<string[]> _webhook = new("--alarm-webhook")
    {
        Description = $"Address that gets alarms as webhooks, signed under the secret in {SecretVariable}; may stand several times.",
    };

    private readonly Option<string[]> _syslog = new("--alarm-syslog")
    {
        Description = "Syslog receiver that gets alarms as CEF, tcp://host:port or udp://host:port; may stand several times.",
    };

    private readonly Option<double?> _life = new(
        "--sign-of-life") { Description = "Seconds between two signs of life to the receivers; none when not given." };
    private readonly Option<string?> _server = new(
        "--mail-server") { Description = "Mail server, host:port; SOFTPOS_MAIL_USER and SOFTPOS_MAIL_PASSWORD sign in." };
    private readonly Option<string> _from = new("--mail-from") { Description = "Sender of e-mails.", DefaultValueFactory = _ =>
        "softpos@localhost" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_mail, _webhook, _syslog, _life, _server, _from])
        {
            command.Options.Add(option);
        }
    }

    public AlarmChoices Of(ParseResult parsed) => new(
        new AlarmSinkOptions
        {
            MailTo = parsed.GetValue(_mail) ?? [],
            Webhooks = [.. (parsed.GetValue(_webhook) ?? []).Select(text => StackOptions.AddressOf("--alarm-webhook", text))],
            WebhookSecret = Environment.GetEnvironmentVariable(SecretVariable),
            Syslog = [.. (parsed.GetValue(_syslog) ?? []).Select(text => StackOptions.AddressOf("--alarm-syslog", text))],
        },
        parsed.GetValue(_life) switch
        {
            null => null,
            >= 1 and <= 86_400 and double seconds => TimeSpan.FromSeconds(seconds),
            _ => throw new CommandException("--sign-of-life: expected 1 to 86400 seconds"),
        },
        parsed.GetValue(_server) is { } server ? MailOf(server, parsed.GetValue(_from)!) : null);

    private static MailOptions MailOf(string server, string from)
    {
        string[] parts = server.Split(':');
        if (parts.Length != 2 || parts[0].Length == 0
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65_535)
        {
            throw new CommandException($"--mail-server {server}: expected host:port");
        }

        return new MailOptions
        {
            Host = parts[0],
            Port = port,
            From = from,
            Tls = parts[0] is not ("localhost" or "127.0.0.1"),
            User = Environment.GetEnvironmentVariable("SOFTPOS_MAIL_USER"),
            Password = Environment.GetEnvironmentVariable("SOFTPOS_MAIL_PASSWORD"),
        };
    }
}
