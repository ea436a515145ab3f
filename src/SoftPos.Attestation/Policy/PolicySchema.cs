using System.Text.Json.Nodes;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Policy;

/// <summary>JSON Schema (2020-12) of a policy document, made of the same catalogues that compile it.</summary>
public static class PolicySchema
{
    /// <summary>Identity of the schema.</summary>
    public const string Id = "https://opensoftpos.org/schemas/policy-1.json";

    /// <summary>Makes the schema.</summary>
    public static JsonObject Create() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["$id"] = Id,
        ["title"] = "OpenSoftPOS appraisal policy",
        ["type"] = "object",
        ["required"] = new JsonArray("policy", "version", "rules"),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["policy"] = Text("Name."),
            ["version"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["description"] = "Rises with every change." },
            ["description"] = Text("For people."),
            ["values"] = new JsonObject { ["type"] = "object", ["description"] = "Values that conditions name as $name." },
            ["probes"] = List(Words(ProbeClaims.Probes), "Probes that every evidence must report."),
            ["baseline"] = Baseline(),
            ["rules"] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = 1000, ["items"] = Ref("rule") },
        },
        ["$defs"] = new JsonObject { ["rule"] = Rule(), ["entry"] = Entry(), ["condition"] = Condition(), ["test"] = Test() },
    };

    private static JsonObject Baseline() => new()
    {
        ["type"] = "object",
        ["description"] = "Systems and models, besides those of the list that ships; an entry replaces that of the same name.",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["denyAfterDays"] = Whole("Days from the end of support to denial, for entries without deniedFrom."),
            ["systems"] = new JsonObject { ["type"] = "array", ["items"] = Ref("entry") },
            ["models"] = new JsonObject { ["type"] = "array", ["items"] = Ref("entry") },
        },
    };

    private static JsonObject Entry() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("names"),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["names"] = List(new JsonObject { ["type"] = "string" }, "Version of a system, or names of a model as phones say them."),
            ["released"] = Day("When it came out."),
            ["supportEnds"] = Day("Last day of security updates."),
            ["deniedFrom"] = Day("First day on which it is denied."),
            ["patchMonths"] = Whole("Months that a patch level may be old on this model."),
            ["source"] = Text("Where the days are from."),
            ["example"] = Flag("Made up."),
        },
    };

    private static JsonObject Rule() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("id", "stages", "require", "reason", "severity", "response"),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject
        {
            ["id"] = Text("Identity, such as boot.locked; stays the same when the rule changes."),
            ["stages"] = List(Words("enrolment", "evidence", "play", "apple", "fleet", "baseline"),
                "Kinds of evidence on which it is asked."),
            ["if"] = Ref("condition"),
            ["require"] = Ref("condition"),
            ["reason"] = Words(ReasonCatalogue.All.Select(reason => reason.Code)),
            ["severity"] = Words(Enum.GetNames<Severity>().Select(name => name.ToLowerInvariant())),
            ["response"] = Words(Enum.GetNames<FindingResponse>().Select(name => name.ToLowerInvariant())),
            ["detail"] = Text("For operators."),
            ["reportOnly"] = Flag("Written down only."),
            ["inconclusive"] = Flag("Proves nothing either way: the verdict is unknown rather than denied."),
            ["rings"] = List(new JsonObject { ["type"] = "string" }, "Rings in which it is asked; all when absent."),
            ["effective"] = Text("From when it is asked."),
            ["due"] = Text("From when the response holds; until then duringGrace does, with this date on it."),
            ["grace"] = new JsonObject { ["type"] = "string", ["pattern"] = "^P", ["description"] = "Duration such as P14D." },
            ["duringGrace"] = Words(Enum.GetNames<FindingResponse>().Select(name => name.ToLowerInvariant())),
            ["graceUntil"] = Words(ClaimCatalogue.All.Where(claim => claim.Kind is ClaimKind.Number).Select(claim => claim.Name)),
            ["lasting"] = new JsonObject { ["type"] = "string", ["pattern"] = "^P",
                ["description"] = "How long it must fail without a break, such as PT10M." },
            ["enabled"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "boolean" }, Value()) },
        },
    };

    private static JsonObject Condition() => new()
    {
        ["oneOf"] = new JsonArray(
            Only("all", new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Ref("condition") }),
            Only("any", new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Ref("condition") }),
            Only("not", Ref("condition")),
            Ref("test")),
    };

    private static JsonObject Test()
    {
        JsonObject properties = new()
        {
            ["claim"] = Words(ClaimCatalogue.All.Select(claim => claim.Name)),
            ["missing"] = Words("pass", "fail"),
        };
        foreach (string word in ConditionReader.Operators)
        {
            JsonNode operand = word switch
            {
                "present" or "isEmpty" => Flag("Whether it is."),
                "atLeast" or "atMost" => new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "number" }, Value()) },
                "oneOf" or "noneOf" or "containsOnly" or "containsNone" => new JsonObject
                    { ["anyOf"] = new JsonArray(List(new JsonObject { ["type"] = "string" }, "Texts."), Value()) },
                _ => new JsonObject(),
            };
            properties[word] = operand;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("claim"),
            ["minProperties"] = 2,
            ["maxProperties"] = 3,
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    private static JsonObject Only(string key, JsonNode schema) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(key),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject { [key] = schema },
    };

    private static JsonObject Value() => new() { ["type"] = "string", ["pattern"] = "^\\$" };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject Whole(string description) =>
        new() { ["type"] = "integer", ["minimum"] = 0, ["description"] = description };

    private static JsonObject Day(string description) =>
        new() { ["type"] = "string", ["pattern"] = "^\\d{4}-\\d{2}-\\d{2}$", ["description"] = description };

    private static JsonObject Flag(string description) => new() { ["type"] = "boolean", ["description"] = description };

    private static JsonObject List(JsonNode items, string description) =>
        new() { ["type"] = "array", ["items"] = items, ["description"] = description };

    private static JsonObject Words(params IEnumerable<string> words) =>
        new() { ["enum"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) };

    private static JsonObject Ref(string name) => new() { ["$ref"] = "#/$defs/" + name };
}
