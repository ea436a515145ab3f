using System.Globalization;
using SoftPos.Iso8583;

namespace SoftPos.Bench;

/// <summary>Decoding and encoding a message of 12 fields and 349 bytes, on one core.</summary>
internal sealed class Iso8583Bench : IBench
{
    private const int MessageBytes = 349;

    public string Name => "iso8583";

    public IEnumerable<BenchLine> Run()
    {
        Iso8583Message message = Create();
        byte[] bytes = message.Encode();
        byte[] copy = new byte[bytes.Length];
        Iso8583Dialect dialect = message.Dialect;
        if (bytes.Length != MessageBytes || message.Fields.Count != 12)
        {
            throw new InvalidOperationException($"the message has {bytes.Length} bytes and {message.Fields.Count} fields");
        }

        (double floor, _) = Harness.Measure(() => bytes.AsSpan().CopyTo(copy));
        yield return new BenchLine("floor: copy of 349 bytes", floor);
        yield return Harness.Line("read as a lazy view, all fields checked", () => Read(bytes, dialect), floor, "floor copy");
        yield return Harness.Line("decode into a message of its own", () => Decode(bytes, dialect), floor, "floor copy");
        yield return Harness.Line("encode into a buffer", () => message.Encode(copy), floor, "floor copy");
    }

    private static void Read(byte[] bytes, Iso8583Dialect dialect)
    {
        if (!Iso8583View.TryRead(bytes, dialect, out Iso8583View view, out Iso8583Fault fault) || view.LengthOf(55) == 0)
        {
            throw new Iso8583Exception(fault);
        }
    }

    private static void Decode(byte[] bytes, Iso8583Dialect dialect)
    {
        if (!Iso8583Message.TryDecode(bytes, dialect, out _, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }
    }

    private static Iso8583Message Create()
    {
        Iso8583Message message = new(ShippedDialects.Lab, "0100")
        {
            [2] = "4761739001001019",
            [3] = "000000",
            [4] = "1250",
            [7] = "1124120000",
            [11] = "1",
            [22] = "072",
            [37] = "632812000001",
            [41] = "TERM0001",
            [42] = "MERCHANT0000001",
            [49] = "978",
            [55] = "9F3602" + "0042",
        };
        int left = MessageBytes - message.EncodedLength - 3;
        message[60] = string.Concat(Enumerable.Range(0, left).Select(i => (i % 10).ToString(CultureInfo.InvariantCulture)));
        return message;
    }
}
