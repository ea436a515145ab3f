namespace SoftPos.Iso8583;

public sealed class MessageRoundTripTests
{
    [Fact]
    public void An_echo_request_has_the_published_bytes()
    {
        Iso8583Dialect dialect = Iso8583Dialect.Load(
            """{"name":"hex","extends":"1987-ascii","bitmap":{"encoding":"hex","highest":128}}""");
        Iso8583Message message = new(dialect, "0800") { [7] = "1124014833", [11] = "000123", [70] = "301" };
        Assert.Equal("0800822000000000000004000000000000001124014833000123301", System.Text.Encoding.ASCII.GetString(message.Encode()));
    }

    [Theory]
    [InlineData("0100", "2 3 4 7 11 12 13 14 18 22 23 25 35 37 41 42 49 52 53 55 64", "723C468028C09A01")]
    [InlineData("0110", "3 4 7 11 12 13 37 38 39 41 42 49 55 64", "323800000EC08201")]
    [InlineData("0400", "2 3 4 7 11 12 13 22 25 37 38 39 41 42 49 90 128", "F23804800EC080000000004000000001")]
    [InlineData("0800", "7 11 70", "82200000000000000400000000000000")]
    public void Bitmaps_are_those_of_the_published_examples(string type, string fields, string bitmap)
    {
        Iso8583Message message = new(ShippedDialects.Get("1987-ascii"), type);
        foreach (int field in fields.Split(' ').Select(int.Parse))
        {
            message[field] = Filler(message.Dialect[field]!);
        }

        Assert.Equal(bitmap, Convert.ToHexString(message.Encode().AsSpan(4, bitmap.Length / 2)));
    }

    [Fact]
    public void A_packed_message_writes_digits_two_a_byte_and_counts_digits()
    {
        Iso8583Message message = new(ShippedDialects.Get("1987-binary"), "0100")
        {
            [2] = "476173900101011",
            [3] = "000000",
            [22] = "071",
            [35] = "4761739001010119=2612201",
            [41] = "TERM0001",
        };
        Assert.Equal(
            "0100" + "6000040020800000" + "15" + "0476173900101011" + "000000" + "0071" + "24" + "4761739001010119D2612201" + "5445524D30303031",
            Convert.ToHexString(message.Encode()));
    }

    [Fact]
    public void An_odd_packed_track_is_filled_on_the_right_with_F()
    {
        Iso8583Message message = new(ShippedDialects.Get("1987-binary"), "0100") { [35] = "4761739001010119D26122011" };
        byte[] bytes = message.Encode();
        Assert.EndsWith("254761739001010119D26122011F", Convert.ToHexString(bytes), StringComparison.Ordinal);
        Assert.True(Iso8583Message.TryDecode(bytes, message.Dialect, out Iso8583Message? again, out _));
        Assert.Equal("4761739001010119=26122011", again[35]);
    }

    [Theory]
    [InlineData("1987-ascii")]
    [InlineData("1987-binary")]
    [InlineData("1993")]
    [InlineData("2003")]
    [InlineData("lab")]
    public void A_message_with_every_field_of_a_dialect_comes_back_byte_for_byte(string name)
    {
        Iso8583Dialect dialect = ShippedDialects.Get(name);
        Iso8583Message message = new(dialect, new string[] { "0100", "1100", "2100" }[dialect.Version!.Value]);
        for (int field = 2; field <= dialect.HighestField; field++)
        {
            if (dialect[field] is { } format)
            {
                message[field] = Filler(format);
            }
        }

        Assert.True(message.Fields.Count > 100);
        byte[] bytes = message.Encode();
        Assert.True(Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? again, out Iso8583Fault fault), fault.Message);
        Assert.Equal(bytes, again.Encode());
        Assert.Equal(message.Fields.ToList(), again.Fields.ToList());
        foreach (int field in message.Fields)
        {
            Assert.Equal(message[field], again[field]);
        }
    }

    [Fact]
    public void An_ebcdic_message_with_hex_bitmap_comes_back()
    {
        Iso8583Dialect dialect = Iso8583Dialect.Load(
            """
            {"name":"host","extends":"1987-ascii","messageType":{"encoding":"ebcdic-1047"},"bitmap":{"encoding":"hex-ebcdic","highest":128,"always":128},
             "defaults":{"text":"ebcdic-1047","prefix":"ebcdic","binary":"raw"}}
            """);
        Iso8583Message message = LabMessages.Authorisation(dialect);
        byte[] bytes = message.Encode();
        string expected = "F0F1F0F0" + "C6F2F3C3F0F6F8F0F2F8C3F0F9F2F0F0" + "F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0" + "F1F6F4F7F6F1";
        Assert.StartsWith(expected, Convert.ToHexString(bytes), StringComparison.Ordinal);
        Assert.True(Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? again, out Iso8583Fault fault), fault.Message);
        Assert.Equal("TERM01  ", again[41]);
        Assert.Equal(bytes, again.Encode());
    }

    [Fact]
    public void A_header_and_a_third_bitmap_come_back()
    {
        Iso8583Dialect dialect = Iso8583Dialect.Load(
            """
            {"name":"three","bitmap":{"highest":192},"header":"b5",
             "fields":{"11":"n6","70":"n3","130":"ans..20","192":{"format":"b4","encoding":"hex"}}}
            """);
        Iso8583Message message = new(dialect, "0800") { [11] = "1", [130] = "third", [192] = "01020304" };
        Assert.True(message.TrySetHeader("6000010002", out _));
        byte[] bytes = message.Encode();
        Assert.Equal(
            "6000010002" + "30383030" + "8020000000000000" + "8000000000000000" + "4000000000000001" + "303030303031" + "30357468697264" + "3031303230333034",
            Convert.ToHexString(bytes));
        Assert.True(Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? again, out Iso8583Fault fault), fault.Message);
        Assert.Equal("6000010002", again.Header);
        Assert.Equal([11, 130, 192], again.Fields.ToList());
        Assert.Equal(bytes, again.Encode());
    }

    /// <summary>A value of full length that its character set allows.</summary>
    internal static string Filler(FieldFormat format) => format.Structure?.Kind switch
    {
        StructureKind.BerTlv => "9F3602" + "0042",
        StructureKind.Groups => string.Concat(Enumerable.Repeat(
            string.Concat(format.Structure.Parts.Select(Filler)), format.Structure.MaxGroups)),
        StructureKind.Parts when format.Content is not ContentType.Binary => string.Concat(format.Structure.Parts.Select(InnerText)),
        _ => format.Content switch
        {
            ContentType.Binary => string.Concat(Enumerable.Repeat("A5", LengthOf(format))),
            ContentType.SignedDigits => "D" + new string('7', format.MaxLength - 1),
            ContentType.Letters => new string('C', LengthOf(format)),
            _ => new string('4', LengthOf(format)),
        },
    };

    /// <summary>Full length, but such that a message with every field stays below the longest one.</summary>
    private static int LengthOf(FieldFormat format) => format.IsVariable ? Math.Min(format.MaxLength, 300) : format.MaxLength;

    private static string InnerText(FieldFormat part) =>
        (part.IsVariable ? part.MaxLength.ToString("D2", System.Globalization.CultureInfo.InvariantCulture) : string.Empty) + Filler(part);
}
