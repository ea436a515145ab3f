using System.Text.Json.Nodes;

namespace SoftPos.Iso8583;

/// <summary>Any bytes give a view or a declared fault; whatever reads also writes back and reads the same again.</summary>
public sealed class MutationTests
{
    private const int Rounds = 4_000;

    [Theory]
    [InlineData("lab", 1)]
    [InlineData("1987-ascii", 2)]
    [InlineData("1987-binary", 3)]
    [InlineData("1993", 4)]
    [InlineData("2003", 5)]
    public void Mutated_messages_give_a_fault_or_come_back(string name, uint seed)
    {
        Iso8583Dialect dialect = ShippedDialects.Get(name);
        Iso8583Message message = new(dialect, new[] { "0100", "1100", "2100" }[dialect.Version!.Value]);
        foreach (int field in new[] { 2, 3, 4, 7, 11, 22, 35, 37, 41, 49, 52, 54, 55, 90, 95, 97, 128 }.Where(number => dialect[number] is not null))
        {
            message[field] = MessageRoundTripTests.Filler(dialect[field]!);
        }

        byte[] seedBytes = message.Encode();
        int read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] mutated = [.. seedBytes];
            for (uint change = 0; change <= Next(ref seed) % 3; change++)
            {
                mutated[Next(ref seed) % (uint)mutated.Length] = (byte)(Next(ref seed) & 0xFF);
            }

            int length = Next(ref seed) % 8 == 0 ? (int)(Next(ref seed) % (uint)mutated.Length) : mutated.Length;
            read += Check(mutated.AsSpan(0, length), dialect) ? 1 : 0;
        }

        Assert.True(read > Rounds / 50, $"only {read} mutants were readable");
    }

    private static bool Check(ReadOnlySpan<byte> bytes, Iso8583Dialect dialect)
    {
        if (!Iso8583Message.TryDecode(bytes, dialect, out Iso8583Message? message, out Iso8583Fault fault))
        {
            Assert.NotEqual(Iso8583Rule.None, fault.Rule);
            Assert.InRange(fault.Offset, 0, bytes.Length);
            return false;
        }

        Assert.Equal(bytes.ToArray(), message.Encode());
        _ = MessageJson.ToJson(message).ToJsonString();
        _ = message.ToString();
        _ = MessageLint.Check(message);
        JsonObject fields = (JsonObject)MessageJson.ToJson(message, reveal: true)["fields"]!;
        Iso8583Message again = new(dialect, message.Type);
        Assert.True(MessageJson.TryApply(fields, again, out fault), fault.Message);
        Assert.Equal(bytes.ToArray(), again.Encode());
        return true;
    }

    /// <summary>Xorshift: the same seed gives the same run.</summary>
    private static uint Next(ref uint state)
    {
        unchecked
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return state;
        }
    }
}
