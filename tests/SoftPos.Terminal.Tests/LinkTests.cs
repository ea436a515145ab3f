using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SoftPos.Terminal;

public class LinkTests
{
    private static readonly byte[] Pin = SHA256.HashData("key"u8), Spare = SHA256.HashData("spare"u8);
    private static readonly byte[] Channel = new SoftwareKey().PublicKey;

    [Theory]
    [Requirement("CHN-01", Partly = true)]
    [Requirement("CHN-02", Partly = true)]
    [Requirement("INT-01", Partly = true)]
    [InlineData("http://127.0.0.1:5080", false, true)]
    [InlineData("http://[::1]:5080", false, true)]
    [InlineData("http://localhost:5080", false, true)]
    [InlineData("http://pay.example", true, false)]
    [InlineData("http://127.0.0.1.example", true, false)]
    [InlineData("https://pay.example", false, false)]
    [InlineData("https://pay.example", true, true)]
    [InlineData("ftp://127.0.0.1", true, false)]
    public void Only_pinned_tls_or_the_loopback_of_a_sandbox_is_a_back_end(string address, bool isPinned, bool isUsable)
    {
        TerminalOptions options = new()
        {
            Backend = new Uri(address), Platform = new TestPlatform(), ServerKeyPins = isPinned ? [Pin, Spare] : [], ChannelKey = Channel,
        };
        Assert.Equal(isUsable, BackendLink.FaultOf(options) is null);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public void A_pin_without_a_spare_and_a_terminal_without_the_channel_key_are_refused_before_anything_is_sent()
    {
        TerminalOptions options = new() { Backend = new Uri("https://pay.example"), Platform = new TestPlatform(), ServerKeyPins = [Pin, Spare], ChannelKey = Channel };
        Assert.Null(BackendLink.FaultOf(options));
        Assert.Contains("spare", BackendLink.FaultOf(options with { ServerKeyPins = [Pin] }), StringComparison.Ordinal);
        Assert.Contains("spare", BackendLink.FaultOf(options with { ServerKeyPins = [Pin, [.. Pin]] }), StringComparison.Ordinal);
        Assert.Contains("32 bytes", BackendLink.FaultOf(options with { ServerKeyPins = [Pin, [1]] }), StringComparison.Ordinal);
        Assert.Contains("channel key", BackendLink.FaultOf(options with { ChannelKey = [] }), StringComparison.Ordinal);
        Assert.Contains("channel key", BackendLink.FaultOf(options with { ChannelKey = [.. Channel, 0] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_cannot_be_made_for_an_address_that_is_not_usable()
    {
        TerminalOptions options = new() { Backend = new Uri("http://pay.example"), Platform = new TestPlatform(), ChannelKey = Channel };
        ArgumentException fault = await Assert.ThrowsAsync<ArgumentException>(() => SoftPosTerminal.CreateAsync(options, TestContext.Current.CancellationToken));
        Assert.Contains("loopback", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public void A_pin_matches_the_key_and_not_the_certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] first = SelfSigned(key, "first"), second = SelfSigned(key, "second");
        byte[] pin = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
        Assert.True(LinkTransport.IsPinned(first, [Pin, pin]));
        Assert.True(LinkTransport.IsPinned(second, [pin]));
        Assert.False(LinkTransport.IsPinned(first, [Pin]));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_means_that_nothing_was_sent()
    {
        using TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        TestPlatform platform = new();
        TerminalOptions options = new() { Backend = new Uri($"http://127.0.0.1:{port}"), Platform = platform, ChannelKey = Channel };
        using BackendLink link = BackendLink.Open(options, platform.Time);
        LinkAnswer<Contract.Challenge> answer = await AttestationClient
            .AskAsync(link, Contract.ChallengePurpose.Enrolment, null, TestContext.Current.CancellationToken);
        Assert.Equal(LinkEnd.NothingSent, answer.End);
    }

    private static byte[] SelfSigned(ECDsa key, string name)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        return certificate.RawData;
    }
}
