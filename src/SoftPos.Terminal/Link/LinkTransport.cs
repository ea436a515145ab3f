using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What lies below the envelope: HTTP over TLS 1.3 to pinned keys, or in clear to the loopback of a sandbox.</summary>
internal static class LinkTransport
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A connection is made anew that often, so that pins which run out end what was opened under them.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(10);

    /// <summary>Why options cannot be used, or null.</summary>
    public static string? FaultOf(TerminalOptions options)
    {
        if (!options.Backend.IsAbsoluteUri)
        {
            return "the back end's address is not absolute";
        }

        if (!EnvelopeKey.IsKey(options.ChannelKey))
        {
            return "the channel key is not the SubjectPublicKeyInfo of a P-256 key; the operator has it from softpos channel show";
        }

        if (options.Backend.Scheme == Uri.UriSchemeHttp)
        {
            return options.Backend.IsLoopback ? null : "http is for the loopback of a sandbox only";
        }

        return options.Backend.Scheme != Uri.UriSchemeHttps ? "the back end's address is neither https nor http"
            : options.ServerKeyPins.Any(pin => pin is not { Length: SHA256.HashSizeInBytes }) ? "a pin is not 32 bytes long"
            : options.ServerKeyPins.Select(Convert.ToHexString).Distinct().Count() < ChannelDocument.MinPins
                ? "https needs pinned server keys: the one in use and a spare"
            : null;
    }

    public static HttpClient Open(TerminalOptions options, ChannelTrust trust) => new(options.Platform.Wire ?? Sockets(options, trust))
    {
        BaseAddress = options.Backend,
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = Envelope.MaxAnswer,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    private static SocketsHttpHandler Sockets(TerminalOptions options, ChannelTrust trust) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLife,
        MaxResponseHeadersLength = 16,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = ChainPolicyOf(options.ServerAuthorities),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                errors == SslPolicyErrors.None && certificate is not null && IsPinned(certificate.GetRawCertData(), trust.Pins),
        },
    };

    internal static bool IsPinned(byte[] certificate, IReadOnlyList<byte[]> pins)
    {
        using X509Certificate2 parsed = X509CertificateLoader.LoadCertificate(certificate);
        byte[] hash = SHA256.HashData(parsed.PublicKey.ExportSubjectPublicKeyInfo());
        return pins.Any(pin => CryptographicOperations.FixedTimeEquals(pin, hash));
    }

    private static X509ChainPolicy? ChainPolicyOf(IReadOnlyList<byte[]> authorities)
    {
        if (authorities.Count == 0)
        {
            return null;
        }

        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (byte[] authority in authorities)
        {
            policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(authority));
        }

        return policy;
    }
}
