using System.CommandLine;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary><c>softpos orders push</c> asks a terminal to take a payment; <c>softpos orders take</c> is a virtual phone that waits for such orders.</summary>
internal static class OrderCommands
{
    private const int RefusedCode = 4;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    public static Command Create() => new("orders", "Payments that are pushed to a terminal.") { Push(), Take() };

    private static Command Push()
    {
        Argument<string> amount = new("amount") { Description = "Amount with two decimals, such as 12.50." };
        Option<Guid> terminal = new("--terminal") { Description = "Terminal, see softpos merchants terminals.", Required = true };
        Option<string?> reference = new("--reference") { Description = "Own name for the order; also its idempotency key." };
        Option<bool> wait = new("--wait") { Description = "Wait for its end." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("push", "Push a sale to a terminal.") { amount, terminal, reference, wait });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            string? name = parsed.GetValue(reference);
            OrderInput order = new()
            {
                TerminalId = parsed.GetValue(terminal), AmountMinor = SaleCommand.MinorUnits(parsed.GetValue(amount)!), Reference = name,
            };
            string key = name ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
            OrderView view = await client.PushAsync(order, key, cancellation);
            Console.Out.WriteLine($"  order {view.Order.OrderId} is {view.Order.State}");
            if (!parsed.GetValue(wait))
            {
                return 0;
            }

            view = await client.WaitAsync(view.Order.OrderId, cancellation);
            Console.Out.WriteLine($"  {view.Payment?.State.ToString() ?? view.Order.State.ToString()} {view.Payment?.Reason ?? view.Order.Reason}");
            if (view.Payment?.ReceiptUrl is { } receipt)
            {
                Console.Out.WriteLine($"  receipt {receipt}");
            }

            return view.Payment?.State == PaymentState.Approved ? 0 : RefusedCode;
        }));
        return command;
    }

    private static Command Take()
    {
        Option<int?> count = new("--count") { Description = "End after so many orders." };
        PhoneOptions phone = new();
        Command command = new("take", "Wait for orders on a virtual phone and take each with the card on its antenna.") { count };
        phone.AddTo(command);
        command.SetAction((parsed, cancellation) => TakeAsync(phone, parsed, parsed.GetValue(count) ?? int.MaxValue, cancellation));
        return command;
    }

    private static async Task<int> TakeAsync(PhoneOptions options, ParseResult parsed, int count, CancellationToken cancellation)
    {
        await using VirtualTerminal phone = await options.OpenAsync(parsed, cancellation);
        if (!phone.IsEnrolled)
        {
            try
            {
                await Sandbox.ActivateAsync(phone, options.Backend(parsed), cancellation);
            }
            catch (HttpRequestException)
            {
                throw StackOptions.NotRunning(options.Backend(parsed));
            }
        }

        Console.Out.WriteLine($"  terminal {phone.Terminal.TerminalId} waits for orders");
        try
        {
            while (count > 0)
            {
                long asked = TimeProvider.System.GetTimestamp();
                if (await phone.Terminal.NextOrderAsync(Wait, cancellation) is not { } order)
                {
                    // An answer that came at once says that the back end is away.
                    await Task.Delay(TimeProvider.System.GetElapsedTime(asked) < AfterFailure ? AfterFailure : TimeSpan.Zero, TimeProvider.System, cancellation);
                    continue;
                }

                PaymentResult result = await phone.TakeOrderAsync(order, null, cancellation);
                Console.Out.WriteLine($"  order {order.OrderId}: {result.Outcome} {result.Reason.Code}");
                count--;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C.
        }

        return 0;
    }
}
