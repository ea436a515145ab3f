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
        Option<bool> json = StackOptions.Json();
        PhoneOptions phone = new();
        Command command = new("sale", "Take a payment on a virtual phone.") { amount };
        phone.AddTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) =>
            RunAsync(phone, result, MinorUnits(result.GetValue(amount)!), result.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        PhoneOptions options, ParseResult parsed, long amountMinor, bool json, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        TrustResult? enrolment = await EnrolAsync(phone, options.Backend(parsed), json, cancellation);
        PaymentResult result = await phone.PayAsync(
            new PaymentOrder { AmountMinor = amountMinor },
            json ? null : screen => Console.Error.WriteLine($"  {Words(screen.Stage)}"),
            cancellation);
        if (enrolment is { CanPay: false })
        {
            // The payment was refused for want of an enrolment; what the merchant needs to know is why there is none.
            result = result with { Reason = enrolment.Reason ?? result.Reason, Findings = enrolment.Findings };
        }

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
        PaymentStage.Authorising => "authorising ...",
        _ => "done",
    };

    private static long MinorUnits(string text)
    {
        bool good = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount)
            && amount > 0 && amount * 100 == decimal.Truncate(amount * 100) && amount * 100 <= PaymentOrder.MaxAmountMinor;
        return good ? (long)(amount * 100) : throw new CommandException($"amount {text}: expected a number above 0 with at most two decimals, such as 12.50", 2);
    }
}
