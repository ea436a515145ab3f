using System.CommandLine;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos status PAYMENT</c>: how a payment of the virtual phone stands now.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Argument<Guid> payment = new("payment") { Description = "Identity of the payment, as the sale printed it." };
        Option<bool> json = StackOptions.Json();
        PhoneOptions phone = new();
        Command command = new("status", "Ask what became of a payment.") { payment };
        phone.AddTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => RunAsync(phone, result, result.GetValue(payment), result.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        PhoneOptions options, ParseResult parsed, Guid paymentId, bool json, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        PaymentResult result = await phone.StatusAsync(paymentId, cancellation);
        return SaleOutput.Report(result, options.Backend(parsed), json);
    }
}
