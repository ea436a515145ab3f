using System.Net;
using System.Net.Sockets;

namespace SoftPos.Backend.Integrators;

/// <summary>Keeps webhooks out of our own network: only public addresses are connected to, looked at after the name was resolved.</summary>
internal static class WebhookAddress
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(static text => IPNetwork.Parse(text)),
    ];

    /// <summary>Whether an address is one of the public network.</summary>
    public static bool IsPublic(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Private.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>What is wrong with an endpoint's address; null when nothing is. A name is looked at again at each connection.</summary>
    public static string? FaultOf(string url, bool sandbox)
    {
        if (url.Length > 500 || !Uri.TryCreate(url, UriKind.Absolute, out Uri? uri))
        {
            return "an absolute address of at most 500 characters";
        }

        return !(uri.Scheme == Uri.UriSchemeHttps || (sandbox && uri.Scheme == Uri.UriSchemeHttp)) ? sandbox ? "https or http" : "https"
            : uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 ? "no user and no fragment in it"
            : !sandbox && (uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out IPAddress? address) && !IsPublic(address))) ? "an address of the public network"
            : null;
    }

    /// <summary>A handler that follows no redirect, uses no proxy, and outside a sandbox connects to public addresses only.</summary>
    public static SocketsHttpHandler Handler(bool sandbox) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, sandbox, cancellation),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool sandbox, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        IPAddress[] allowed = [.. addresses.Where(address => sandbox || IsPublic(address))];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("the host has no public address");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
