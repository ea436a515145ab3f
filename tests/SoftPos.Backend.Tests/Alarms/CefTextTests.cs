using SoftPos.Backend.Alarms;
using SoftPos.Contract;
using SoftPos.Monitoring;

namespace SoftPos.Backend.Tests.Alarms;

public sealed class CefTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void A_step_is_one_line_of_RFC_5424_with_CEF_in_it() => Assert.Equal(
        "<107>1 2026-11-24T12:00:00.250Z node-1 softpos 42 alarm.raised - CEF:0|OpenSoftPOS|back end|0.1.0|attestation|raised: attestation|8|"
            + "rt=1795521600250 act=raised externalId=alarm_7_raised_1795521600250_0 cat=attestation reason=BOOT_UNLOCKED outcome=Raised "
            + "deviceExternalId=01900000-0000-7000-8000-000000000001 suser=monitor msg=its evidence is denied: boot.locked "
            + "cn1=7 cn1Label=alarm cs1=terminal:01900000-0000-7000-8000-000000000001 cs1Label=originator cs2=Merchant cs2Label=owner "
            + "cs3=boot.locked cs3Label=cause",
        CefText.Line(AlarmEvent.Of(Alarm(), "alarm.raised"), "node-1", 42, "0.1.0"));

    [Theory]
    [InlineData("a|b", "a\\|b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a=b", "a=b")]
    [InlineData("a\r\nb\nc", "a b c")]
    public void A_header_field_is_escaped(string text, string expected) => Assert.Equal(expected, CefText.HeaderField(text));

    [Theory]
    [InlineData("a|b c", "a|b c")]
    [InlineData("a=b", "a\\=b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\r\nb", "a\\r\\nb")]
    [InlineData("\\=", "\\\\\\=")]
    public void A_value_is_escaped(string text, string expected) => Assert.Equal(expected, CefText.Value(text));

    [Fact]
    public void Nothing_that_a_person_types_makes_a_second_field_or_line()
    {
        AlarmRecord alarm = Alarm() with { State = AlarmState.Resolved, By = "anna act=raised", Note = "done\nCEF:0|x|y=z",
            Assignee = "ben|x" };
        string line = CefText.Line(AlarmEvent.Of(alarm, "alarm.resolved"), "no de|1", 42, "0.1|0");
        Assert.DoesNotContain('\n', line);
        Assert.StartsWith("<110>1 2026-11-24T12:00:00.250Z node|1 softpos 42 alarm.resolved - CEF:0|OpenSoftPOS|back end|0.1\\|0|", line,
            StringComparison.Ordinal);
        Assert.Contains(" suser=anna act\\=raised ", line, StringComparison.Ordinal);
        Assert.Contains("(done\\nCEF:0|x|y\\=z)", line, StringComparison.Ordinal);
        Assert.Contains(" duser=ben|x ", line, StringComparison.Ordinal);
    }

    private static AlarmRecord Alarm() => new()
    {
        Number = 7, Originator = "terminal:01900000-0000-7000-8000-000000000001", Kind = AlarmKinds.Attestation, State = AlarmState.Raised,
        Severity = Severity.Serious, Reason = "BOOT_UNLOCKED", Summary = "its evidence is denied: boot.locked", RaisedAt = Now,
        ChangedAt = Now, SeenAt = Now,
        By = AlarmDecider.Monitor, Cause = "boot.locked",
    };
}
