using System.Reflection;
using System.Text.Json;

namespace SoftPos.Lab.Attacks;

/// <summary>All attacks that are rehearsed: described phones, cards and acquirers, and those that need hands on the wire.</summary>
public static class AttackCatalogue
{
    /// <summary>In the order in which they are run: by class, then as described.</summary>
    public static IReadOnlyList<Attack> All { get; } = [.. Rows().Concat(WireAttacks.All).OrderBy(attack => attack.Class)];

    /// <summary>The attack of that name; null when there is none.</summary>
    public static Attack? Find(string name) => All.FirstOrDefault(attack => attack.Name == name);

    private static IEnumerable<Attack> Rows()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Attacks.attacks.json")
            ?? throw new InvalidOperationException("attacks.json is not embedded");
        List<AttackRow> rows = JsonSerializer.Deserialize(stream, AttackJson.Default.ListAttackRow)
            ?? throw new InvalidOperationException("attacks.json is empty");
        return rows.Select(row => (Attack)new RowAttack(row));
    }
}
