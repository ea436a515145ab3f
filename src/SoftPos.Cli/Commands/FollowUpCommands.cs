using System.CommandLine;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands;

/// <summary>What can be done beside a sale: <c>void</c>, <c>refund</c>, <c>preauth</c>, <c>increase</c>, <c>complete</c>, <c>adjust</c>.</summary>
internal static class FollowUpCommands
{
    public static IEnumerable<Command> All()
    {
        yield return WithoutCard(
            "void",
            "Take an approved payment back before it is settled.",
            null,
            static (phone, payment, _, cancellation) => phone.VoidAsync(payment, cancellation));
        yield return Refund();
        yield return PreAuthorisation();
        yield return WithoutCard(
            "increase",
            "Hold more on a pre-authorisation.",
            "What is held in addition.",
            static (phone, payment, amount, cancellation) => phone.IncreaseAsync(payment, amount, cancellation));
        yield return WithoutCard(
            "complete",
            "Charge a pre-authorisation.",
            "What is charged.",
            static (phone, payment, amount, cancellation) => phone.CompleteAsync(payment, amount, cancellation));
        yield return WithoutCard(
            "adjust",
            "Charge a sale with a tip that was added after the tap.",
            "Amount with the tip.",
            static (phone, payment, amount, cancellation) => phone.AdjustAsync(payment, amount, cancellation));
    }

    private static Argument<Guid> Payment() => new("payment") { Description = "Identity of the payment, as the sale printed it." };

    private static Argument<string> Amount(string description) =>
        new("amount") { Description = $"{description} With two decimals, such as 12.50." };

    private static Command WithoutCard(
        string name, string description, string? amountDescription, Func<VirtualTerminal, Guid, long, CancellationToken, Task<PaymentResult>> run)
    {
        Argument<Guid> payment = Payment();
        Argument<string>? amount = amountDescription is null ? null : Amount(amountDescription);
        Option<bool> json = StackOptions.Json();
        PhoneOptions options = new();
        Command command = new(name, description) { payment };
        if (amount is not null)
        {
            command.Arguments.Add(amount);
        }

        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
            long minor = amount is null ? 0 : SaleCommand.MinorUnits(parsed.GetValue(amount)!, SaleCommand.ExponentOf(phone));
            PaymentResult result = await run(phone, parsed.GetValue(payment), minor, cancellation);
            await phone.CloseAsync();
            return SaleOutput.Report(result, options.Backend(parsed), parsed.GetValue(json));
        });
        return command;
    }

    private static Command PreAuthorisation()
    {
        Argument<string> amount = Amount("What is held.");
        Option<bool> json = StackOptions.Json();
        PhoneOptions options = new();
        Command command = new("preauth", "Hold an amount on a card; complete charges it.") { amount };
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => SaleCommand.PayAsync(
            options,
            parsed,
            exponent => new PaymentOrder { AmountMinor = SaleCommand.MinorUnits(parsed.GetValue(amount)!, exponent),
                Kind = PaymentKind.PreAuthorisation },
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static Command Refund()
    {
        Argument<Guid> payment = Payment();
        Argument<string?> amount = new("amount")
        {
            Description = "What is given back, such as 12.50; without it the whole payment.", Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = StackOptions.Json();
        PhoneOptions options = new();
        Command command = new("refund", "Give a payment back to its card, which is tapped once more.") { payment, amount };
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellation) =>
        {
            Guid original = parsed.GetValue(payment);
            long charged = parsed.GetValue(amount) is null ? await ChargedAsync(options, parsed, original, cancellation) : 0;
            PaymentOrder Order(int exponent) => new()
            {
                AmountMinor = parsed.GetValue(amount) is { } given ? SaleCommand.MinorUnits(given, exponent) : charged,
                Kind = PaymentKind.Refund,
                OriginalPaymentId = original,
            };
            return await SaleCommand.PayAsync(options, parsed, Order, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<long> ChargedAsync(PhoneOptions options, ParseResult parsed, Guid payment, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        PaymentResult result = await phone.StatusAsync(payment, cancellation);
        return result.Answer is { } answer
            ? answer.FinalMinor ?? answer.ApprovedMinor ?? answer.AmountMinor
            : throw new CommandException($"payment {payment}: {result.Reason.Text}", 4);
    }
}
