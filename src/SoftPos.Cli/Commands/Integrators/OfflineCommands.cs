using System.CommandLine;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary>
/// <c>softpos merchants offline</c>: what a merchant's terminals may take while the back end is away, and what came of it.
/// </summary>
internal static class OfflineCommands
{
    public static Command Create()
    {
        Argument<string> id = new("merchant") { Description = "Merchant." };
        Option<bool> on = new("--on") { Description = "Terminals may take sales while the back end is away, within the limits given." };
        Option<bool> off = new("--off") { Description = "They may not; that is how every merchant begins." };
        OfflineTerms standard = new();
        Option<int> count = new("--max-count")
        {
            Description = "Most sales until the back end is back.", DefaultValueFactory = _ => standard.MaxCount,
        };
        Option<long> total = new("--max-total")
        {
            Description = "Highest sum of them, minor units.", DefaultValueFactory = _ => standard.MaxTotalMinor,
        };
        Option<long> amount = new("--max-amount")
        {
            Description = "Highest amount of one, minor units.", DefaultValueFactory = _ => standard.MaxAmountMinor,
        };
        Option<int> age = new("--max-age-minutes")
        {
            Description = "How long a sale may wait on the phone.", DefaultValueFactory = _ => standard.MaxRecordAgeMinutes,
        };
        Option<int> attested = new("--attested-minutes")
        {
            Description = "How old the last good attestation may be.", DefaultValueFactory = _ => standard.MaxAttestationAgeMinutes,
        };
        Option<int[]> kernels = new("--kernel")
        {
            Description = "Kernel whose cards are taken; again for more.", DefaultValueFactory = _ => [.. standard.Kernels],
        };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("offline",
            "Say what a merchant's terminals may take while the back end is away; see what they took.")
        {
            id, on, off, count, total, amount, age, attested, kernels,
        });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            string merchant = parsed.GetValue(id)!;
            if (parsed.GetValue(on) && parsed.GetValue(off))
            {
                throw new CommandException("--on and --off: one of them", 2);
            }

            if (parsed.GetValue(on) || parsed.GetValue(off))
            {
                OfflineTerms? terms = parsed.GetValue(off) ? null : new OfflineTerms
                {
                    MaxCount = parsed.GetValue(count), MaxTotalMinor = parsed.GetValue(total), MaxAmountMinor = parsed.GetValue(amount),
                    MaxRecordAgeMinutes = parsed.GetValue(age), MaxAttestationAgeMinutes = parsed.GetValue(attested),
                    Kernels = parsed.GetValue(kernels)!,
                };
                await client.PutOfflineAsync(merchant, terms, cancellation);
                Console.Out.WriteLine(terms is null
                    ? $"  terminals of {merchant} take nothing while the back end is away; permissions that are out end within their time"
                    : $"  terminals of {merchant} may take {terms.MaxCount} sales while the back end is away, from their next attestation on");
                return 0;
            }

            Print(await client.OfflineAsync(merchant, cancellation));
            return 0;
        }));
        return command;
    }

    private static void Print(OfflineView view)
    {
        foreach (OfflineTerminalView terminal in view.Terminals)
        {
            string counts = $"forwarded {terminal.Forwarded}, outstanding {terminal.Outstanding}, missing {terminal.Missing}";
            string closed = terminal.Closed is { } why ? $", closed: {why}" : string.Empty;
            Console.Out.WriteLine($"  {terminal.TerminalId}  {counts}{closed}");
        }

        foreach (PaymentView payment in view.Payments)
        {
            string flags = string.Join(", ", payment.Offline!.Flags);
            string amount = SaleOutput.Money(payment.AmountMinor, payment.Currency);
            Console.Out.WriteLine($"  {payment.PaymentId}  {payment.State,-10}{amount,-14}{payment.OfflineRisk,-16}{flags}");
        }

        if (view.Terminals.Count == 0)
        {
            Console.Out.WriteLine("  no terminal has taken a sale while the back end was away");
        }
    }
}
