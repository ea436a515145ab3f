using System.Diagnostics;
using System.Globalization;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>The days that nobody wants, rehearsed with real processes as docs/operate/incidents.md tells: how long until nobody is harmed any more.</summary>
public sealed class GameDayScenarios
{
    /// <summary>From the order to a fleet in which no sale goes through: the page promises a minute.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(1);

    private static readonly PaymentOrder Sale = new() { AmountMinor = 1_250 };

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("PRC-03", Partly = true)]
    public async Task A_leaked_release_is_stopped_everywhere_and_the_fleet_goes_on_under_new_keys()
    {
        await using Stack stack = await Stack.StartAsync();
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 3);
        foreach (VirtualTerminal phone in load.Phones)
        {
            Assert.Equal(PaymentOutcome.Approved, (await PayAsync(phone)).Outcome);
        }

        // Kill: one order, and the next request of every terminal is refused, with the result token of a minute ago still in its hand.
        long ordered = Stopwatch.GetTimestamp();
        Assert.Equal(0, (await stack.RunAsync("fleet", "deny", "--all", "--note", "the release key has leaked")).Code);
        foreach (VirtualTerminal phone in load.Phones)
        {
            PaymentResult refused = await PayAsync(phone);
            Assert.Equal((PaymentOutcome.Refused, ReasonCodes.AttestationDenied), (refused.Outcome, refused.Reason.Code));
        }

        TimeSpan stopped = Stopwatch.GetElapsedTime(ordered);
        Assert.True(stopped < Promised, $"it took {stopped} until nobody could sell");

        // Re-key: every terminal gives up what it had and comes back with keys of a new agreement.
        long lifted = Stopwatch.GetTimestamp();
        Guid[] before = [.. load.Phones.Select(static phone => phone.Terminal.TerminalId!.Value)];
        Assert.Equal(0, (await SoftPosProcess.RunAsync("fleet", "lift", "1", "--note", "a new release is out", "--port", Text(stack.Port), "--data", stack.Data)).Code);
        foreach (VirtualTerminal phone in load.Phones)
        {
            Assert.Equal(0, (await stack.RunAsync("fleet", "send", phone.Terminal.TerminalId!.Value.ToString(), "ReplaceKeys")).Code);
            await phone.HeartbeatAsync(Test);
            Assert.Equal(PaymentOutcome.Approved, (await PayAsync(phone)).Outcome);
        }

        TimeSpan keyed = Stopwatch.GetElapsedTime(lifted);
        Assert.Empty(before.Intersect(load.Phones.Select(static phone => phone.Terminal.TerminalId!.Value)));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{before.Length} terminals: stopped in {stopped.TotalSeconds:0.0} s, under new keys in {keyed.TotalSeconds:0.0} s"));
    }

    [Fact]
    [Requirement("PRC-03", Partly = true)]
    public async Task The_page_for_bad_days_names_every_command_that_it_asks_for()
    {
        string page = await File.ReadAllTextAsync(ProjectTree.PathOf("docs", "operate", "incidents.md"), Test);
        string[] commands = [.. page.Split('\n').Where(static line => line.StartsWith("softpos ", StringComparison.Ordinal))];
        Assert.True(commands.Length >= 8, "the page gives hardly any command");
        foreach (string command in commands)
        {
            string[] words = [.. command["softpos ".Length..].Split(' ').TakeWhile(static word => word.All(static c => char.IsAsciiLetterLower(c) || c == '-'))];
            (int code, string output) = await SoftPosProcess.RunAsync([.. words.TakeWhile(static word => !word.StartsWith('-')), "--help"]);
            Assert.True(code == 0, $"{command}: {output}");
            foreach (string option in command.Split(' ').Where(static word => word.StartsWith("--", StringComparison.Ordinal)))
            {
                Assert.True(output.Contains(option, StringComparison.Ordinal), $"'{command}' has no {option}");
            }
        }

        // The policy gives a time for each severity, and the page who acts within it.
        string policy = await File.ReadAllTextAsync(ProjectTree.PathOf("SECURITY.md"), Test);
        foreach (string promise in (string[])["three working days", "7 days", "14 days", "privately"])
        {
            Assert.Contains(promise, policy, StringComparison.Ordinal);
        }
    }

    private static Task<PaymentResult> PayAsync(VirtualTerminal phone) => phone.PayAsync(Sale, cancellation: Test);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
