using System.Globalization;
using SoftPos.Iso8583;

namespace SoftPos.Payments.Acquirer;

/// <summary>Builds the network messages of a link: sign-on, echo, and answers to those of the host (ISO 8583, network management).</summary>
internal sealed class NetworkMessages(Iso8583Dialect dialect, TimeProvider time)
{
    private const int LastStan = 999_999;

    private readonly int _version = dialect.Version ?? 0;
    private int _stan;

    /// <summary>Refuses a dialect that cannot carry network messages, before anything depends on them.</summary>
    public static void CheckDialect(Iso8583Dialect dialect)
    {
        foreach (int field in (ReadOnlySpan<int>)[7, 11, 39, dialect.Version is null or 0 ? 70 : 24])
        {
            if (dialect[field] is null)
            {
                throw new ArgumentException($"dialect {dialect.Name} has no field {field}, which network messages need", nameof(dialect));
            }
        }
    }

    public Iso8583Message SignOn() => Request("001", "801");

    public Iso8583Message SignOff() => Request("002", "802");

    public Iso8583Message Echo() => Request("301", "831");

    /// <summary>The answer to a network request of the host, accepting it.</summary>
    public Iso8583Message Accept(Iso8583View request)
    {
        Iso8583Message answer = new(dialect, request.Type.Response);
        answer.Echo(request, 7, 11, 12, 32, 41, _version == 0 ? 70 : 24);
        answer[39] = Accepted;
        return answer;
    }

    /// <summary>Whether the answer to a sign-on lets traffic begin.</summary>
    public bool IsAccepted(ReadOnlySpan<byte> answer) =>
        Iso8583View.TryRead(answer, dialect, out Iso8583View view, out _) && view.Text(39) == Accepted;

    private string Accepted => _version switch { 0 => "00", 1 => "800", _ => "8000" };

    private Iso8583Message Request(string code1987, string function1993)
    {
        string now = time.GetUtcNow().ToString("MMddHHmmss", CultureInfo.InvariantCulture);
        int stan = (int)((uint)Interlocked.Increment(ref _stan) % LastStan) + 1;
        Iso8583Message message = new(dialect, string.Create(CultureInfo.InvariantCulture, $"{_version}800"))
        {
            [7] = now,
            [11] = stan.ToString(CultureInfo.InvariantCulture),
        };
        if (_version == 0)
        {
            message[70] = code1987;
        }
        else
        {
            message[24] = function1993;
        }

        return message;
    }
}
