using System.CommandLine;
using System.Globalization;
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
            long tipMinor = result.GetValue(tip) is { } given ? MinorUnits(given) : 0;
            long cashbackMinor = result.GetValue(cashback) is { } cash ? MinorUnits(cash) : 0;
            PaymentOrder order = new()
            {
                AmountMinor = MinorUnits(result.GetValue(amount)!) + tipMinor + cashbackMinor,
                TipMinor = tipMinor,
                CashbackMinor = cashbackMinor,
                AcceptsPartialApproval = result.GetValue(partial),
            };
            return PayAsync(phone, result, order, result.GetValue(json), cancellation);
        });
        return command;
    }

    /// <summary>Takes a payment with a card on the phone that the options name, enrolled before where it is not.</summary>
    internal static async Task<int> PayAsync(
        PhoneOptions options, ParseResult parsed, PaymentOrder order, bool json, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        TrustResult? enrolment = await EnrolAsync(phone, options.Backend(parsed), json, cancellation);
        PaymentResult result = await phone.PayAsync(
            order,
            json ? null : screen => Console.Error.WriteLine($"  {Words(screen.Stage)}"),
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

    private static string Words(PaymentStage stage) => stage switch
    {
        PaymentStage.Preparing => "attesting the phone ...",
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

    /// <summary>An amount as people write it, in minor units.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    internal static long MinorUnits(string text)
    {
        bool good = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount)
            && amount > 0 && amount * 100 == decimal.Truncate(amount * 100) && amount * 100 <= PaymentOrder.MaxAmountMinor;
        return good ? (long)(amount * 100) : throw new CommandException($"amount {text}: expected a number above 0 with at most two decimals, such as 12.50", 2);
    }
}
