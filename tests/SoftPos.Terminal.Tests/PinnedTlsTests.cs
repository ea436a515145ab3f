using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Pins over real TLS on the loopback: a server with certificates of an authority that the terminal trusts.</summary>
public sealed class PinnedTlsTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TestPlatform _platform = new();
    private readonly SoftwareKey _channel = new();
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private readonly ECDiffieHellman _envelope = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _used = NewKey(), _spare = NewKey(), _stranger = NewKey();

    public PinnedTlsTests()
    {
        CertificateRequest request = new("CN=Test authority", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-2), TimeProvider.System.GetUtcNow().AddYears(1));
    }

    private DateTimeOffset Now => _platform.Time.GetUtcNow();

    public void Dispose()
    {
        _authority.Dispose();
        _authorityKey.Dispose();
        _envelope.Dispose();
        _used.Dispose();
        _spare.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    [Requirement("CHN-03")]
    public async Task The_pinned_key_and_its_spare_are_taken_and_a_key_of_the_same_authority_that_is_not_pinned_is_refused()
    {
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(_used, []));
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(_spare, []));
        Assert.Equal(LinkEnd.NothingSent, await AskAsync(_stranger, []));
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public async Task A_pinned_key_without_a_certificate_of_a_trusted_authority_is_refused()
    {
        using ECDsa other = NewKey();
        CertificateRequest self = Request(_used);
        using X509Certificate2 certificate = self.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        Assert.Equal(LinkEnd.NothingSent, await AskAsync(certificate, SslProtocols.None, []));
    }

    [Fact]
    [Requirement("CHN-03")]
    public async Task Pins_of_the_signed_document_overlap_take_over_and_run_out()
    {
        DatedKey[] pins =
        [
            new(PinOf(_used), Now.AddDays(-30), Now.AddDays(10)),
            new(PinOf(_spare), Now.AddDays(-5), Now.AddDays(60)),
        ];
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(_used, pins));
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(_spare, pins));
        _platform.Time.Advance(TimeSpan.FromDays(11));
        Assert.Equal(LinkEnd.NothingSent, await AskAsync(_used, pins));
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(_spare, pins));

        // A pin that is not yet in force counts no more than one that is over.
        pins[0] = pins[0] with { From = Now.AddDays(5), Until = Now.AddDays(60) };
        Assert.Equal(LinkEnd.NothingSent, await AskAsync(_used, pins));
    }

    [Fact]
    [Requirement("CHN-02")]
    public async Task Nothing_below_version_1_3_of_TLS_is_spoken()
    {
        using X509Certificate2 certificate = Certify(_used);
        Assert.Equal(LinkEnd.Uncertain, await AskAsync(certificate, SslProtocols.Tls13, []));
        Assert.Equal(LinkEnd.NothingSent, await AskAsync(certificate, SslProtocols.Tls12, []));
    }

    private async Task<LinkEnd> AskAsync(ECDsa serverKey, IReadOnlyList<DatedKey> pins)
    {
        using X509Certificate2 certificate = Certify(serverKey);
        return await AskAsync(certificate, SslProtocols.None, pins);
    }

    /// <summary>
    /// How a question ends: the server reads nothing and answers gibberish, so "uncertain" means that TLS was set up and it was sent.
    /// </summary>
    private async Task<LinkEnd> AskAsync(X509Certificate2 certificate, SslProtocols protocols, IReadOnlyList<DatedKey> pins)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.SslProtocols = protocols;
        })));
        await using WebApplication server = builder.Build();
        server.MapPost("/terminal/v1/challenge", static () => Results.Text("sent"));
        await server.StartAsync(None);
        TerminalOptions options = new()
        {
            Backend = new Uri(server.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)), Platform = _platform,
            ChannelKey = _channel.PublicKey,
            ServerKeyPins = [PinOf(_used), PinOf(_spare)], ServerAuthorities = [_authority.RawData],
        };
        Assert.Null(BackendLink.FaultOf(options));
        _platform.Blobs.Blobs.Clear();
        using BackendLink link = BackendLink.Open(options, TimeProvider.System);
        ChannelDocument document = new()
        {
            Version = 1, IssuedAt = Now, ExpiresAt = Now.AddDays(90), IsSandbox = false, Pins = pins,
            EnvelopeKeys = [new DatedKey(_envelope.ExportSubjectPublicKeyInfo(), Now, Now.AddDays(90))],
        };
        Assert.Equal(ChannelFault.None, link.Trust.Take(document.Sign(_channel)));
        return (await AttestationClient.AskAsync(link, ChallengePurpose.Enrolment, null, None)).End;
    }

    private X509Certificate2 Certify(ECDsa key)
    {
        CertificateRequest request = Request(key);
        using X509Certificate2 made = request.Create(
            _authority, TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30), SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..8]);
        return made.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(ECDsa key)
    {
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static byte[] PinOf(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);
}
