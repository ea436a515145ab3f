using System.Globalization;
using System.Text;
using MimeKit;
using SoftPos.Contract;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Alarms;

/// <summary>One address that gets an e-mail of each step of an alarm.</summary>
internal sealed class MailSink(MailOptions mail, string to, Uri? console) : IAlarmSink
{
    public string Name { get; } = $"mail:{to}";

    public async Task<string?> SendAsync(AlarmEvent happened, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        // A sign of life each minute is for programs.
        if (happened.Alarm is not { } alarm)
        {
            return null;
        }

        using MimeMessage message = new()
        {
            Subject = $"[{alarm.Severity}] {Word(happened.Type)}: {alarm.Kind}, {alarm.Originator}".ReplaceLineEndings(" "),
            MessageId = $"{happened.Id}@softpos.alarms",
            Date = happened.Time,
        };
        message.From.Add(MailboxAddress.Parse(mail.From));
        message.To.Add(MailboxAddress.Parse(to));
        message.Body = new TextPart("plain") { Text = TextOf(happened, alarm, console) };

        // Steps of one alarm are one thread.
        message.References.Add($"alarm-{alarm.Number.ToString(CultureInfo.InvariantCulture)}@softpos.alarms");
        return await MailPost.SendAsync(mail, message, cancellation) ? null : "the mail server did not take the message";
    }

    private static string TextOf(AlarmEvent happened, AlarmRecord alarm, Uri? console)
    {
        Reason reason = ReasonCatalogue.Get(alarm.Reason);
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"Alarm {alarm.Number}, {Word(happened.Type)} {happened.Time:u}").AppendLine()
            .AppendLine(alarm.Summary).AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"about      {alarm.Originator}")
            .AppendLine(CultureInfo.InvariantCulture, $"severity   {alarm.Severity}, seen {alarm.Occurrences} times since {alarm.RaisedAt:u}")
            .AppendLine(CultureInfo.InvariantCulture, $"owner      {reason.Owner}: {reason.FixIn("en")}")
            .AppendLine(CultureInfo.InvariantCulture, $"by         {alarm.By}{(alarm.Note is { } note ? $": {note}" : string.Empty)}")
            .AppendLine(CultureInfo.InvariantCulture, $"assignee   {alarm.Assignee ?? "nobody"}").AppendLine();
        foreach (AlarmEvidence one in alarm.Evidence)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{one.At:u}  {one.What}  {one.Value}");
        }

        if (console is not null)
        {
            text.AppendLine().AppendLine(new Uri(console, string.Create(CultureInfo.InvariantCulture, $"alarms/{alarm.Number}")).ToString());
        }

        return text.ToString();
    }

    private static string Word(string type) => type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..];
}
