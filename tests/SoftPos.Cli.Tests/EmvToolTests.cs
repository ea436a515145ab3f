using System.Text.Json.Nodes;
using SoftPos.Cli.Tools;
using SoftPos.Emv.Replay;

namespace SoftPos.Cli.Tests;

/// <summary><c>tool emv oda</c> and <c>tool emv replay</c> over the recorded transactions, as JSON lines.</summary>
public sealed class EmvToolTests
{
    private static Transcript Mastercard => Load("mock-msc-offline.json");

    [Fact]
    public void The_recorded_Mastercard_transaction_is_replayed_to_its_end()
    {
        JsonObject answer = Run(new EmvReplayTool(), new JsonObject
        {
            ["transcript"] = File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-msc-offline.json")),
        });

        Assert.Equal("Approved", answer["outcome"]!.ToString());
        Assert.True(answer["oda"]!["valid"]!.GetValue<bool>());
        Assert.Equal("49C27A9F8E4BF538", answer["dataRecord"]!["9F26"]!.ToString());
        Assert.Equal("AB803A04B0BCA313", answer["oda"]!["iccDynamicNumber"]!.ToString());
        Assert.Equal("0000000001", answer["tvr"]!.ToString());
        Assert.Empty(answer["deviations"]!.AsArray());
    }

    [Fact]
    public void The_recorded_Visa_transaction_is_replayed_to_its_end()
    {
        JsonObject answer = Run(new EmvReplayTool(), new JsonObject
        {
            ["transcript"] = File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-visa-offline.json")),
        });

        Assert.Equal("Approved", answer["outcome"]!.ToString());
        Assert.True(answer["oda"]!["valid"]!.GetValue<bool>());
    }

    [Fact]
    public void Kernel_2_options_of_the_request_are_checked_like_a_configuration()
    {
        JsonObject answer = Run(new EmvReplayTool(), new JsonObject
        {
            ["transcript"] = File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", "mock-msc-offline.json")),
            ["kernel2"] = new JsonObject { ["tacDenial"] = "00" },
        });

        Assert.False(answer["ok"]!.GetValue<bool>());
        Assert.Equal("kernel2", answer["error"]!["field"]!.ToString());
    }

    [Fact]
    public void CDA_of_the_recorded_transaction_is_valid_and_shows_what_was_recovered()
    {
        JsonObject answer = Run(new EmvOdaTool(), CdaRequest());

        Assert.Equal("valid", answer["result"]!.ToString());
        Assert.Equal("49C27A9F8E4BF538", answer["cryptogram"]!.ToString());
        Assert.Equal("AB803A04B0BCA313", answer["iccDynamicNumber"]!.ToString());
        Assert.Equal("40", answer["cid"]!.ToString());
        Assert.Equal("0000000000", answer["tvr"]!.ToString());
        Assert.Equal("541333******1513", answer["icc"]!["pan"]!.ToString());
        Assert.StartsWith("5413", answer["issuer"]!["identifier"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("6A05", answer["recovered"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unpredictable-number", "SignedDynamicData", "Hash")]
    [InlineData("cdol-data", "SignedDynamicData", "TransactionData")]
    [InlineData("pdol-data", "SignedDynamicData", "TransactionData")]
    [InlineData("aip", "CardCertificate", "Hash")]
    public void A_turned_bit_names_step_fault_and_TVR_bit(string field, string step, string fault)
    {
        JsonObject request = CdaRequest();
        byte[] value = Convert.FromHexString(request[field]!.ToString());
        value[^1] ^= 0x01;
        request[field] = Convert.ToHexString(value);

        JsonObject answer = Run(new EmvOdaTool(), request);

        Assert.Equal(("failed", step, fault), (answer["result"]!.ToString(), answer["step"]!.ToString(), answer["fault"]!.ToString()));
        Assert.Equal("0400000000", answer["tvr"]!.ToString());
        Assert.Contains("CDA failed", answer["tvrBits"]![0]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_CA_key_of_the_request_stands_before_the_published_ones()
    {
        JsonObject request = CdaRequest();
        request["ca-keys"] = new JsonArray(new JsonObject { ["rid"] = "A000000004", ["index"] = "F3", ["modulus"] = new string('A', 287) + "B", ["exponent"] = "03" });

        JsonObject answer = Run(new EmvOdaTool(), request);

        Assert.Equal("IssuerCertificate", answer["step"]!.ToString());
    }

    [Fact]
    public void FDDA_of_the_recorded_Visa_transaction_is_valid()
    {
        Transcript transcript = Load("mock-visa-offline.json");
        JsonArray records = Records(transcript, command => (command[3] >> 3) == 3);
        byte[] options = transcript.Exchanges.First(exchange => exchange.Command[1] == 0xA8).Response;
        JsonObject answer = Run(new EmvOdaTool(), new JsonObject
        {
            ["method"] = "fdda",
            ["aid"] = "A0000000031010",
            ["tlv"] = Convert.ToHexString(options.AsSpan(0, options.Length - 2)),
            ["records"] = records,
            ["date"] = "190819",
            ["unpredictable-number"] = "ABABABAB",
            ["amount"] = "200",
            ["currency"] = "840",
        });

        Assert.Equal("valid", answer["result"]!.ToString());
        Assert.Equal("1", answer["fddaVersion"]!.ToString());
    }

    [Theory]
    [InlineData("records", "x")]
    [InlineData("date", "1908")]
    [InlineData("rid", "A0")]
    [InlineData("response", "9F2701")]
    public void A_faulty_field_is_named(string field, string value)
    {
        JsonObject request = CdaRequest();
        request[field] = value;

        JsonObject answer = Run(new EmvOdaTool(), request);

        Assert.False(answer["ok"]!.GetValue<bool>());
        Assert.Equal(field, answer["error"]!["field"]!.ToString());
    }

    private static JsonObject CdaRequest()
    {
        Transcript transcript = Mastercard;
        byte[] generate = transcript.Exchanges[^1].Command;
        byte[] response = transcript.Exchanges[^1].Response;
        return new JsonObject
        {
            ["method"] = "cda",
            ["rid"] = "A000000004",
            ["records"] = Records(transcript, command => command[3] == 0x14),
            ["aip"] = "5980",
            ["date"] = "2019-08-19",
            ["unpredictable-number"] = "33BCA47D",
            ["pdol-data"] = "00000000000000006000F00001",
            ["cdol-data"] = Convert.ToHexString(generate.AsSpan(5, generate[4])),
            ["response"] = Convert.ToHexString(response.AsSpan(0, response.Length - 2)),
        };
    }

    private static JsonArray Records(Transcript transcript, Func<byte[], bool> isSigned) => new([.. transcript.Exchanges
        .Where(exchange => exchange.Command[1] == 0xB2)
        .Select(exchange => (JsonNode)new JsonObject
        {
            ["data"] = Convert.ToHexString(exchange.Response.AsSpan(0, exchange.Response.Length - 2)),
            ["sfi"] = exchange.Command[3] >> 3,
            ["authenticated"] = isSigned(exchange.Command),
        })]);

    private static Transcript Load(string name) => Transcript.TryParse(File.ReadAllText(Vectors.PathOf("emv", "danhu-emv", name)), out _)!;

    private static JsonObject Run(Tool tool, JsonObject request)
    {
        using StringReader input = new(request.ToJsonString());
        using StringWriter output = new();
        ToolCommand.RunLines(tool, input, output);
        return JsonNode.Parse(output.ToString())!.AsObject();
    }
}
