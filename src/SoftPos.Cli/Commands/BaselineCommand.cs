using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Baseline;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos baseline …</c>: may a phone be used, and until when? Answered by the policy's own engine.</summary>
internal static class BaselineCommand
{
    private const int Refused = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create() => new("baseline", "Ask which phones may be used, and until when.") { Check(), List(), Live() };

    private static Command Check()
    {
        Option<string> model = new("--model") { Description = "Brand and model as the phone says it.", DefaultValueFactory = _ =>
            string.Empty };
        Option<string> system = new("--os") { Description = "Version of the system, such as 16 or 8.1.", DefaultValueFactory = _ =>
            string.Empty };
        Option<string?> patch = new("--patch") { Description = "Security patch level, such as 2026-11." };
        Option<string?> on = new("--on") { Description = "Day of the question, such as 2027-03-01; today when not given." };
        Option<string> file = Policy();
        Option<bool> json = StackOptions.Json();
        Command command = new("check", "Say whether a phone may be used under a policy, and until when.") { model, system, patch, on, file,
            json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(model)!.Length + parsed.GetValue(system)!.Length == 0 && parsed.GetValue(patch) is null)
            {
                throw new CommandException("expected --model, --os or --patch");
            }

            CompiledPolicy policy = Compile(parsed.GetValue(file)!);
            BaselineAnswer answer = BaselineCheck.Of(
                policy, parsed.GetValue(model)!.Trim(), parsed.GetValue(system)!.Trim(), MonthOf(parsed.GetValue(patch)),
                TimeOf(parsed.GetValue(on)));
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonOf(answer).ToJsonString(Indented));
            }
            else
            {
                Tell(answer, policy.Baseline);
            }

            return answer.Verdict is Verdict.Trusted or Verdict.Limited ? 0 : Refused;
        });
        return command;
    }

    private static Command List()
    {
        Option<string> file = Policy();
        Command command = new("list", "Systems and models with the days of their ends.") { file };
        command.SetAction(parsed =>
        {
            PlatformBaseline baseline = Compile(parsed.GetValue(file)!).Baseline;
            Console.Out.WriteLine($"version {baseline.Version}, reviewed {DayOf(baseline.Reviewed)}");
            foreach (BaselineEntry entry in baseline.Systems.Concat(baseline.Models))
            {
                string days = entry.SupportEnds is null && entry.DeniedFrom is null
                    ? "no end known"
                    : $"supported until {DayOf(entry.SupportEnds)}, denied from {DayOf(entry.DenialDay(baseline.DenyAfterDays))}";
                Console.Out.WriteLine($"  {string.Join(", ", entry.Names),-40} {days}{(entry.IsExample ? " (example)" : string.Empty)}");
            }
        });
        return command;
    }

    /// <summary>The same question to the running stack, under the policy in force there.</summary>
    private static Command Live()
    {
        Option<string?> model = new("--model") { Description = "Brand and model as the phone says it." };
        Option<string?> system = new("--os") { Description = "Version of the system." };
        Option<string?> patch = new("--patch") { Description = "Security patch level, such as 2026-11." };
        return OperatorLink.Calling(
            new Command("live", "Ask the running stack, under the policy in force there.") { model, system, patch },
            (parsed, link, cancellation) => link.GetAsync(
                "operator/v1/baseline/check?" + string.Join('&',
                    new[] { ("model", parsed.GetValue(model)), ("os", parsed.GetValue(system)), ("patch", parsed.GetValue(patch)) }
                    .Where(static one => one.Item2 is not null).Select(static one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!)}")),
                cancellation));
    }

    private static Option<string> Policy() => new("--policy")
    {
        Description = $"Policy, YAML or JSON; the word {PolicyFiles.Shipped} means the one that ships.", DefaultValueFactory = _ => PolicyFiles.Shipped,
    };

    private static CompiledPolicy Compile(string file) => PolicyFiles.Compile(PolicyFiles.Read(file), null);

    private static void Tell(BaselineAnswer answer, PlatformBaseline baseline)
    {
        bool may = answer.Verdict is Verdict.Trusted or Verdict.Limited;
        Console.Out.WriteLine(!may ? "may not be used"
            : answer.DeniedFrom is { } end ? $"may be used until {DayOf(end.AddDays(-1))}, unless it is updated"
            : "may be used; no end within ten years is known");
        if (may && answer.NoticeFrom is { } notice)
        {
            Console.Out.WriteLine($"  the merchant is told from {DayOf(notice)} on");
        }

        foreach ((string what, BaselineEntry? entry) in new[] { ("system", answer.System), ("model", answer.Model) })
        {
            Console.Out.WriteLine(entry is null
                ? $"  {what,-7} not in the list"
                : $"  {what,-7} {string.Join(", ", entry.Names)}: supported until {DayOf(entry.SupportEnds)}, denied from {DayOf(entry.DenialDay(baseline.DenyAfterDays))}");
        }

        foreach (Finding finding in answer.Findings)
        {
            Console.Out.WriteLine($"  {finding.Rule} ({finding.Response.ToString().ToLowerInvariant()}): {finding.ForMerchant("en").Text} {finding.ForMerchant("en").Fix}");
        }
    }

    private static JsonObject JsonOf(BaselineAnswer answer) => new()
    {
        ["verdict"] = answer.Verdict.ToString(),
        ["mayBeUsed"] = answer.Verdict is Verdict.Trusted or Verdict.Limited,
        ["noticeFrom"] = answer.NoticeFrom is { } notice ? DayOf(notice) : null,
        ["deniedFrom"] = answer.DeniedFrom is { } denied ? DayOf(denied) : null,
        ["systemListed"] = answer.System is not null,
        ["modelListed"] = answer.Model is not null,
        ["findings"] = new JsonArray([.. answer.Findings.Select(static finding => (JsonNode)new JsonObject
        {
            ["rule"] = finding.Rule, ["reason"] = finding.Reason, ["response"] = finding.Response.ToString(),
            ["deadline"] = finding.Deadline,
        })]),
    };

    private static string DayOf(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-";

    private static int? MonthOf(string? patch)
    {
        if (patch is null)
        {
            return null;
        }

        string digits = patch.Replace("-", string.Empty, StringComparison.Ordinal);
        return digits.Length is 6 or 8 && int.TryParse(digits[..6], NumberStyles.None, CultureInfo.InvariantCulture, out int month)
            && month % 100 is >= 1 and <= 12
            ? month
            : throw new CommandException($"--patch {patch}: expected year and month, such as 2026-11");
    }

    private static DateTimeOffset TimeOf(string? on) => on is null ? TimeProvider.System.GetUtcNow()
        : DateOnly.TryParseExact(on, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
            : throw new CommandException($"--on {on}: expected a day such as 2027-03-01");
}
