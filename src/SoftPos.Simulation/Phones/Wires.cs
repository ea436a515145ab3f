using System.Net.Http.Headers;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation.Phones;

/// <summary>How far a request has come.</summary>
internal enum Stage
{
    /// <summary>On its way to the back end.</summary>
    Sent,

    /// <summary>In the back end.</summary>
    Inside,

    /// <summary>Its answer is on the way back.</summary>
    Answered,

    /// <summary>Nothing more comes of it.</summary>
    Over,
}

/// <summary>A request of a phone and its answer.</summary>
internal sealed record Exchange(int Number, SimulatedPhone Phone, string Method, string Path, string? MediaType, byte[] Body, Operation Asker)
{
    public Stage Stage { get; set; }

    public WireAnswer? Answer { get; set; }
}

/// <summary>Every request that is on its way or was; the scheduler decides what becomes of each.</summary>
internal sealed class Wires(Board board, Trace trace)
{
    public const string Point = "wire";

    private int _count;

    public List<Exchange> Open { get; } = [];

    /// <summary>Longest request so far.</summary>
    public int Longest { get; private set; }

    public async Task<WireAnswer> AskAsync(SimulatedPhone phone, string method, string path, string? mediaType, byte[] body, CancellationToken cancellation)
    {
        if (phone.IsCutOff)
        {
            trace.Add($"{phone.Name} {path} cut off");
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the simulated network is cut");
        }

        Exchange exchange = new(++_count, phone, method, path, mediaType, body, board.Current!);
        Longest = Math.Max(Longest, body.Length);
        Open.Add(exchange);
        trace.Add($"{phone.Name} asks {path} as {exchange.Number}");
        try
        {
            object? end = await board.ParkAsync(Point, exchange, cancellation).ConfigureAwait(false);
            return end as WireAnswer ?? throw new HttpRequestException((HttpRequestError)end!, "the simulated connection failed");
        }
        finally
        {
            exchange.Stage = Stage.Over;
        }
    }
}

/// <summary>HTTP of one phone over the simulated network.</summary>
internal sealed class PhoneWire(SimulatedPhone phone, Wires wires) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        WireAnswer answer = await wires.AskAsync(
            phone, request.Method.Method, request.RequestUri!.AbsolutePath, request.Content?.Headers.ContentType?.ToString(), body, cancellationToken)
            .ConfigureAwait(false);
        HttpResponseMessage response = new((System.Net.HttpStatusCode)answer.Status) { Content = new ByteArrayContent(answer.Body) };
        if (MediaTypeHeaderValue.TryParse(answer.MediaType, out MediaTypeHeaderValue? type))
        {
            response.Content.Headers.ContentType = type;
        }

        return response;
    }
}
