using SoftPos.Contract;
using SoftPos.Lab.Acquirer;
using SoftPos.Payments;
using SoftPos.Storage;
using SoftPos.Terminal;

namespace SoftPos.Simulation.Checks;

/// <summary>Holds what was told against what is stored and what the acquirer charged: after each step what can be, at the end everything.</summary>
internal sealed class FinalChecks(World world)
{
    /// <summary>More payments than a run makes.</summary>
    private const int MostPayments = 500;

    /// <summary>Longest message of a terminal, as its front door takes it.</summary>
    private const int LongestRequest = 128 * 1024;

    private readonly List<(string Phone, PaymentResult Result, bool IsSale)> _told = [];
    private (Database? Of, long Changes) _looked;

    /// <summary>A phone told its merchant a result: of a sale, or of a question or a void that came after one.</summary>
    public void Told(string phone, PaymentResult result, bool isSale) => _told.Add((phone, result, isSale));

    /// <summary>The last payment that a phone told as approved.</summary>
    public Guid? LastApproved(string phone) =>
        _told.FindLast(each => each.Phone == phone) is { Result.Outcome: PaymentOutcome.Approved } last ? last.Result.PaymentId : null;

    /// <summary>The same payment was asked again.</summary>
    public void Repeated(GivenAnswer given, PaymentReply reply)
    {
        PaymentState state = Find(given.PaymentId)?.Record.State ?? throw Lost(given);
        world.Trace.Add($"again {reply.Refusal?.Reason ?? state.ToString()}");
        if (reply.Refusal is { } refusal && IsAboutThePayment(refusal.Reason))
        {
            throw new InvariantException(Invariant.SameBytes, $"payment {given.PaymentId} was answered before and is refused now: {refusal.Reason}");
        }

        if (reply.Body is { } body && state == given.State && !body.AsSpan().SequenceEqual(given.Body))
        {
            throw new InvariantException(Invariant.SameBytes, $"payment {given.PaymentId} got other bytes the second time");
        }
    }

    /// <summary>After a step: what was answered is in the store.</summary>
    public void CheckGiven()
    {
        Database database = world.Node.Database;
        if (_looked == (database, database.Committed.Changes))
        {
            return;
        }

        _looked = (database, database.Committed.Changes);
        foreach (GivenAnswer given in world.Watch.Given.Values)
        {
            StoredPayment stored = Find(given.PaymentId) ?? throw Lost(given);
            if (!MayFollow(given.State, stored.Record.State))
            {
                throw new InvariantException(Invariant.Durable, $"payment {given.PaymentId} was answered as {given.State} and is stored as {stored.Record.State}");
            }

            if (stored.Record.State == given.State && stored.Answer is { } answer && !answer.AsSpan().SequenceEqual(given.Body))
            {
                throw new InvariantException(Invariant.SameBytes, $"payment {given.PaymentId} was answered with other bytes than are stored");
            }
        }

        foreach (LedgerOriginal original in world.Acquirer.Ledger.Originals.Where(static each => each.ReversalStans.Count > 1))
        {
            throw new InvariantException(Invariant.ReversedOnce, $"{original.First.Reference} was reversed under {original.ReversalStans.Count} numbers");
        }
    }

    /// <summary>Nothing grows without end.</summary>
    public void CheckBounds()
    {
        if (world.Wires.Longest > LongestRequest)
        {
            throw new InvariantException(Invariant.Bounds, $"a request of {world.Wires.Longest} bytes");
        }

        if (world.Phones.Find(static phone => phone.Terminal.OpenPayments.Count > EnrolledState.MaxOpenPayments) is { } phone)
        {
            throw new InvariantException(Invariant.Bounds, $"{phone.Name} has {phone.Terminal.OpenPayments.Count} open payments");
        }
    }

    /// <summary>Something is still to be settled or sent to the acquirer.</summary>
    public bool Owes()
    {
        PaymentStore payments = world.Node.Database.Payments;
        return payments.NextDueAsync().AsTask().GetAwaiter().GetResult() is not null
            || new[] { PaymentState.Received, PaymentState.Sent }.Any(state => payments.OpenAsync(state, 0, 1).AsTask().GetAwaiter().GetResult().Count > 0);
    }

    /// <summary>At the end, when nothing is owed any more.</summary>
    public void Check()
    {
        List<StoredPayment> payments = world.Node.Database.Payments.NewestAsync(null, null, MostPayments).AsTask().GetAwaiter().GetResult();
        Dictionary<string, StoredPayment> byReference = [];
        foreach (StoredPayment payment in payments)
        {
            PaymentRecord record = payment.Record;
            world.Count($"ended {record.State}");
            if (record.State is not (PaymentState.Abandoned or PaymentState.Approved or PaymentState.Declined or PaymentState.Reversed or PaymentState.Voided))
            {
                throw new InvariantException(Invariant.Definite, $"payment {record.PaymentId} ends {record.State}");
            }

            LedgerOriginal? original = record.RetrievalReference is { } reference ? world.Acquirer.Ledger.FindByReference(reference) : null;
            long charged = original?.ChargedMinor ?? 0, due = record.State is PaymentState.Approved ? record.StandingMinor : 0;
            if (charged != due)
            {
                throw new InvariantException(Invariant.Money, $"payment {record.PaymentId} ({record.State}) is charged {charged} instead of {due}");
            }

            if (record.RetrievalReference is not null)
            {
                byReference.Add(record.RetrievalReference, payment);
            }
        }

        if (world.Acquirer.Ledger.Originals.FirstOrDefault(each => each.ChargedMinor > 0 && !byReference.ContainsKey(each.First.Reference ?? string.Empty)) is { } orphan)
        {
            throw new InvariantException(Invariant.Money, $"{orphan.First.Reference} is charged and nobody knows it");
        }

        CheckTold(payments.ToDictionary(static each => each.Record.PaymentId, static each => each.Record.State));
        CheckFiles();
    }

    private void CheckTold(Dictionary<Guid, PaymentState> states)
    {
        foreach ((string phone, PaymentResult result, bool isSale) in _told)
        {
            PaymentState? state = states.TryGetValue(result.PaymentId, out PaymentState stored) ? stored : null;
            bool holds = result.Outcome switch
            {
                PaymentOutcome.Approved => state is PaymentState.Approved or PaymentState.Voided,
                PaymentOutcome.Declined => state is PaymentState.Declined,

                // A refused question or void says nothing of the payment; a refused sale must not be charged.
                PaymentOutcome.Refused => state is null or PaymentState.Abandoned || (!isSale && state is PaymentState.Approved),
                PaymentOutcome.Reversed => state is PaymentState.Reversed,
                PaymentOutcome.Voided => state is PaymentState.Voided,
                _ => true,
            };
            if (!holds)
            {
                throw new InvariantException(Invariant.Durable, $"{phone} told {result.Outcome} ({result.Reason.Code}) of payment {result.PaymentId}, which ends {state?.ToString() ?? "unknown"}");
            }
        }
    }

    private void CheckFiles()
    {
        foreach (string file in Directory.GetFiles(world.Node.Folder).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Search(Path.GetFileName(file), bytes);
        }

        foreach (byte[] blob in world.Phones.SelectMany(static phone => phone.Blobs.All))
        {
            Search("a phone's storage", blob);
        }

        Search("the trace", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', world.Trace.Last)));
    }

    private void Search(string where, byte[] bytes)
    {
        if (world.Canaries.Find(bytes) is { } secret)
        {
            throw new InvariantException(Invariant.NoSecret, $"{secret} in {where}");
        }
    }

    private StoredPayment? Find(Guid payment) => world.Node.Database.Payments.FindAsync(payment).AsTask().GetAwaiter().GetResult();

    private static InvariantException Lost(GivenAnswer given) =>
        new(Invariant.Durable, $"payment {given.PaymentId} was answered as {given.State} and is not in the store");

    /// <summary>Refusals that a terminal's standing brings say nothing of the payment.</summary>
    private static bool IsAboutThePayment(string reason) =>
        reason is ReasonCodes.IdempotencyConflict or ReasonCodes.RateLimited or ReasonCodes.PaymentUnknown;

    private static bool MayFollow(PaymentState from, PaymentState to) => from == to || from switch
    {
        PaymentState.Approved => to is PaymentState.Voiding or PaymentState.Voided,
        PaymentState.Unknown => to is PaymentState.Reversed,
        _ => false,
    };
}
