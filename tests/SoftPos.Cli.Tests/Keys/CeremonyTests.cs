using System.Security.Cryptography;
using System.Text.RegularExpressions;
using SoftPos.Cli.Commands;
using SoftPos.Cli.Commands.Keys;
using SoftPos.Cryptography;
using SoftPos.Keys;

namespace SoftPos.Cli.Tests.Keys;

/// <summary>Ceremonies as persons hold them, through the commands.</summary>
public sealed class CeremonyTests : IDisposable
{
    private const string AnnasPassphrase = "anna likes green apples", BensPassphrase = "ben walks by the river";

    private readonly string _folder = Directory.CreateTempSubdirectory("softpos-ceremony-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Requirement("KEY-03", Partly = true)]
    [Requirement("KEY-10")]
    public async Task A_key_made_as_shares_comes_in_by_two_holders_and_a_second_person_and_opens_the_block_that_lies_under_it()
    {
        await EnrolBothAsync();
        (string[] shares, string check) = await SharesAsync("protection", 32);
        Assert.Equal(3, shares.Length);

        string said = await ImportSharesAsync("kbpk.1", check, shares[2], shares[0]);
        Assert.Contains($"check value of the key: {check}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("waiting", await RunAsync(new ScriptedTerminal(), "list"), StringComparison.Ordinal);
        CommandException alone = await Assert.ThrowsAsync<CommandException>(() => ApproveAsync(1, "anna", AnnasPassphrase));
        Assert.Contains("a second custodian", alone.Message, StringComparison.Ordinal);
        await ApproveAsync(1, "ben", BensPassphrase);
        await RunAsync(new ScriptedTerminal().On("proposing custodian", "anna").On("passphrase of anna", AnnasPassphrase), "activate", "kbpk.1");
        await ApproveAsync(2, "ben", BensPassphrase);
        string list = await RunAsync(new ScriptedTerminal(), "list");
        Assert.Matches($@"kbpk\.1 +active +{check[..6]}", list);

        byte[] key = KeyShares.TryCombine([KeyShare.TryParse(shares[0])!, KeyShare.TryParse(shares[1])!])!;
        byte[] zone = RandomNumberGenerator.GetBytes(16);
        string block = Path.Combine(_folder, "zone.block");
        using KeyBlockProtectionKey protection = new(key);
        using BufferedRandom random = new();
        KeyBlockHeader header = new() { Usage = "P0", Algorithm = 'A', ModeOfUse = 'E', Exportability = 'N' };
        await File.WriteAllTextAsync(block, KeyBlock.Wrap(protection, header, zone, random), TestContext.Current.CancellationToken);
        ScriptedTerminal sender = new ScriptedTerminal().On("proposing custodian", "ben").On("passphrase of ben", BensPassphrase);
        said = await RunAsync(
            sender, "import", "zone.acquirer", "--purpose", "zone-aes", "--owner", "acquirer", "--block", block, "--under", "kbpk.1");
        await ApproveAsync(3, "anna", AnnasPassphrase);
        string minutes = await RunAsync(new ScriptedTerminal(), "record", "zone.acquirer");
        Assert.Contains("key block", minutes, StringComparison.Ordinal);
        Assert.Contains("kbpk.1", minutes, StringComparison.Ordinal);
        foreach (string text in (string[])[said, minutes, list])
        {
            Assert.DoesNotContain(Convert.ToHexString(zone), text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToHexString(key), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    [Requirement("KEY-03", Partly = true)]
    public async Task Each_holder_sees_one_share_only_and_the_key_is_never_on_the_screen()
    {
        ScriptedTerminal terminal = Holders(3);
        await RunAsync(terminal, "shares", "--purpose", "data");
        Assert.Equal(3, terminal.Cleared.Count);
        Assert.All(terminal.Cleared, screen => Assert.Single(SharesIn(screen)));
        Assert.Empty(SharesIn(terminal.Said));
        byte[] key = KeyShares.TryCombine([.. terminal.Cleared.Take(2).Select(screen => KeyShare.TryParse(SharesIn(screen)[0])!)])!;
        Assert.DoesNotContain(terminal.Cleared, screen => screen.Contains(Convert.ToHexString(key), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Slips_and_single_persons_bring_nothing_in()
    {
        await EnrolBothAsync();
        (string[] shares, string check) = await SharesAsync("data", 32);
        string mistyped = shares[0][..10] + (shares[0][10] == 'A' ? 'B' : 'A') + shares[0][11..];
        await RefusedAsync("checksum", Holder(new ScriptedTerminal(), 1, "anna", AnnasPassphrase, mistyped), check);
        ScriptedTerminal twice = Holder(new ScriptedTerminal(), 1, "anna", AnnasPassphrase, shares[0]);
        await RefusedAsync("entered a part already", twice.On("holder of share 2", "anna").On("passphrase of anna", AnnasPassphrase), check);
        ScriptedTerminal same = Holder(Holder(new ScriptedTerminal(), 1, "anna", AnnasPassphrase, shares[0]), 2, "ben", BensPassphrase, shares[0]);
        await RefusedAsync("one came twice", same, check);
        ScriptedTerminal other = Holder(Holder(new ScriptedTerminal(), 1, "anna", AnnasPassphrase, shares[0]), 2, "ben", BensPassphrase, shares[1]);
        await RefusedAsync("check value", other.On("proposing custodian", "anna").On("passphrase of anna", AnnasPassphrase), "0011223344");
        await RefusedAsync("no custodian", new ScriptedTerminal().On("holder of share 1", "eve").On("passphrase of eve", "guess and guess again"), check);
        Assert.DoesNotContain("zone", await RunAsync(new ScriptedTerminal(), "list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--length 8", "--length 8")]
    [InlineData("--threshold 1", "--threshold 1")]
    [InlineData("--threshold 4 --count 3", "--threshold 4")]
    [InlineData("--count 17", "--count 17")]
    public async Task Wrong_numbers_of_shares_are_named(string arguments, string named)
    {
        CommandException fault = await Assert.ThrowsAsync<CommandException>(() =>
            RunAsync(new ScriptedTerminal(), ["shares", "--purpose", "data", .. arguments.Split(' ')]));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string words, ScriptedTerminal terminal, string check)
    {
        CommandException fault = await Assert.ThrowsAsync<CommandException>(() =>
            RunAsync(terminal, "import", "bdk.data.9", "--purpose", "data", "--owner", "treasury", "--shares", "--check-value", check));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    private async Task<string> ImportSharesAsync(string name, string check, string first, string second)
    {
        ScriptedTerminal terminal = Holder(Holder(new ScriptedTerminal(), 1, "anna", AnnasPassphrase, first), 2, "ben", BensPassphrase, second)
            .On("proposing custodian", "anna").On("passphrase of anna", AnnasPassphrase);
        return await RunAsync(terminal, "import", name, "--purpose", "protection", "--owner", "treasury", "--shares", "--check-value", check);
    }

    private static ScriptedTerminal Holder(ScriptedTerminal terminal, int number, string name, string passphrase, string share) =>
        terminal.On($"holder of share {number}", name).On($"passphrase of {name}", passphrase).On("share", share);

    private async Task<(string[] Shares, string Check)> SharesAsync(string purpose, int length)
    {
        ScriptedTerminal terminal = Holders(3);
        await RunAsync(terminal, "shares", "--purpose", purpose, "--length", $"{length}");
        return ([.. terminal.Cleared.SelectMany(SharesIn)], Regex.Match(terminal.Said, "Check value ([0-9A-F]{10})").Groups[1].Value);
    }

    private static ScriptedTerminal Holders(int count)
    {
        ScriptedTerminal terminal = new();
        for (int i = 1; i <= count; i++)
        {
            terminal.On($"Holder of share {i}", string.Empty).On("Written down", i == 2 ? "what" : "yes");
            if (i == 2)
            {
                terminal.On("Written down", "yes");
            }
        }

        return terminal;
    }

    private static string[] SharesIn(string screen) =>
        [.. Regex.Matches(screen, "[0-9]-[0-9]{2}-[0-9A-F]+-[0-9A-F]{4}").Select(match => match.Value)];

    private async Task EnrolBothAsync()
    {
        foreach ((string name, string passphrase) in ((string, string)[])[("anna", AnnasPassphrase), ("ben", BensPassphrase)])
        {
            await RunAsync(new ScriptedTerminal().On("new passphrase", passphrase).On("once more", passphrase), "enrol", name);
        }
    }

    private Task<string> ApproveAsync(int ceremony, string name, string passphrase) =>
        RunAsync(new ScriptedTerminal().On("approving custodian", name).On($"passphrase of {name}", passphrase), "approve", $"{ceremony}");

    private async Task<string> RunAsync(ScriptedTerminal terminal, params string[] arguments)
    {
        string[] all = arguments[0] == "shares" ? arguments : [.. arguments, "--data", _folder, "--production"];
        System.CommandLine.InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false };
        Assert.Equal(0, await KeysCommand.Create(terminal).Parse(all).InvokeAsync(configuration, TestContext.Current.CancellationToken));
        return terminal.Said;
    }
}
