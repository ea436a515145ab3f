using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SoftPos.Iso8583.Published;

/// <summary>The recorded encode and decode calls of pyiso8583, error cases included, replayed through dialects made from its specifications.</summary>
public sealed partial class PyIso8583RecordedCallsTests
{
    /// <summary>Why a recorded call is not comparable: it probes Python's types or a freedom that we refuse on purpose.</summary>
    private static readonly Dictionary<int, string> Deliberate = new()
    {
        [4] = "message type ABCD: ours are four digits",
        [40] = "a Python number as key, which a JSON record cannot tell from a text",
    };

    [Fact]
    [Requirement("PBE-01")]
    public void Every_recorded_decode_gives_the_same_fields_or_a_fault_at_the_same_place()
    {
        int compared = 0;
        foreach ((int index, JsonElement call, JsonElement spec) in Calls("iso8583.decoder.decode"))
        {
            if (!call.GetProperty("args").GetProperty("s").TryGetHex(out byte[] bytes))
            {
                continue; // a Python list or text instead of bytes: no such call exists in C#
            }

            compared++;
            if (Deliberate.ContainsKey(index))
            {
                Assert.True(Iso8583Dialect.TryLoad(PyIso8583Spec.ToDialect(spec), out Iso8583Dialect? strict, out _));
                Assert.False(Iso8583Message.TryDecode(bytes, strict, out _, out Iso8583Fault refused));
                Assert.Equal(Iso8583Rule.MessageType, refused.Rule is Iso8583Rule.InvalidCharacter ? Iso8583Rule.MessageType : refused.Rule);
                continue;
            }

            string? error = call.TryGetProperty("error", out JsonElement text) ? text.GetString() : null;
            if (!Iso8583Dialect.TryLoad(PyIso8583Spec.ToDialect(spec), out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults))
            {
                AssertRefusedSpecification(index, error, faults);
                continue;
            }

            bool decoded = Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? message, out Iso8583Fault fault);
            if (error is not null)
            {
                Assert.False(decoded, $"call {index} must fail: {error}");
                AssertSameFault(index, error, fault, withPosition: true);
                continue;
            }

            Assert.True(decoded, $"call {index}: {fault}");
            AssertSameFields(index, call.GetProperty("result")[0], message!);
            if (!IsLowerCaseBitmap(call))
            {
                Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(message!.Encode()));
            }
        }

        Assert.Equal(58, compared);
    }

    [Fact]
    public void Every_recorded_encode_gives_the_same_bytes_or_the_same_fault()
    {
        int compared = 0;
        foreach ((int index, JsonElement call, JsonElement spec) in Calls("iso8583.encoder.encode"))
        {
            JsonElement document = call.GetProperty("args").GetProperty("doc_dec");
            if (document.TryGetProperty("hex", out _) || Deliberate.ContainsKey(index))
            {
                continue; // Python bytes instead of a dictionary, or a probe of Python's types
            }

            compared++;
            string? error = call.TryGetProperty("error", out JsonElement text) ? text.GetString() : null;
            if (!Iso8583Dialect.TryLoad(PyIso8583Spec.ToDialect(spec), out Iso8583Dialect? dialect, out IReadOnlyList<DialectFault> faults))
            {
                AssertRefusedSpecification(index, error, faults);
                continue;
            }

            bool encoded = TryEncode(document, dialect, out byte[] bytes, out Iso8583Fault fault);
            if (error is not null)
            {
                Assert.False(encoded, $"call {index} must fail: {error}");
                AssertSameFault(index, error, fault, withPosition: false);
                continue;
            }

            Assert.True(encoded, $"call {index}: {fault}");
            Assert.Equal(call.GetProperty("result")[0].GetProperty("hex").GetString(), Convert.ToHexString(bytes));
            Assert.True(Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? again, out fault), $"call {index}: {fault}");
            Assert.Equal(bytes, again.Encode());
        }

        Assert.Equal(85, compared);
    }

    private static bool TryEncode(JsonElement document, Iso8583Dialect dialect, out byte[] bytes, out Iso8583Fault fault)
    {
        bytes = [];
        fault = default;
        if (!document.TryGetProperty("t", out JsonElement type))
        {
            fault = new("mti", 0, Iso8583Rule.Missing);
            return false;
        }

        if (!MessageType.TryParse(type.GetString(), out MessageType parsed))
        {
            fault = new("mti", 0, Iso8583Rule.MessageType);
            return false;
        }

        Iso8583Message message = new(dialect, parsed);
        foreach (JsonProperty field in document.EnumerateObject())
        {
            if (field.Name is "t" or "p" or "1")
            {
                continue;
            }

            string value = field.Value.GetString()!;
            if (field.Name is "h" ? dialect.HasHeader && !message.TrySetHeader(value, out fault) : !TrySet(message, field.Name, value, out fault))
            {
                return false;
            }
        }

        bytes = message.Encode();
        return true;
    }

    private static bool TrySet(Iso8583Message message, string key, string value, out Iso8583Fault fault)
    {
        if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int field))
        {
            return message.TrySet(field, value, out fault);
        }

        fault = new(key, 0, Iso8583Rule.UndefinedField);
        return false;
    }

    private static void AssertSameFields(int index, JsonElement expected, Iso8583Message message)
    {
        Assert.Equal(expected.GetProperty("t").GetString(), message.Type.ToString());
        string[] named = [.. expected.EnumerateObject().Select(field => field.Name).Where(name => name is not ("t" or "p" or "1" or "h"))];
        Assert.Equal(named, message.Fields.ToList().Select(field => field.ToString(CultureInfo.InvariantCulture)));
        foreach (string name in named)
        {
            string? actual = message[int.Parse(name, CultureInfo.InvariantCulture)];
            Assert.True(expected.GetProperty(name).GetString() == actual, $"call {index}, field {name}");
        }

        if (expected.TryGetProperty("h", out JsonElement header))
        {
            Assert.Equal(header.GetString(), message.Header);
        }
    }

    private static void AssertRefusedSpecification(int index, string? error, IReadOnlyList<DialectFault> faults)
    {
        bool aboutSpecification = error is not null
            && (error.Contains("unknown encoding", StringComparison.Ordinal) || error.Contains("does not fit", StringComparison.Ordinal));
        Assert.True(aboutSpecification, $"call {index}: specification refused ({string.Join("; ", faults)}) but recorded '{error ?? "success"}'");
        string field = FieldOf(error!);
        string path = field is "p" or "1" ? "$.bitmap" : field is "t" ? "$.messageType" : $"$.fields.{field}.";
        Assert.Contains(faults, fault => fault.Path.Contains(path, StringComparison.Ordinal));
    }

    private static void AssertSameFault(int index, string error, Iso8583Fault fault, bool withPosition)
    {
        string context = $"call {index}: '{error}' against '{fault}' ({fault.Rule})";
        string expectedField = FieldOf(error) switch
        {
            "t" => "mti",
            "h" => "header",
            "p" => "bitmap",
            "1" => "bitmap",
            { } field => field,
        };
        bool aboutUnknown = error.Contains("Dictionary contains", StringComparison.Ordinal);
        Assert.True(aboutUnknown || fault.Field.Split(' ')[0] == expectedField, context);
        Assert.True(RulesOf(error).Contains(fault.Rule), context);
        if (withPosition)
        {
            int position = int.Parse(Position().Match(error).Groups[1].Value, CultureInfo.InvariantCulture);
            bool atCharacter = fault.Rule is Iso8583Rule.InvalidCharacter or Iso8583Rule.NotHexadecimal;
            Assert.True(atCharacter ? fault.Offset >= position : fault.Offset == position, context);
        }
    }

    private static Iso8583Rule[] RulesOf(string error) => error switch
    {
        _ when error.Contains("Dictionary contains", StringComparison.Ordinal) => [Iso8583Rule.UndefinedField],
        _ when error.Contains("is required: field t", StringComparison.Ordinal) => [Iso8583Rule.Missing],
        _ when error.Contains("EncodeError", StringComparison.Ordinal) && FieldOf(error) is "t" => [Iso8583Rule.MessageType],
        _ when error.Contains("Extra data", StringComparison.Ordinal) => [Iso8583Rule.TrailingBytes],
        _ when error.Contains("larger than maximum", StringComparison.Ordinal) => [Iso8583Rule.TooLong],
        _ when error.Contains("bytes wide", StringComparison.Ordinal) => [Iso8583Rule.PrefixTruncated],
        _ when error.Contains("field length, ", StringComparison.Ordinal) => [Iso8583Rule.PrefixNotNumeric, Iso8583Rule.LengthDoesNotFit],
        _ when error.Contains("odd-length", StringComparison.Ordinal) => [Iso8583Rule.OddHexadecimal],
        _ when error.Contains("non-hex", StringComparison.Ordinal) => [Iso8583Rule.NotHexadecimal, Iso8583Rule.InvalidCharacter],
        _ when error.Contains("invalid data", StringComparison.Ordinal) => [Iso8583Rule.InvalidCharacter, Iso8583Rule.NotHexadecimal],
        _ when error.Contains("expecting", StringComparison.Ordinal) => [Iso8583Rule.Truncated, Iso8583Rule.WrongLength],
        _ => [],
    };

    private static bool IsLowerCaseBitmap(JsonElement call) =>
        call.GetProperty("result")[0].EnumerateObject().Any(field => field.Name is "p" or "1" && field.Value.GetString()!.Any(char.IsAsciiLetterLower));

    private static string FieldOf(string error) => Field().Match(error).Groups[1].Value;

    [GeneratedRegex(@"field (\w+)(?: pos \d+)?$")]
    private static partial Regex Field();

    [GeneratedRegex(@"pos (\d+)$")]
    private static partial Regex Position();

    private static IEnumerable<(int Index, JsonElement Call, JsonElement Spec)> Calls(string function)
    {
        string json = File.ReadAllText(Vectors.PathOf("emv", "pyiso8583", "recorded_calls.json"));
        JsonElement root = JsonDocument.Parse(json).RootElement;
        JsonElement specs = root.GetProperty("specs");
        int index = -1;
        foreach (JsonElement call in root.GetProperty("calls").EnumerateArray())
        {
            index++;
            if (call.GetProperty("fn").GetString() == function)
            {
                string reference = call.GetProperty("args").GetProperty("spec").GetString()!;
                yield return (index, call, specs[int.Parse(reference[1..], CultureInfo.InvariantCulture)]);
            }
        }
    }
}

internal static class RecordedBytes
{
    public static bool TryGetHex(this JsonElement value, out byte[] bytes)
    {
        bytes = [];
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return false;
        }

        bytes = Convert.FromHexString(value.GetProperty("hex").GetString()!);
        return true;
    }
}
