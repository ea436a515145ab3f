using SoftPos.Contract;

namespace SoftPos.Terminal.Screens;

/// <summary>What is shown, spoken and felt, in a language of Latin script, one of Africa and one from right to left.</summary>
public sealed class MerchantScreensTests
{
    private const string Rand = "710";

    [Fact]
    public void Every_language_has_every_phrase_with_the_same_places()
    {
        Assert.Equal(ReasonCatalogue.Languages, ScreenPhrases.Languages);
        foreach (string key in ScreenPhrases.Keys)
        {
            int places = Places(ScreenPhrases.Of("en", key));
            foreach (string language in ScreenPhrases.Languages)
            {
                string phrase = ScreenPhrases.Of(language, key);
                Assert.True(Places(phrase) == places && phrase.Trim() == phrase && phrase.Length > 0, $"{language} {key}");
            }
        }

        Assert.True(ScreenPhrases.IsReviewed("en"));
        Assert.DoesNotContain(ScreenPhrases.Languages.Skip(1), ScreenPhrases.IsReviewed);
    }

    [Theory]
    [InlineData("en", false, "Amount")]
    [InlineData("zu-ZA", false, "Inani")]
    [InlineData("ar-EG", true, "المبلغ")]
    [InlineData("xx", false, "Amount")]
    public void A_screen_is_in_the_merchants_language_and_direction(string tag, bool isRightToLeft, string title)
    {
        ScreenModel screen = new MerchantScreens(tag).Keypad(AmountEntry.Empty(Rand).Type(1).Type(2).Type(5).Type(0));
        Assert.Equal((title, isRightToLeft), (screen.Title, screen.IsRightToLeft));
        Assert.Contains(screen.Lines, static line => line is { Role: LineRole.Amount, Text: "12.50 ZAR" });
        Assert.StartsWith(title, screen.Spoken, StringComparison.Ordinal);
        Assert.Contains("12.50 ZAR", screen.Spoken, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zu")]
    [InlineData("ar")]
    public void Every_stage_and_every_end_of_a_payment_has_its_screen(string language)
    {
        MerchantScreens screens = new(language);
        HashSet<string> titles = [];
        foreach (PaymentStage stage in Enum.GetValues<PaymentStage>().Where(static stage => stage != PaymentStage.Finished))
        {
            ScreenModel screen = screens.Payment(At(stage));
            titles.Add(screen.Title);
            Assert.True(screen.IsPrivate);
            Assert.Equal(screen.Sign is ScreenSign.Tap, screen.ShowsAntenna);

            // What cannot be undone offers no cancel.
            Assert.Equal(stage is PaymentStage.Reading or PaymentStage.RemoveCard or PaymentStage.EnterPin or PaymentStage.Authorising, screen.Actions.Count == 0);
        }

        foreach (PaymentOutcome outcome in Enum.GetValues<PaymentOutcome>())
        {
            ScreenModel screen = screens.Payment(At(PaymentStage.Finished) with { Result = Ended(outcome, language) });
            titles.Add(screen.Title);
            Assert.Contains(screen.Lines, static line => line.Role is LineRole.Fix);
            Assert.NotEqual(ScreenPulse.None, screen.Pulse);
        }

        Assert.Equal(17, titles.Count);
    }

    [Fact]
    public void Good_bad_and_open_differ_without_colour()
    {
        MerchantScreens screens = new("en");
        (ScreenSign, ScreenPulse, string) Of(PaymentOutcome outcome) =>
            screens.Result(Ended(outcome, "en"), 1250, Rand) is var screen ? (screen.Sign, screen.Pulse, screen.Title) : default;
        Assert.Equal((ScreenSign.Good, ScreenPulse.Double, "Approved"), Of(PaymentOutcome.Approved));
        Assert.Equal((ScreenSign.Bad, ScreenPulse.Long, "Declined"), Of(PaymentOutcome.Declined));
        Assert.Equal((ScreenSign.Open, ScreenPulse.Long, "Result not known"), Of(PaymentOutcome.Unknown));
    }

    [Fact]
    public void A_payment_of_unknown_end_can_be_asked_for_and_not_be_taken_again()
    {
        ScreenModel screen = new MerchantScreens("en").Result(Ended(PaymentOutcome.Unknown, "en"), 1250, Rand);
        Assert.Equal([ScreenActions.State, ScreenActions.Done], screen.Actions.Select(static action => action.Id));
    }

    [Theory]
    [InlineData("en", "Who can put it right: your provider")]
    [InlineData("zu", "Ongakulungisa: umhlinzeki wakho")]
    [InlineData("ar", "من يمكنه الإصلاح: مزود الخدمة")]
    public void A_block_names_reason_fix_owner_and_deadline(string language, string owner)
    {
        Reason reason = ReasonCatalogue.Get("BOOT_UNLOCKED");
        MerchantFinding finding = new()
        {
            Reason = reason.Code, Text = reason.TextIn(language), Fix = reason.FixIn(language), Owner = Owner.Operator,
            Response = FindingResponse.Deny, Deadline = new DateTimeOffset(2026, 12, 1, 8, 0, 0, TimeSpan.Zero),
        };
        ScreenModel screen = new MerchantScreens(language).Blocked(TrustResult.Of(Verdict.Denied, [finding], language));
        string[] lines = [.. screen.Lines.Select(static line => line.Text)];
        Assert.Contains(reason.TextIn(language), lines);
        Assert.Contains(reason.FixIn(language), lines);
        Assert.Contains(owner, lines);
        Assert.Contains(lines, static line => line.Contains("2026-12-01 08:00", StringComparison.Ordinal));
        Assert.Contains(screen.Actions, static action => action.Id == ScreenActions.Appeal);

        // The code is for the support case: shown small, not spoken.
        Assert.Contains(reason.Code, lines);
        Assert.DoesNotContain(reason.Code, screen.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refund_and_a_removal_ask_for_a_proof()
    {
        MerchantScreens screens = new("en");
        HistoryEntry entry = new(Guid.Empty, 1250, Rand, PaymentOutcome.Approved, DateTimeOffset.UnixEpoch);
        Assert.True(screens.Refund(entry).Actions.Single(static action => action.Id == ScreenActions.RefundNow).NeedsProof);
        Assert.True(screens.Remove().Actions.Single(static action => action.Id == ScreenActions.RemoveNow).NeedsProof);
        Assert.DoesNotContain(screens.Keypad(AmountEntry.Empty(Rand)).Actions, static action => action.NeedsProof);
    }

    [Fact]
    [Requirement("PIN-02", Partly = true)]
    public void The_pin_screen_has_no_text_for_a_digit()
    {
        foreach (string language in ScreenPhrases.Languages)
        {
            PinScreenTexts texts = new(language);
            Assert.Null(texts.Hint(PinCue.Digit));
            for (int count = 0; count <= PinMachine.Longest; count++)
            {
                Assert.Equal(count, PinScreenTexts.Marks(count).Length);
                Assert.DoesNotContain(PinScreenTexts.Marks(count), static sign => char.IsDigit(sign));
            }

            // The intro says the amount and nothing else that is a number.
            string intro = texts.Intro(new PinPrompt("Stall", 1250, Rand)).Replace("12.50", string.Empty, StringComparison.Ordinal);
            Assert.DoesNotContain(intro, static sign => char.IsAsciiDigit(sign));
        }
    }

    [Fact]
    public void An_amount_grows_from_the_right_and_never_over_its_bound()
    {
        AmountEntry amount = AmountEntry.Empty(Rand);
        Assert.False(amount.CanPay);
        for (int digit = 0; digit < 20; digit++)
        {
            amount = amount.Type(9);
        }

        Assert.Equal(PaymentOrder.MaxAmountMinor, amount.AmountMinor);
        Assert.True(amount.CanPay);
        Assert.Equal(99_999_999_999, amount.Erase().AmountMinor);
        Assert.Equal(0, amount.Clear().AmountMinor);
    }

    private static PaymentScreen At(PaymentStage stage) => new() { Stage = stage, PaymentId = Guid.Empty, AmountMinor = 1250, Currency = Rand };

    internal static PaymentResult Ended(PaymentOutcome outcome, string language) => new()
    {
        PaymentId = Guid.Empty,
        Outcome = outcome,
        Reason = TerminalReason.Of(outcome is PaymentOutcome.Unknown ? ReasonCodes.ResultOutstanding : ReasonCodes.CardDeclined, language),
    };

    private static int Places(string phrase) => Enumerable.Range(0, 4).Sum(at => phrase.Split($"{{{at}}}").Length - 1);
}
