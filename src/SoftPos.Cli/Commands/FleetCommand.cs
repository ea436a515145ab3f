using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos fleet …</c>: orders against terminals, and what one terminal is told. Every order has a reason and is in the journal.</summary>
internal static class FleetCommand
{
    private const string Root = "operator/v1/fleet/";

    private static readonly (string Verb, string Action, string Reason, string Text)[] Orders =
    [
        ("notice", "Notice", "UPGRADE_REQUIRED", "Tell the merchants."),
        ("limit", "Limit", "ATTESTATION_DENIED", "No PIN and low amounts only."),
        ("reattest", "Reattest", "NOT_ATTESTED", "No payment until fresh evidence is good."),
        ("deny", "Deny", "ATTESTATION_DENIED", "No payment while the order stands."),
        ("suspend", "Suspend", "TERMINAL_SUSPENDED", "No payment and no attestation while the order stands."),
        ("wipe", "Wipe", "TERMINAL_SUSPENDED", "Suspend for good; the terminals destroy their keys. Cannot be taken back."),
    ];

    public static Command Create()
    {
        Command fleet = new("fleet", "Act on terminals: notice, limit, deny, suspend, restore, wipe, commands; or let a day of a fleet pass.");
        foreach ((string verb, string action, string reason, string text) in Orders)
        {
            fleet.Subcommands.Add(Order(verb, action, reason, text));
        }

        fleet.Subcommands.Add(List());
        fleet.Subcommands.Add(Lift());
        fleet.Subcommands.Add(OfTerminal("restore", "Lift what stands against one terminal alone; it pays after new good evidence.", null));
        fleet.Subcommands.Add(OfTerminal("retire", "End a terminal for good.", null));
        fleet.Subcommands.Add(OfTerminal("transfer", "Move a terminal to another merchant.", new Option<string>("--merchant") { Required = true }));
        fleet.Subcommands.Add(Send());
        fleet.Subcommands.Add(Replace());
        StormCommand.AddTo(fleet);
        return fleet;
    }

    private static Command Order(string verb, string action, string reasonOtherwise, string text)
    {
        FleetScope scope = new();
        Option<string> reason = new("--reason") { Description = "Code of the reason catalogue.", DefaultValueFactory = _ => reasonOtherwise };
        Option<string> note = Note();
        Option<double?> hours = new("--hours") { Description = "The order ends by itself after so many hours." };
        Option<bool> rehearse = new("--rehearse") { Description = "Change nothing; say whom it would meet, and note it at each of their evidences." };
        Command command = new(verb, text) { reason, note, hours, rehearse };
        scope.AddTo(command);
        return OperatorLink.Calling(command, async (parsed, link, cancellation) =>
        {
            (string name, string value) = scope.Of(parsed);
            JsonObject body = new()
            {
                ["action"] = action, ["scope"] = name, ["value"] = value, ["reason"] = parsed.GetValue(reason), ["note"] = parsed.GetValue(note),
                ["isRehearsal"] = parsed.GetValue(rehearse),
            };
            if (parsed.GetValue(hours) is { } life)
            {
                body["expiresAt"] = TimeProvider.System.GetUtcNow().AddHours(life);
            }

            return await link.PostJsonAsync(Root + "orders", body, cancellation);
        });
    }

    private static Command List() => OperatorLink.Calling(
        new Command("orders", "Orders, newest first."), (_, link, cancellation) => link.GetAsync(Root + "orders", cancellation));

    private static Command Lift()
    {
        Argument<long> number = new("number") { Description = "Number of the order." };
        Option<string> note = Note();
        return OperatorLink.Calling(new Command("lift", "Lift an order.") { number, note }, (parsed, link, cancellation) => link.PostJsonAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Root}orders/{parsed.GetValue(number)}/lift"),
            new JsonObject { ["note"] = parsed.GetValue(note) },
            cancellation));
    }

    private static Command OfTerminal(string verb, string text, Option<string>? merchant)
    {
        Argument<Guid> terminal = Terminal();
        Option<string> note = Note();
        Command command = new(verb, text) { terminal, note };
        if (merchant is not null)
        {
            command.Options.Add(merchant);
        }

        return OperatorLink.Calling(command, (parsed, link, cancellation) =>
        {
            JsonObject body = new() { ["note"] = parsed.GetValue(note) };
            if (merchant is not null)
            {
                body["merchantId"] = parsed.GetValue(merchant);
            }

            return link.PostJsonAsync($"{Root}terminals/{parsed.GetValue(terminal)}/{verb}", body, cancellation);
        });
    }

    private static Command Send()
    {
        Argument<Guid> terminal = Terminal();
        Argument<string> kind = new("kind") { Description = "Message, UpdateRequired, Configuration, Diagnostics, Restart, Reattest or ReplaceKeys." };
        Argument<string?> content = new("content") { Description = "Text of the message, or what the kind needs.", Arity = ArgumentArity.ZeroOrOne };
        Option<double?> hours = new("--hours") { Description = "Life of the command; a week when not given." };
        return OperatorLink.Calling(
            new Command("send", "Send a command to one terminal.") { terminal, kind, content, hours },
            (parsed, link, cancellation) => link.PostJsonAsync(
                $"{Root}terminals/{parsed.GetValue(terminal)}/commands",
                new JsonObject { ["kind"] = parsed.GetValue(kind), ["content"] = parsed.GetValue(content), ["hours"] = parsed.GetValue(hours) },
                cancellation));
    }

    private static Command Replace()
    {
        Argument<Guid> terminal = Terminal();
        return OperatorLink.Calling(
            new Command("replace", "Make an activation code by which a phone that was reset takes this terminal's place.") { terminal },
            (parsed, link, cancellation) => link.PostAsync($"{Root}terminals/{parsed.GetValue(terminal)}/replacement-codes", null, cancellation));
    }

    private static Argument<Guid> Terminal() => new("terminal") { Description = "Identity of the terminal." };

    private static Option<string> Note() => new("--note") { Description = "Why, in a sentence for the journal.", Required = true };
}
