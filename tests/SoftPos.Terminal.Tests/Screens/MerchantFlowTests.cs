using SoftPos.Contract;
using SoftPos.Terminal.Links;

namespace SoftPos.Terminal.Screens;

/// <summary>The way through the screens, over a phone that says what it is told.</summary>
public sealed class MerchantFlowTests
{
    private readonly FakePhone _phone = new();

    [Fact]
    public async Task A_sale_goes_from_the_keypad_to_its_receipt_and_back()
    {
        MerchantFlow flow = await StartAsync();
        Assert.Equal(ScreenKind.Keypad, _phone.Screen.Kind);
        await flow.ActAsync(ScreenActions.Pay);
        Assert.Empty(_phone.Orders);
        flow.Type(5);
        flow.Type(0);
        flow.Type(0);
        await flow.ActAsync(ScreenActions.Pay);
        Assert.Equal((500, "710"), (_phone.Orders.Single().AmountMinor, _phone.Orders.Single().Currency));
        Assert.Equal(ScreenKind.Result, _phone.Screen.Kind);
        await flow.ActAsync(ScreenActions.Receipt);
        Assert.Equal(ScreenKind.Receipt, _phone.Screen.Kind);
        Assert.Equal("STALL\n5.00 ZAR", _phone.Screen.Code);
        await flow.ActAsync(ScreenActions.Done);
        Assert.Equal(ScreenKind.Keypad, _phone.Screen.Kind);
        Assert.Contains(_phone.Screen.Lines, static line => line.Text == "0.00 ZAR");
    }

    [Fact]
    public async Task A_refund_without_the_proof_does_nothing()
    {
        MerchantFlow flow = await SoldAsync();
        await flow.ActAsync(ScreenActions.Receipt);
        await flow.ActAsync(ScreenActions.Refund);
        _phone.IsProven = false;
        await flow.ActAsync(ScreenActions.RefundNow);
        Assert.Single(_phone.Orders);
        _phone.IsProven = true;
        await flow.ActAsync(ScreenActions.RefundNow);
        PaymentOrder refund = _phone.Orders.Last();
        Assert.Equal((PaymentKind.Refund, _phone.FirstPayment), (refund.Kind, refund.OriginalPaymentId));
    }

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public async Task A_request_of_another_app_fills_the_screen_and_pays_nothing_by_itself()
    {
        MerchantFlow flow = new(_phone, "en");
        await flow.StartAsync(AppRequestReading.Taken(new AppRequest.Pay(1250, null, "order-7")));
        Assert.Empty(_phone.Orders);
        Assert.Contains(_phone.Screen.Lines, static line => line.Text == "12.50 ZAR");
        flow.Type(9);
        await flow.ActAsync(ScreenActions.Erase);
        Assert.Contains(_phone.Screen.Lines, static line => line.Text == "12.50 ZAR");
        await flow.ActAsync(ScreenActions.Pay);
        Assert.Equal(1250, _phone.Orders.Single().AmountMinor);
        await flow.ActAsync(ScreenActions.Done);
        Assert.Equal(("order-7", _phone.FirstPayment), _phone.Returned);
    }

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public async Task A_refused_request_is_told_and_leads_nowhere()
    {
        MerchantFlow flow = new(_phone, "en");
        await flow.StartAsync(AppRequestReading.Refused("caller: this app is not allowed to ask for payments"));
        Assert.Equal(ScreenKind.Notice, _phone.Screen.Kind);
        Assert.Contains("caller: this app is not allowed", _phone.Screen.Spoken, StringComparison.Ordinal);
        await flow.ActAsync(ScreenActions.Pay);
        Assert.Empty(_phone.Orders);
    }

    [Fact]
    public async Task A_link_to_set_up_fills_the_code_and_activates_nothing_by_itself()
    {
        _phone.Terminal = new MerchantTerminal(null, null, new Dictionary<string, string>());
        MerchantFlow flow = new(_phone, "en");
        await flow.StartAsync(AppRequestReading.Taken(new AppRequest.SetUp("CODE-1")));
        Assert.Equal("CODE-1", _phone.Screen.Field?.Value);
        await flow.ActAsync(ScreenActions.SetUp, " ");
        Assert.Null(_phone.Code);
        Assert.Equal((ScreenKind.SetUp, ScreenSign.Bad), (_phone.Screen.Kind, _phone.Screen.Sign));
        await flow.ActAsync(ScreenActions.SetUp, "CODE-1");
        Assert.Equal("CODE-1", _phone.Code);
        Assert.Equal(ScreenKind.Education, _phone.Screen.Kind);
    }

    [Fact]
    public async Task An_action_that_the_screen_does_not_offer_does_nothing()
    {
        MerchantFlow flow = await StartAsync();
        foreach (string action in (string[])[ScreenActions.RefundNow, ScreenActions.RemoveNow, ScreenActions.Receipt, "open:" + Guid.Empty, "made-up"])
        {
            await flow.ActAsync(action);
        }

        Assert.Equal((0, false, ScreenKind.Keypad), (_phone.Orders.Count, _phone.IsWiped, _phone.Screen.Kind));
    }

    [Fact]
    public async Task Why_payments_are_not_possible_leads_to_the_text_of_an_appeal()
    {
        _phone.Trust = TrustResult.Of(Verdict.Denied, [], "en");
        MerchantFlow flow = await StartAsync();
        await flow.ActAsync(ScreenActions.Blocked);
        await flow.ActAsync(ScreenActions.Appeal);
        await flow.ActAsync(ScreenActions.Share);
        Assert.Contains($"{_phone.Terminal.TerminalId}", _phone.Shared, StringComparison.Ordinal);
        Assert.Contains(ReasonCodes.AttestationDenied, _phone.Shared, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_appeal_carries_the_merchants_words_or_those_of_the_screen()
    {
        _phone.Trust = TrustResult.Of(Verdict.Denied, [], "en");
        MerchantFlow flow = await StartAsync();
        await flow.ActAsync(ScreenActions.Blocked);
        await flow.ActAsync(ScreenActions.Appeal);
        await flow.ActAsync(ScreenActions.AppealNow, " ");
        Assert.Contains(ReasonCodes.AttestationDenied, _phone.Appeals.Single(), StringComparison.Ordinal);
        Assert.Equal((ScreenKind.Appeal, ScreenSign.Good), (_phone.Screen.Kind, _phone.Screen.Sign));
        Assert.Contains(_phone.Screen.Lines, static line => line.Text.Contains('7', StringComparison.Ordinal));
        await flow.ActAsync(ScreenActions.Done);
        _phone.AppealRefusal = TerminalReason.Of(ReasonCodes.BackendUnreachable, "en");
        await flow.ActAsync(ScreenActions.Blocked);
        await flow.ActAsync(ScreenActions.Appeal);
        await flow.ActAsync(ScreenActions.AppealNow, "This phone is new.");
        Assert.Equal("This phone is new.", _phone.Appeals.Last());
        Assert.Equal(ScreenSign.Bad, _phone.Screen.Sign);
        await flow.ActAsync(ScreenActions.Appeal);
        Assert.NotNull(_phone.Screen.Field);
    }

    [Fact]
    public async Task A_phone_that_never_became_a_terminal_can_only_hand_its_appeal_on()
    {
        _phone.Terminal = new MerchantTerminal(null, null, new Dictionary<string, string>());
        _phone.Trust = TrustResult.Of(Verdict.Denied, [], "en");
        MerchantFlow flow = new(_phone, "en");
        await flow.StartAsync(AppRequestReading.Taken(new AppRequest.Explain()));
        await flow.ActAsync(ScreenActions.Appeal);
        Assert.Null(_phone.Screen.Field);
        await flow.ActAsync(ScreenActions.AppealNow, "words");
        Assert.Empty(_phone.Appeals);
    }

    [Fact]
    public async Task The_list_of_payments_survives_and_a_broken_one_is_none()
    {
        await SoldAsync();
        MerchantFlow again = await StartAsync();
        await again.ActAsync(ScreenActions.History);
        Assert.Contains(_phone.Screen.Actions, static action => action.Label.Contains("5.00 ZAR", StringComparison.Ordinal));
        _phone.History = "{ not a list"u8.ToArray();
        MerchantFlow broken = await StartAsync();
        await broken.ActAsync(ScreenActions.History);
        Assert.Contains(_phone.Screen.Lines, static line => line.Text == "No payments yet.");
    }

    private async Task<MerchantFlow> StartAsync()
    {
        MerchantFlow flow = new(_phone, "en");
        await flow.StartAsync();
        return flow;
    }

    private async Task<MerchantFlow> SoldAsync()
    {
        MerchantFlow flow = await StartAsync();
        flow.Type(5);
        flow.Type(0);
        flow.Type(0);
        await flow.ActAsync(ScreenActions.Pay);
        return flow;
    }

    private sealed class FakePhone : IMerchantPhone
    {
        public ScreenModel Screen { get; private set; } = null!;

        public List<PaymentOrder> Orders { get; } = [];

        public Guid FirstPayment { get; } = new("0190f0e0-0000-7000-8000-000000000001");

        public bool IsProven { get; set; } = true;

        public bool IsWiped { get; private set; }

        public string? Code { get; private set; }

        public string? Shared { get; private set; }

        public List<string> Appeals { get; } = [];

        public TerminalReason? AppealRefusal { get; set; }

        public byte[]? History { get; set; }

        public (string, Guid?) Returned { get; private set; }

        public TrustResult Trust { get; set; } = TrustResult.Of(Verdict.Trusted, [], "en");

        public MerchantTerminal Terminal { get; set; } = new(new Guid("0190f0e0-0000-7000-8000-0000000000aa"), "710", new Dictionary<string, string>());

        public DateTimeOffset Now => new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

        public string Contact => "support@example.com";

        public void Show(ScreenModel screen) => Screen = screen;

        public Task<bool> ProveAsync(string title) => Task.FromResult(IsProven);

        public void Share(string text) => Shared = text;

        public void Return(string reference, PaymentResult? result) => Returned = (reference, result?.PaymentId);

        public void SetLanguage(string language)
        {
        }

        public byte[]? LoadHistory() => History;

        public void SaveHistory(byte[] history) => History = history;

        public Task<MerchantTerminal> StateAsync() => Task.FromResult(Terminal);

        public Task<TrustResult> PreflightAsync() => Task.FromResult(Trust);

        public Task<AppealResult> AppealAsync(string text)
        {
            Appeals.Add(text);
            return Task.FromResult(AppealRefusal is { } reason ? new AppealResult(null, reason) : new AppealResult(7, null));
        }

        public Task<TrustResult> ActivateAsync(string code)
        {
            Code = code;
            return Task.FromResult(Trust);
        }

        public Task<PaymentResult> PayAsync(PaymentOrder order)
        {
            Orders.Add(order);
            return Task.FromResult(new PaymentResult
            {
                PaymentId = FirstPayment,
                Outcome = PaymentOutcome.Approved,
                Reason = TerminalReason.Of(ReasonCodes.Approved, "en"),
                Answer = new PaymentAnswer
                {
                    PaymentId = FirstPayment, State = PaymentState.Approved, Reason = ReasonCodes.Approved, AmountMinor = order.AmountMinor,
                    Currency = "710", MaskedPan = "476173******0119", Receipt = ["STALL", "5.00 ZAR"],
                },
            });
        }

        public Task CancelAsync() => Task.CompletedTask;

        public Task<PaymentResult> StatusAsync(Guid paymentId) => PayAsync(new PaymentOrder { AmountMinor = 1 });

        public Task WipeAsync()
        {
            IsWiped = true;
            return Task.CompletedTask;
        }
    }
}
