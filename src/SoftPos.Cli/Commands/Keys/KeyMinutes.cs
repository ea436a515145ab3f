using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands.Keys;

/// <summary>What is printed about keys and ceremonies: to be read, signed and filed. Check values identify keys; nothing here is secret.</summary>
internal static class KeyMinutes
{
    private const int MostCeremonies = 10_000;

    public static async Task<int> ListAsync(KeyFolder folder, ICeremonyTerminal terminal, CancellationToken cancellation)
    {
        List<KeyRecord> keys = await folder.Database.Keys.ListAsync(cancellation);
        terminal.Say($"{"key",-20} {"state",-12} {"check value",-12} {"until",-12} {"purpose",-22} owner");
        foreach (KeyRecord key in keys)
        {
            terminal.Say(
                $"{key.Name,-20} {key.State.ToString().ToLowerInvariant(),-12} {Convert.ToHexString(key.CheckValue),-12} "
                + $"{key.ExpiresAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-",-12} {key.Purpose,-22} {key.Owner}");
        }

        List<CeremonyRecord> open = await folder.Database.Ceremonies.NewestAsync(MostCeremonies, cancellation);
        foreach (CeremonyRecord ceremony in open.Where(one => one.State is CeremonyState.Proposed))
        {
            terminal.Say($"ceremony {ceremony.Number} waits for approval: {Verb(ceremony)} {ceremony.Subject}, proposed by {ceremony.Proposer}");
        }

        return 0;
    }

    /// <summary>Says what became of a step, and what comes next.</summary>
    public static int Report(ICeremonyTerminal terminal, CeremonyOutcome outcome)
    {
        if (outcome.Ceremony is not { } ceremony)
        {
            throw new CommandException(Why(outcome.Refusal));
        }

        terminal.Say(ceremony.State switch
        {
            CeremonyState.Proposed => $"""
                ceremony {ceremony.Number} is proposed: {Verb(ceremony)} {ceremony.Subject}
                another custodian approves it within {KeyLifeDecider.ProposalLife.TotalDays} days: softpos keys approve {ceremony.Number}
                """,
            CeremonyState.Done => $"ceremony {ceremony.Number} is done: {Verb(ceremony)} {ceremony.Subject}",
            _ => $"ceremony {ceremony.Number} is closed; nothing was done",
        });
        return 0;
    }

    public static async Task ShowAsync(KeyFolder folder, ICeremonyTerminal terminal, long number, CancellationToken cancellation)
    {
        CeremonyRecord ceremony = await folder.Database.Ceremonies.FindAsync(number, cancellation)
            ?? throw new CommandException($"there is no ceremony {number}; see softpos keys list");
        terminal.Say(Text(ceremony));
    }

    public static async Task ShowAllAsync(KeyFolder folder, ICeremonyTerminal terminal, string key, CancellationToken cancellation)
    {
        List<CeremonyRecord> all = await folder.Database.Ceremonies.NewestAsync(MostCeremonies, cancellation);
        CeremonyRecord[] own = [.. all.Where(one => one.Subject == key).OrderBy(one => one.Number)];
        if (own.Length == 0)
        {
            throw new CommandException($"no ceremony was held about {key}");
        }

        foreach (CeremonyRecord ceremony in own)
        {
            terminal.Say(Text(ceremony));
        }
    }

    internal static string Text(CeremonyRecord ceremony)
    {
        JsonObject detail = JsonNode.Parse(ceremony.Detail)!.AsObject();
        List<(string Name, string Value)> lines =
        [
            ("action", $"{Verb(ceremony)} {ceremony.Subject}"),
            ("state", ceremony.State.ToString().ToLowerInvariant()),
            ("proposed", $"{Time(ceremony.CreatedAt)} by {ceremony.Proposer}"),
        ];
        if (ceremony.Approver is { } approver)
        {
            lines.Add((ceremony.State is CeremonyState.Done ? "approved" : "closed", $"{Time(ceremony.ChangedAt)} by {approver}"));
        }

        lines.AddRange(detail.Select(fact => (Word(fact.Key), Value(fact.Key, fact.Value!))));
        string body = string.Join('\n', lines.Select(line => $"  {line.Name,-22}{line.Value}"));
        return $"""

            Minutes of key ceremony {ceremony.Number}
            {body}

              signed  ______________________________   ______________________________

            """;
    }

    private static string Value(string name, JsonNode value) => value is JsonArray list
        ? string.Join(", ", list.Select(one => (string)one!))
        : name == "until" ? ((string)value!)[..10] : (string)value!;

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Word(string name) => name switch
    {
        "checkValue" => "check value (CMAC)",
        "successorCheckValue" => "its check value",
        "fallen" => "compromised with it",
        "holders" => "parts entered by",
        "parent" => "came under",
        "method" => "came as",
        _ => name,
    };

    private static string Verb(CeremonyRecord ceremony) => ((KeyAction)ceremony.Action).ToString().ToLowerInvariant();

    private static string Why(KeyLifeRefusal refusal) => refusal switch
    {
        KeyLifeRefusal.NameTaken => "a key or custodian of that name exists; nothing was done",
        KeyLifeRefusal.UnknownKey => "there is no key of that name; see softpos keys list",
        KeyLifeRefusal.State => "the key's state does not allow this; an active key is suspended, rotated or compromised before it is destroyed",
        KeyLifeRefusal.NotVersioned => "only base derivation keys are rotated; import the successor of another key under a name of its own",
        KeyLifeRefusal.Expired => "the key is past its period and does not come back; generate or import its successor",
        KeyLifeRefusal.SamePerson => "who proposed cannot approve; a second custodian must",
        KeyLifeRefusal.Over => "there is no such open ceremony, or it lay for too long; propose again",
        KeyLifeRefusal.CheckValue => "the check value is not the expected one: a part was mistyped, or is another one; nothing was kept",
        KeyLifeRefusal.TestKey => "production refuses this key: it is published or follows a pattern; nothing was kept",
        _ => "the name, purpose, owner or length is not fit: bdk.data.N is for data, bdk.pin.N for pin, other names for other keys",
    };
}
