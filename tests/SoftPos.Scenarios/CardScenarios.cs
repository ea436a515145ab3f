using System.Globalization;
using SoftPos.Emv.Replay;
using SoftPos.Lab.Cards;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Every card of the lab, through the whole stack: terminal, back end, acquirer and issuer.</summary>
public sealed class CardScenarios
{
    private static readonly PaymentOrder Order = new() { AmountMinor = 1250 };

    /// <summary>Cards that answer slowly for their own sake are tried once, quickly enough.</summary>
    private static readonly TimeSpan CardTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    [Requirement("ACC-02")]
    [Requirement("ACC-06", Partly = true)]
    public async Task Every_card_of_the_lab_ends_as_its_page_says()
    {
        await using Stack stack = await Stack.StartAsync();
        string folder = Path.Combine(stack.Folder, "phones");
        List<string> lines = [];
        foreach (LabCardDescription card in LabCardCatalogue.All)
        {
            lines.Add(await TapAsync(stack, Path.Combine(folder, "one"), card));
        }

        string[] documented = [.. File.ReadAllLines(ProjectTree.PathOf("docs", "reference", "lab-cards.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];
        Assert.True(documented.SequenceEqual(lines), $"docs/reference/lab-cards.md should say:\n{string.Join('\n', lines)}");
    }

    private static async Task<string> TapAsync(Stack stack, string folder, LabCardDescription card)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        List<TapRecording> taps = [];
        VirtualTerminalOptions options = new() { Backend = stack.Address, Folder = folder, Card = card.Name, CardTimeout = CardTimeout, Recorded = taps.Add, FullRecordings = true };
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(options, cancellation);
        if (!phone.IsEnrolled)
        {
            Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, cancellation)).CanPay);
        }

        PaymentResult result = await phone.PayAsync(Order, null, cancellation);
        TapRecording tap = Assert.Single(taps);
        TapReplayResult replay = TapReplay.Run(tap);
        Assert.True(replay.IsBitForBit, $"{card.Name}: {replay.Departure}");
        string tvr = result.Answer?.Receipt.FirstOrDefault(line => line.Contains("TVR", StringComparison.Ordinal))?.Split(' ')[^1] ?? "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {card.Name} | {card.Text} | {result.Outcome} | {result.Reason.Code} | {result.Answer?.ResponseCode ?? "-"} | "
            + $"{result.Card?.CardholderVerification ?? "-"} | {tvr} |");
    }
}
