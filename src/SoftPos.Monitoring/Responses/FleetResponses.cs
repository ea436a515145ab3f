using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>
/// Orders against parts of the fleet. What is ordered is in the journal and in every request's view of the terminal when the method returns.
/// </summary>
public sealed class FleetResponses(Database database, TimeProvider clock)
{
    /// <summary>Journal subject of orders that are not about one terminal.</summary>
    private const string FleetSubject = "fleet";

    /// <summary>Orders something.</summary>
    public async Task<ResponseOutcome> OrderAsync(ResponseRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        (_, Refusal? fault) = ResponseDecider.Decide(request, 0, clock.GetUtcNow());
        if (fault is not null)
        {
            return new ResponseOutcome { Refusal = fault };
        }

        TerminalRecord? one = null;
        if (request.Scope is ResponseScope.Terminal)
        {
            one = await database.Terminals.FindAsync(Guid.Parse(request.Value), cancellation);
            if (one is not { State: TerminalState.Active or TerminalState.Suspended })
            {
                return new ResponseOutcome { Refusal = new Refusal(ReasonCodes.TerminalUnknown, Field: "value") };
            }
        }

        long number = await database.Sequences.NextAsync("response-order", cancellation);
        ResponseOrder order = ResponseDecider.Decide(request, number, clock.GetUtcNow()).Order!;
        ResponseReach reach = await ReachAsync(order, one, cancellation);
        JsonObject entry = EntryOf(order);
        entry["terminals"] = reach.Terminals;
        Change change = new Change().Add(order).Append(
            order.IsRehearsal ? "response.rehearsed" : "response.ordered", one?.TerminalId.ToString() ?? FleetSubject, entry);
        return (await database.CommitAsync(change, cancellation)).Done
            ? new ResponseOutcome { Order = order, Reach = reach }
            : new ResponseOutcome { Refusal = Refusal.Malformed("action", $"{ResponseOrderStore.MaxStanding} orders stand; lift some first") };
    }

    /// <summary>Lifts an order by its number.</summary>
    public async Task<ResponseOutcome> LiftAsync(long number, string by, string note, CancellationToken cancellation)
    {
        if (await database.Responses.FindAsync(number, cancellation) is not { } order)
        {
            return new ResponseOutcome { Refusal = Refusal.Malformed("number", "no order has that number") };
        }

        (ResponseOrder? lifted, Refusal? fault) = ResponseDecider.Lift(order, by, note, clock.GetUtcNow());
        if (lifted is null)
        {
            return new ResponseOutcome { Refusal = fault };
        }

        string subject = order.Scope is ResponseScope.Terminal ? order.Value : FleetSubject;
        Change change = new Change().Lift(lifted).Append("response.lifted", subject, new JsonObject { ["number"] = number, ["by"] = by, ["note"] = note });
        return (await database.CommitAsync(change, cancellation)).Done
            ? new ResponseOutcome { Order = lifted }
            : new ResponseOutcome { Refusal = Refusal.Malformed("number", "this order was lifted before") };
    }

    /// <summary>Brings one terminal back: lifts what stands against it alone and ends a suspension by policy. It must attest before it pays.</summary>
    /// <returns>Null when it was done.</returns>
    public async Task<Refusal?> RestoreAsync(Guid terminalId, string by, string note, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { } terminal)
        {
            return new Refusal(ReasonCodes.TerminalUnknown, Field: "terminalId");
        }

        IReadOnlyList<ResponseOrder> orders = database.Responses.Of(terminal);
        (TerminalRecord? restored, Refusal? fault) = ResponseDecider.Restore(terminal, orders);
        fault ??= ResponseDecider.PersonFault(by, note);
        if (fault is not null)
        {
            return fault;
        }

        ResponseOrder[] own = [.. orders.Where(static order => order.Scope is ResponseScope.Terminal)];
        Change change = new Change().RequireUnmoved(terminal).Put(restored!).Append("terminal.restored", terminalId, new JsonObject
        {
            ["by"] = by, ["note"] = note, ["orders"] = new JsonArray([.. own.Select(static order => (JsonNode)order.Number)]),
        });
        foreach (ResponseOrder order in own)
        {
            change.Lift(order with { LiftedAt = clock.GetUtcNow(), LiftedBy = by });
        }

        return (await database.CommitAsync(change, cancellation)).Done ? null : new Refusal(ReasonCodes.RateLimited, "the terminal changed meanwhile; try again");
    }

    /// <summary>Moves a terminal to another merchant; it is told at its next poll.</summary>
    /// <returns>Null when it was done.</returns>
    public async Task<Refusal?> TransferAsync(Guid terminalId, string merchantId, string by, string note, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: TerminalState.Active } terminal)
        {
            return new Refusal(ReasonCodes.TerminalUnknown, "only a terminal in use can be transferred", "terminalId");
        }

        if (await database.Merchants.FindAsync(merchantId, cancellation) is not { } merchant || merchantId == terminal.MerchantId)
        {
            return Refusal.Malformed("merchantId", "another merchant of this installation");
        }

        if (ResponseDecider.PersonFault(by, note) is { } fault)
        {
            return fault;
        }

        CommandRecord command = RemoteCommands.New(
            terminalId, RemoteCommandKind.Configuration, System.Text.Json.JsonSerializer.Serialize(merchant, ContractJson.Default.MerchantRecord),
            RemoteCommands.LongestLife, by, clock.GetUtcNow());
        Change change = new Change()
            .RequireUnmoved(terminal)
            .Put(terminal with { MerchantId = merchantId })
            .Add(command)
            .Append("terminal.transferred", terminalId, new JsonObject
            {
                ["from"] = terminal.MerchantId, ["to"] = merchantId, ["by"] = by, ["note"] = note, ["command"] = command.Command.CommandId.ToString(),
            });
        return (await database.CommitAsync(change, cancellation)).Done ? null : new Refusal(ReasonCodes.RateLimited, "the terminal changed meanwhile; try again");
    }

    /// <summary>Ends a terminal. Its requests are those of a stranger from now on.</summary>
    /// <returns>Null when it was done.</returns>
    public async Task<Refusal?> RetireAsync(Guid terminalId, string by, string note, CancellationToken cancellation)
    {
        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: not TerminalState.Retired } terminal)
        {
            return new Refusal(ReasonCodes.TerminalUnknown, Field: "terminalId");
        }

        if (ResponseDecider.PersonFault(by, note) is { } fault)
        {
            return fault;
        }

        Change change = new();
        Retirement.Add(change, terminal, note, by);
        (await database.CommitAsync(change, cancellation)).Require();
        return null;
    }

    private async Task<ResponseReach> ReachAsync(ResponseOrder order, TerminalRecord? one, CancellationToken cancellation)
    {
        Dictionary<string, int> merchants = new(StringComparer.Ordinal);
        Dictionary<string, int> models = new(StringComparer.Ordinal);
        int count = 0;
        await foreach (TerminalRecord terminal in one is not null ? AsyncEnumerable.Repeat(one, 1) : database.Terminals.AllAsync(cancellation))
        {
            if (terminal.State is TerminalState.Active or TerminalState.Suspended && order.Covers(terminal))
            {
                count++;
                merchants[terminal.MerchantId] = merchants.GetValueOrDefault(terminal.MerchantId) + 1;
                models[terminal.Model] = models.GetValueOrDefault(terminal.Model) + 1;
            }
        }

        return new ResponseReach(count, merchants, models);
    }

    private static JsonObject EntryOf(ResponseOrder order) => new()
    {
        ["number"] = order.Number,
        ["action"] = order.Action.ToString(),
        ["scope"] = order.Scope.ToString(),
        ["value"] = order.Value,
        ["reason"] = order.Reason,
        ["note"] = order.Note,
        ["by"] = order.By,
        ["expires"] = order.ExpiresAt,
    };
}
