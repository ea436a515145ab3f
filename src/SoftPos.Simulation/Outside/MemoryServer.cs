using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SoftPos.Simulation.Outside;

/// <summary>One answer of the back end as it goes over the wire.</summary>
internal sealed record WireAnswer(int Status, string? MediaType, byte[] Body);

/// <summary>A server without sockets: a request is a call. Behind it is the back end's whole pipeline.</summary>
internal sealed class MemoryServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public MemoryServer() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature { Addresses = { "http://127.0.0.1:1" } });

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = async features =>
        {
            TContext context = application.CreateContext(features);
            Exception? failed = null;
            try
            {
                await application.ProcessRequestAsync(context).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                failed = fault;
                throw;
            }
            finally
            {
                application.DisposeContext(context, failed);
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // Nothing is held.
    }

    public async Task<WireAnswer> AskAsync(string method, string path, string? mediaType, byte[] body)
    {
        HttpRequestFeature request = new()
        {
            Method = method, Path = path, Scheme = "http", Protocol = "HTTP/2", Body = new MemoryStream(body, writable: false),
            Headers = { ContentType = mediaType, ContentLength = body.Length, Host = "127.0.0.1" },
        };
        HttpResponseFeature response = new();
        using MemoryStream answer = new();
        StreamResponseBodyFeature outside = new(answer);
        FeatureCollection features = new();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(outside);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback, LocalIpAddress = IPAddress.Loopback });
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        await (_process ?? throw new InvalidOperationException("the server was not started"))(features).ConfigureAwait(false);
        await outside.CompleteAsync().ConfigureAwait(false);
        return new WireAnswer(response.StatusCode, response.Headers.ContentType.ToString(), answer.ToArray());
    }
}
