using System.CommandLine;
using System.Text.Json.Nodes;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands;

/// <summary>
/// <c>softpos status [PAYMENT]</c>: how a payment of the virtual phone stands now, or what the phone may take without the back end.
/// </summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Argument<Guid?> payment = new("payment")
        {
            Description = "Identity of the payment, as the sale printed it; without it the phone's offline sales.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = StackOptions.Json();
        PhoneOptions phone = new();
        Command command = new("status", "Ask what became of a payment, or see what waits on the phone.") { payment };
        phone.AddTo(command);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => result.GetValue(payment) is { } paymentId
            ? RunAsync(phone, result, paymentId, result.GetValue(json), cancellation)
            : ShowAsync(phone, result, result.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        PhoneOptions options, ParseResult parsed, Guid paymentId, bool json, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        PaymentResult result = await phone.StatusAsync(paymentId, cancellation);
        return SaleOutput.Report(result, options.Backend(parsed), json);
    }

    private static async Task<int> ShowAsync(PhoneOptions options, ParseResult parsed, bool json, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        OfflineState state = phone.Terminal.Offline;
        if (json)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["terminalId"] = phone.Terminal.TerminalId?.ToString(),
                ["offlineUntil"] = state.Until,
                ["countLeft"] = state.CountLeft,
                ["leftMinor"] = state.LeftMinor,
                ["maxAmountMinor"] = state.MaxAmountMinor,
                ["waiting"] = new JsonArray([.. state.Waiting.Select(static sale => (JsonNode)new JsonObject
                {
                    ["sequence"] = sale.Sequence, ["paymentId"] = sale.PaymentId.ToString(), ["amountMinor"] = sale.AmountMinor,
                    ["currency"] = sale.Currency, ["takenAt"] = sale.TakenAt,
                })]),
            }.ToJsonString());
            return 0;
        }

        Console.Out.WriteLine($"  terminal          {phone.Terminal.TerminalId?.ToString() ?? "not activated"}");
        Console.Out.WriteLine(state.Until is { } until
            ? $"  without back end  until {until:u}: {state.CountLeft} sales, {SaleOutput.Money(state.LeftMinor, state.Currency!)} in all, "
                + $"{SaleOutput.Money(state.MaxAmountMinor, state.Currency!)} each"
            : "  without back end  nothing is taken");
        foreach (WaitingSale sale in state.Waiting)
        {
            Console.Out.WriteLine($"  waits             {sale.PaymentId}  {SaleOutput.Money(sale.AmountMinor, sale.Currency)}  {sale.TakenAt:u}  (money not sure)");
        }

        return 0;
    }
}
