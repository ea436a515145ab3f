using System.Globalization;
using SoftPos.Emv;
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

    [Fact]
    public async Task Two_cards_at_once_are_told_and_the_one_that_stays_pays()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using Stack stack = await Stack.StartAsync();
        List<TapRecording> taps = [];
        VirtualTerminalOptions options = new()
        {
            Backend = stack.Address, Folder = Path.Combine(stack.Folder, "phones", "one"), Card = "visa-two-cards", Recorded = taps.Add,
        };
        await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(options, cancellation);
        Assert.True((await Sandbox.ActivateAsync(phone, stack.Address, cancellation)).CanPay);
        List<PaymentStage> stages = [];

        PaymentResult result = await phone.PayAsync(Order, screen => stages.Add(screen.Stage), cancellation);

        Assert.Equal(PaymentOutcome.Approved, result.Outcome);
        int told = stages.IndexOf(PaymentStage.PresentOneCardOnly);
        Assert.InRange(told, stages.IndexOf(PaymentStage.PresentCard), stages.IndexOf(PaymentStage.RemoveCard));

        // Book A, 9.2: message 19, first as an error, then ready to read; the masked recording shows both.
        TapStep.Wanted[] shown = [.. taps.Single().Steps.OfType<TapStep.Wanted>().Where(step => step.Effect["message"] == nameof(UiMessage.PresentOneCardOnly))];
        Assert.Equal(["ProcessingError", "ReadyToRead"], shown.Select(step => step.Effect["status"]));
        Assert.Null(TapReplay.Run(taps.Single()).Departure);
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
