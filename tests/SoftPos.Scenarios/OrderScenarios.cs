using SoftPos.Lab.Acquirer;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Orders of every kind through terminal, kernel and card of this process, back end and acquirer of their own.</summary>
public sealed class OrderScenarios
{
    // Endings that the lab acquirer simply approves, see docs/reference/sandbox-amounts.md.
    private static readonly int[] Cents = [0, 2, 20, 25, 50, 60, 80, 85];

    [Fact]
    [Requirement("ACC-06")]
    public async Task The_amount_that_is_shown_is_the_one_that_the_card_signs_and_the_acquirer_gets()
    {
        const uint Seed = 20261124;
        await using Stack stack = await Stack.StartAsync();
        await using Load load = await Load.OpenAsync(stack.Address, stack.Folder, 1);
        uint state = Seed;
        int Next(int below) => (int)((state = unchecked((state * 1_664_525) + 1_013_904_223)) >> 8) % below;
        Stack<(Guid Id, long Minor)> sales = new();
        List<(string Reference, long Minor, string About)> orders = [];
        int[] kinds = new int[5];
        for (int run = 0; run < 40; run++)
        {
            PaymentOrder order = OrderOf(Next, sales);
            List<long> shown = [];
            PaymentResult result = await load.Phones[0].PayAsync(order, screen => shown.Add(screen.AmountMinor), TestContext.Current.CancellationToken);
            string about = $"seed {Seed}, order {run}: {order} → {result.Outcome} {result.Reason.Code} {result.Answer?.ResponseCode}";
            Assert.True(result.Outcome is PaymentOutcome.Approved && result.Answer!.AmountMinor == order.AmountMinor, about);
            Assert.True(shown.Count > 2 && shown.TrueForAll(minor => minor == order.AmountMinor), about);
            orders.Add((result.Answer!.RetrievalReference!, order.AmountMinor, about));
            kinds[order.CashbackMinor > 0 ? 3 : order.TipMinor > 0 ? 4 : (int)order.Kind]++;
            if (order.Kind is PaymentKind.Purchase)
            {
                sales.Push((result.PaymentId, order.AmountMinor));
            }
        }

        Assert.All(kinds, count => Assert.True(count > 0, $"orders by kind: {string.Join(", ", kinds)}"));
        using LabLedger books = LabLedger.Read(stack.LedgerPath);
        foreach ((string reference, long minor, string about) in orders)
        {
            // The issuer of the lab approves only where the cryptogram holds over 9F02 and 9F03, and 9F02 is DE 4.
            LedgerOriginal original = books.FindByReference(reference)!;
            Assert.True(original.First.AmountMinor == minor && original.First.Note.StartsWith("cryptogram verified", StringComparison.Ordinal), about);
        }
    }

    private static PaymentOrder OrderOf(Func<int, int> next, Stack<(Guid Id, long Minor)> sales)
    {
        long amount = (5 + next(40)) * 100 + Cents[next(Cents.Length)];
        switch (next(5))
        {
            case 0:
                return new PaymentOrder { AmountMinor = amount, TipMinor = 100 + next(300) };
            case 1:
                return new PaymentOrder { AmountMinor = amount, CashbackMinor = 100 + next(300) };
            case 2:
                return new PaymentOrder { AmountMinor = amount, Kind = PaymentKind.PreAuthorisation };
            case 3 when sales.TryPop(out (Guid Id, long Minor) sale):
                return new PaymentOrder { AmountMinor = sale.Minor, Kind = PaymentKind.Refund, OriginalPaymentId = sale.Id };
            default:
                return new PaymentOrder { AmountMinor = amount, AcceptsPartialApproval = next(2) == 0 };
        }
    }
}
