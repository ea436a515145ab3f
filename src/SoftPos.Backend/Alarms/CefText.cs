using System.Globalization;
using System.Text;
using SoftPos.Contract;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Alarms;

/// <summary>
/// Steps of alarms as Common Event Format in RFC 5424 lines, for security event systems. Codes, identities and our own sentences only.
/// </summary>
internal static class CefText
{
    /// <summary>Facility "log audit" (RFC 5424, 6.2.1).</summary>
    private const int LogAudit = 13;

    /// <summary>Longest <c>msg</c> that receivers keep.</summary>
    private const int MaxMessage = 1023;

    private const string Unset = "-";

    /// <summary>One RFC 5424 line without its framing.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="host">Name of this machine.</param>
    /// <param name="process">Process identity.</param>
    /// <param name="version">Version of the product.</param>
    public static string Line(AlarmEvent happened, string host, int process, string version) => string.Create(
        CultureInfo.InvariantCulture,
        $"<{(LogAudit * 8) + SyslogSeverity(happened)}>1 {happened.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Header(host, 255)} softpos {process} "
            + $"{Header(happened.Type, 32)} - {Cef(happened, version)}");

    /// <summary>The CEF text.</summary>
    public static string Cef(AlarmEvent happened, string version)
    {
        AlarmRecord? alarm = happened.Alarm;
        string name = alarm is null ? "sign of life" : $"{Word(happened.Type)}: {alarm.Kind}";
        StringBuilder text = new("CEF:0|OpenSoftPOS|back end|");
        text.Append(HeaderField(version)).Append('|').Append(HeaderField(alarm?.Kind ?? happened.Type)).Append('|')
            .Append(HeaderField(name)).Append('|')
            .Append(SeverityOf(alarm?.Severity).ToString(CultureInfo.InvariantCulture)).Append('|');
        List<string> extension = [$"rt={happened.Time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}"];
        Add("act", Word(happened.Type));
        Add("externalId", happened.Id);
        if (alarm is not null)
        {
            Add("cat", alarm.Kind);
            Add("reason", alarm.Reason);
            Add("outcome", alarm.State.ToString());
            Add("deviceExternalId", alarm.TerminalId?.ToString() ?? alarm.Originator);
            Add("suser", alarm.By);
            Add("duser", alarm.Assignee);
            Add("msg", alarm.Note is { } note ? $"{alarm.Summary} ({note})" : alarm.Summary);
            Labelled("cn1", "alarm", alarm.Number.ToString(CultureInfo.InvariantCulture));
            Labelled("cs1", "originator", alarm.Originator);
            Labelled("cs2", "owner", ReasonCatalogue.Get(alarm.Reason).Owner.ToString());
            Labelled("cs3", "cause", alarm.Cause);
        }
        else
        {
            Add("msg", happened.Life?.ToJsonString());
        }

        return text.Append(string.Join(' ', extension)).ToString();

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                extension.Add($"{key}={Value(value.Length > MaxMessage ? value[..MaxMessage] : value)}");
            }
        }

        void Labelled(string key, string label, string value)
        {
            if (value.Length > 0)
            {
                Add(key, value);
                Add(key + "Label", label);
            }
        }
    }

    /// <summary>A header field: a pipe and a backslash are escaped, a line break becomes a space.</summary>
    public static string HeaderField(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>A value of the extension: an equals sign and a backslash are escaped, line breaks are written as such.</summary>
    public static string Value(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>0 to 10, as CEF has it.</summary>
    private static int SeverityOf(Severity? severity) => severity switch
    {
        null => 0,
        Severity.Info => 2,
        Severity.Warning => 5,
        Severity.Serious => 8,
        _ => 10,
    };

    /// <summary>RFC 5424, 6.2.1: 2 critical, 3 error, 4 warning, 5 notice, 6 informational.</summary>
    private static int SyslogSeverity(AlarmEvent happened) => happened.Alarm switch
    {
        null or { State: AlarmState.Resolved } => 6,
        { Severity: Severity.Critical } => 2,
        { Severity: Severity.Serious } => 3,
        { Severity: Severity.Warning } => 4,
        _ => 5,
    };

    private static string Word(string type) => type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>A field of the syslog header: printable ASCII without spaces.</summary>
    private static string Header(string text, int most)
    {
        string plain = new([.. text.Where(static c => c is >= '!' and <= '~').Take(most)]);
        return plain.Length > 0 ? plain : Unset;
    }
}
