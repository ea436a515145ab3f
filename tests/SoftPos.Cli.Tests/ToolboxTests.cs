using System.CommandLine;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>What every tool of the toolbox owes: a schema, answers by line, faults that name the field, nothing else escaping.</summary>
public sealed class ToolboxTests
{
    private const int Seed = 20261124;

    private static readonly int[] Lengths = [0, 1, 2, 3, 8, 10, 16, 24, 32, 33, 64, 200];

    public static TheoryData<string> Tools => [.. Toolbox.All.Select(Name)];

    [Fact]
    public void The_tools_that_the_documentation_promises_are_there()
    {
        string[] names = [.. Toolbox.All.Select(Name)];
        string[] promised =
        [
            "tlv", "emv replay", "emv dol", "emv cvmlist", "emv tags", "dukpt", "pinblock", "keyblock", "cryptogram", "mac", "kcv", "rsa", "cvv", "pin",
            "script", "iso8583 decode", "iso8583 encode", "iso8583 lint", "iso8583 diff", "attest android", "attest play", "attest apple",
            "attest apple-assertion", "attest apple-receipt", "attest sdk",
        ];
        Assert.Empty(promised.Except(names));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Every_tool_prints_a_schema_that_names_each_of_its_options(string name)
    {
        Tool tool = Find(name);
        JsonObject schema = JsonNode.Parse(await InvokeAsync(["tool", .. tool.Path, "--schema"], string.Empty))!.AsObject();
        JsonObject properties = schema["$defs"]!["request"]!["properties"]!.AsObject();
        Assert.All(tool.Options, option => Assert.False(string.IsNullOrEmpty(properties[option.Name]!["description"]!.GetValue<string>())));
        Assert.NotEmpty(tool.Answer);
        Assert.NotEmpty(tool.Description);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_faulty_line_is_answered_with_its_id_and_the_next_line_goes_on(string name)
    {
        string output = await InvokeAsync(
            ["tool", .. Find(name).Path, "--jsonl"],
            """
            {"id":1,"no-such-field":"x"}
            not json
            [1,2]
            {"id":"last"}
            """);
        JsonObject[] answers = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(4, answers.Length);
        Assert.False(answers[0]["ok"]!.GetValue<bool>());
        Assert.Contains("no-such-field", answers[0]["error"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.False(answers[1]["ok"]!.GetValue<bool>());
        Assert.False(answers[2]["ok"]!.GetValue<bool>());
        Assert.Equal("last", answers[3]["id"]!.GetValue<string>());
    }

    /// <summary>
    /// Words of the tool's own, hexadecimal of odd and wild lengths, numbers, structures: whatever comes in, the line is answered.
    /// </summary>
    [Theory]
    [MemberData(nameof(Tools))]
    public void No_request_makes_a_tool_throw_anything_but_a_fault_that_names_a_field(string name)
    {
        Tool tool = Find(name);
        SeededNumbers dice = new(Seed);
        for (int i = 0; i < 400; i++)
        {
            JsonObject request = [];
            foreach (ToolOption option in tool.Options.Where(option => option.Required || dice.Below(3) > 0))
            {
                request[option.Name] = Wild(option, dice);
            }

            string line = request.ToJsonString();
            StringWriter output = new();
            Exception? escaped = Record.Exception(() => ToolCommand.RunLines(tool, new StringReader(line), output));
            Assert.True(escaped is null, $"seed {Seed}, request {i}: {escaped}\n{line}");
            JsonObject answer = JsonNode.Parse(output.ToString())!.AsObject();
            Assert.True(answer["ok"]!.GetValue<bool>() || answer["error"]!["message"]!.GetValue<string>().Length > 0, line);
        }
    }

    /// <summary>Values that others published: RFC 4493 example 2; the AID of Visa.</summary>
    [Theory]
    [InlineData(
        "mac",
        """{"algorithm":"cmac-aes","key":"2B7E151628AED2A6ABF7158809CF4F3C","data":"6BC1BEE22E409F96E93D7E117393172A"}""",
        "mac",
        "070A16B46B4D4144F79BDD9DD04A287C")]
    [InlineData("tlv", """{"tlv":"6F098407A0000000031010"}""", "objects", "A0000000031010")]
    public void A_good_request_is_answered_with_the_published_value(string name, string request, string field, string expected)
    {
        StringWriter output = new();
        int code = ToolCommand.RunLines(Find(name), new StringReader(request), output);
        Assert.True(code == 0, output.ToString());
        JsonObject answer = JsonNode.Parse(output.ToString())!.AsObject();
        Assert.Contains(expected, answer[field]!.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    private static JsonNode? Wild(ToolOption option, SeededNumbers dice)
    {
        if (option.Words is { } words && dice.Below(4) > 0)
        {
            return words[dice.Below(words.Count)];
        }

        return dice.Below(10) switch
        {
            0 => string.Empty,
            1 => dice.Below(1_000_000) - 500_000,
            2 => true,
            3 => new JsonArray(1, "x", null),
            4 => new JsonObject { ["a"] = "b" },
            5 => "zz not hex £",
            6 => "-1",
            _ => Convert.ToHexString(dice.Bytes(Lengths[dice.Below(Lengths.Length)])),
        };
    }

    private static Tool Find(string name) => Toolbox.All.Single(tool => Name(tool) == name);

    private static string Name(Tool tool) => string.Join(' ', tool.Path);

    private static async Task<string> InvokeAsync(string[] arguments, string input)
    {
        RootCommand root = new("test") { ToolCommand.Create(Toolbox.All) };
        (TextReader reader, TextWriter writer) = (Console.In, Console.Out);
        StringWriter output = new();
        try
        {
            Console.SetIn(new StringReader(input));
            Console.SetOut(output);
            await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        finally
        {
            Console.SetIn(reader);
            Console.SetOut(writer);
        }

        return output.ToString();
    }

    /// <summary>Numbers of a seed: SplitMix64.</summary>
}
