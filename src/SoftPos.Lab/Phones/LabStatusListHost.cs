using System.Net;
using System.Security.Cryptography;

namespace SoftPos.Lab.Phones;

/// <summary>
/// The lab's stand-in for the server of revoked attestation certificates, on loopback. It serves a file that a person may edit, with a tag and
/// a short age as the real one does, so that revoking a virtual phone is one line of JSON.
/// </summary>
public sealed class LabStatusListHost : IAsyncDisposable
{
    private const int MaxFile = 8 * 1024 * 1024;

    private readonly HttpListener _listener = new();
    private readonly string _path;
    private readonly Task _serving;

    /// <summary>Serves a file; an empty list is written where there is none.</summary>
    /// <param name="path">JSON in the form of the published list.</param>
    public LabStatusListHost(string path)
    {
        _path = path;
        if (!File.Exists(path))
        {
            File.WriteAllText(path, "{ \"entries\": {} }\n");
        }

        Address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}/attestation/status");
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where the list is.</summary>
    public Uri Address { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(false);
        ((IDisposable)_listener).Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or HttpListenerException or ObjectDisposedException)
            {
                context.Response.Abort();
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        FileInfo file = new(_path);
        if (!file.Exists || file.Length > MaxFile)
        {
            response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return;
        }

        byte[] list = await File.ReadAllBytesAsync(_path).ConfigureAwait(false);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(list))}\"";
        response.Headers[HttpResponseHeader.ETag] = tag;
        response.Headers[HttpResponseHeader.CacheControl] = "max-age=1";
        if (context.Request.Headers["If-None-Match"] == tag)
        {
            response.StatusCode = (int)HttpStatusCode.NotModified;
            return;
        }

        response.ContentType = "application/json";
        await response.OutputStream.WriteAsync(list).ConfigureAwait(false);
    }
}
