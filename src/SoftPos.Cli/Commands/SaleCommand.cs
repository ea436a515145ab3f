using System.CommandLine;
using System.Globalization;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos sale AMOUNT</c>: one payment on a virtual phone, through the SDK that a real phone runs.</summary>
internal static class SaleCommand
{
    public static Command Create()
    {
        Argument<string> amount = new("amount")
        {
            Description = "Amount with two decimals, such as 12.50; its cents choose the lab issuer's answer.",
        };
        Option<string?> tip = new("--tip") { Description = "Tip, added to the amount before the tap." };
        Option<string?> cashback = new("--cashback") { Description = "Cash that the customer gets, added to the amount." };
        Option<bool> partial = new("--partial") { Description = "Take an approval of a part; the rest is to be paid otherwise." };
        Option<bool> json = StackOptions.Json();
        PhoneOptions phone = new();
        Command command = new("sale", "Take a payment on a virtual phone.") { amount, tip, cashback, partial };
        phone.AddTo(command);
        phone.AddRecordingTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) =>
        {
            PaymentOrder Order(int exponent)
            {
                long tipMinor = result.GetValue(tip) is { } given ? MinorUnits(given, exponent) : 0;
                long cashbackMinor = result.GetValue(cashback) is { } cash ? MinorUnits(cash, exponent) : 0;
                return new PaymentOrder
                {
                    AmountMinor = MinorUnits(result.GetValue(amount)!, exponent) + tipMinor + cashbackMinor,
                    TipMinor = tipMinor,
                    CashbackMinor = cashbackMinor,
                    AcceptsPartialApproval = result.GetValue(partial),
                };
            }

            return PayAsync(phone, result, Order, result.GetValue(json), cancellation);
        });
        return command;
    }

    /// <summary>Takes a payment with a card on the phone that the options name, enrolled before where it is not.</summary>
    internal static async Task<int> PayAsync(
        PhoneOptions options, ParseResult parsed, Func<int, PaymentOrder> orderOf, bool json, CancellationToken cancellation)
    {
        // What is no amount is told before a phone is touched; the currency's exponent is known with the merchant only.
        orderOf(MostExponent);
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        TrustResult? enrolment = await EnrolAsync(phone, options.Backend(parsed), json, cancellation);
        phone.Terminal.Forwarded += sale => Console.Error.WriteLine($"  forwarded {sale.PaymentId}: {sale.Outcome}, {sale.Reason.Text}");
        PaymentResult result = await phone.PayAsync(
            orderOf(ExponentOf(phone)),
            json ? null : screen => Console.Error.WriteLine($"  {Words(screen)}"),
            cancellation);
        if (enrolment is { CanPay: false })
        {
            // The payment was refused for want of an enrolment; what the merchant needs to know is why there is none.
            result = result with { Reason = enrolment.Reason ?? result.Reason, Findings = enrolment.Findings };
        }

        await phone.CloseAsync();
        return SaleOutput.Report(result, options.Backend(parsed), json);
    }

    /// <summary>Enrols a phone that is not enrolled. After a refusal the payment is tried all the same: the SDK must refuse it.</summary>
    private static async Task<TrustResult?> EnrolAsync(VirtualTerminal phone, Uri backend, bool json, CancellationToken cancellation)
    {
        if (phone.IsEnrolled)
        {
            return null;
        }

        TrustResult enrolment;
        try
        {
            enrolment = await Sandbox.ActivateAsync(phone, backend, cancellation);
        }
        catch (HttpRequestException)
        {
            throw StackOptions.NotRunning(backend);
        }

        if (!json)
        {
            Console.Error.WriteLine(enrolment.CanPay ? "  phone enrolled" : "  phone refused at its enrolment");
        }

        return enrolment;
    }

    private static string Words(PaymentScreen screen) => screen.Stage switch
    {
        PaymentStage.Preparing => screen.IsOffline ? "no back end: the bank is asked later, the money is not sure"
            : "attesting the phone ...",
        PaymentStage.PresentCard when screen.SurchargeMinor > 0 =>
            $"present card: {SaleOutput.Money(screen.AmountMinor, screen.Currency)}, surcharge {SaleOutput.Money(screen.SurchargeMinor, screen.Currency)} within",
        PaymentStage.PresentCard => "present card",
        PaymentStage.PresentCardAgain => "present card again",
        PaymentStage.PresentOneCardOnly => "present one card only",
        PaymentStage.Reading => "reading ...",
        PaymentStage.RemoveCard => "remove card",
        PaymentStage.SeePhone => "see phone",
        PaymentStage.EnterPin => "the customer enters the PIN ...",
        PaymentStage.Authorising => "authorising ...",
        _ => "done",
    };

    /// <summary>Digits after the point of the currency that a phone's merchant takes; two before it has one.</summary>
    internal static int ExponentOf(VirtualTerminal phone) => Currencies.Exponent(phone.Terminal.Merchant?.Currency ?? string.Empty);

    /// <summary>Most digits after the point that a currency has.</summary>
    private const int MostExponent = 3;

    /// <summary>An amount as people write it, in minor units.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    internal static long MinorUnits(string text, int exponent = 2)
    {
        decimal factor = (decimal)Math.Pow(10, exponent);
        bool good = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount)
            && amount > 0 && amount <= PaymentOrder.MaxAmountMinor / factor && amount * factor == decimal.Truncate(amount * factor);
        return good
            ? (long)(amount * factor)
            : throw new CommandException($"amount {text}: expected a number above 0 with at most {exponent} decimals, such as 12.50", 2);
    }
}
