using System.Text.Json;
using System.Text.Json.Nodes;

namespace SoftPos.Iso8583.Published;

/// <summary>Turns a specification of pyiso8583 into a dialect file of ours.</summary>
internal static class PyIso8583Spec
{
    public static string ToDialect(JsonElement spec)
    {
        JsonObject fields = [];
        JsonObject dialect = new()
        {
            ["name"] = "recorded",
            ["messageType"] = new JsonObject { ["encoding"] = Text(spec, "t", "data_enc") is "b" ? "packed" : Encoding(Text(spec, "t", "data_enc")) },
            ["bitmap"] = new JsonObject
            {
                ["encoding"] = BitmapEncoding(Text(spec, "p", "data_enc")),
                ["extended"] = BitmapEncoding(Text(spec, "1", "data_enc")),
                ["highest"] = 192,
            },
            ["fields"] = fields,
        };
        JsonElement header = spec.GetProperty("h");
        if (Number(header, "max_len") > 0)
        {
            dialect["header"] = Field(header);
        }

        foreach (JsonProperty field in spec.EnumerateObject())
        {
            if (int.TryParse(field.Name, out int number) && number is not (0 or 1 or 65 or > 192))
            {
                fields[field.Name] = Field(field.Value);
            }
        }

        return dialect.ToJsonString();
    }

    private static JsonObject Field(JsonElement field)
    {
        string encoding = field.GetProperty("data_enc").GetString()!;
        bool nibbles = field.TryGetProperty("len_count", out JsonElement unit) && unit.GetString() is "nibbles";
        int length = Number(field, "max_len");
        int width = Number(field, "len_type");
        bool binary = encoding is "b";
        JsonObject converted = [];
        string notation = binary ? nibbles ? "h" : "b" : "any";
        int units = nibbles && !binary ? length / 2 : length;
        converted["format"] = $"{notation}{new string('.', width)}{units}";
        if (!binary)
        {
            converted["encoding"] = Encoding(encoding);
        }
        else if (nibbles)
        {
            converted["encoding"] = "packed";
            converted["fill"] = Fill(field);
        }

        if (width > 0)
        {
            converted["prefix"] = new JsonObject
            {
                ["encoding"] = field.GetProperty("len_enc").GetString() switch
                {
                    "b" => "binary",
                    "bcd" => "packed",
                    "cp500" => "ebcdic",
                    { } other => other,
                    _ => null,
                },
                ["width"] = width,
                ["unit"] = nibbles ? "half-bytes" : "bytes",
            };
        }

        return converted;
    }

    private static JsonNode Fill(JsonElement field)
    {
        foreach ((string key, string side) in new[] { ("left_pad", "left"), ("right_pad", "right") })
        {
            if (field.TryGetProperty(key, out JsonElement pad))
            {
                return new JsonObject { ["side"] = side, ["nibble"] = pad.GetString()![..1] };
            }
        }

        return "none";
    }

    private static string Encoding(string name) => name is "cp500" ? "ebcdic-500" : name;

    private static string BitmapEncoding(string name) => name switch
    {
        "b" => "raw",
        "ascii" => "hex",
        "cp500" => "hex-ebcdic",
        _ => name,
    };

    private static string Text(JsonElement spec, string field, string key) => spec.GetProperty(field).GetProperty(key).GetString()!;

    private static int Number(JsonElement field, string key) => field.GetProperty(key).GetInt32();
}
