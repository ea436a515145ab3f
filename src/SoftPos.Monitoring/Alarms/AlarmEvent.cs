using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;

namespace SoftPos.Monitoring;

/// <summary>A step of an alarm as its receivers get it.</summary>
public sealed record AlarmEvent
{
    /// <summary>Identity, the same over all attempts; without dots.</summary>
    public required string Id { get; init; }

    /// <summary>Kind of the step, such as <c>alarm.raised</c>, or <c>monitor.alive</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The alarm; null for a sign of life.</summary>
    public AlarmRecord? Alarm { get; init; }

    /// <summary>What a sign of life says; null for an alarm.</summary>
    public JsonObject? Life { get; init; }

    /// <summary>Type of a sign of life.</summary>
    public const string Alive = "monitor.alive";

    /// <summary>Evidence in one event: receivers take some kilobytes.</summary>
    private const int MaxEvidence = 5;

    /// <summary>The step of an alarm.</summary>
    public static AlarmEvent Of(AlarmRecord alarm, string step)
    {
        ArgumentNullException.ThrowIfNull(alarm);
        return new AlarmEvent
        {
            Id = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"alarm_{alarm.Number}_{step[(step.IndexOf('.', StringComparison.Ordinal) + 1)..]}_{alarm.ChangedAt.ToUnixTimeMilliseconds()}_{alarm.Reopened}"),
            Type = step,
            Time = alarm.ChangedAt,
            Alarm = alarm with { Evidence = [.. alarm.Evidence.Take(MaxEvidence)] },
        };
    }

    /// <summary>As JSON: type, timestamp, data.</summary>
    public byte[] ToJson()
    {
        JsonObject data = Life?.DeepClone().AsObject() ?? DataOf(Alarm!);
        JsonObject body = new() { ["type"] = Type, ["timestamp"] = Time, ["data"] = data };
        return JsonSerializer.SerializeToUtf8Bytes(body, AlarmJson.Default.JsonObject);
    }

    /// <summary>What is in the journal of a step.</summary>
    public static JsonObject EntryOf(AlarmRecord alarm)
    {
        ArgumentNullException.ThrowIfNull(alarm);
        JsonObject entry = new()
        {
            ["number"] = alarm.Number, ["originator"] = alarm.Originator, ["kind"] = alarm.Kind, ["state"] = alarm.State.ToString(),
            ["severity"] = alarm.Severity.ToString(), ["reason"] = alarm.Reason, ["summary"] = alarm.Summary, ["by"] = alarm.By,
            ["note"] = alarm.Note,
            ["assignee"] = alarm.Assignee, ["cause"] = alarm.Cause,
            ["entries"] = new JsonArray([.. alarm.Evidence.Take(MaxEvidence).Select(static one => one.Entry).OfType<long>().Distinct()
                .Select(static index => (JsonNode)index)]),
        };
        foreach (string absent in entry.Where(static member => member.Value is null).Select(static member => member.Key).ToArray())
        {
            entry.Remove(absent);
        }

        return entry;
    }

    private static JsonObject DataOf(AlarmRecord alarm)
    {
        JsonObject data = JsonSerializer.SerializeToNode(alarm, ContractJson.Default.AlarmRecord)!.AsObject();
        Reason reason = ReasonCatalogue.Get(alarm.Reason);
        data["owner"] = reason.Owner.ToString();
        data["fix"] = reason.FixIn("en");
        return data;
    }
}

/// <summary>JSON of events.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class AlarmJson : System.Text.Json.Serialization.JsonSerializerContext;
