using System.Security.Cryptography;
using System.Text;
using SoftPos.Contract.Integrators;

namespace SoftPos.Contract.Tests.Integrators;

public class StandardWebhookTests
{
    // The published example of the convention.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);

    [Fact]
    public void The_published_example_signs_and_verifies()
    {
        byte[] key = StandardWebhook.ReadSecret(Secret)!;
        Assert.Equal(Signature, StandardWebhook.Sign(key, Id, Time, Body));
        Assert.True(StandardWebhook.Verify(key, Id, "1614265330", Signature, Body, Time));
        Assert.True(StandardWebhook.Verify(key, Id, "1614265330", $"v1a,AAAA v1,AAAA {Signature}", Body, Time.AddMinutes(4)));
    }

    [Theory]
    [InlineData("msg_other", "1614265330", Signature, 0)]
    [InlineData(Id, "1614265331", Signature, 0)]
    [InlineData(Id, "1614265330", "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 0)]
    [InlineData(Id, "1614265330", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 0)]
    [InlineData(Id, "1614265330", "", 0)]
    [InlineData(Id, "1614265330", null, 0)]
    [InlineData(Id, "", Signature, 0)]
    [InlineData(Id, "9223372036854775807", Signature, 0)]
    [InlineData(null, "1614265330", Signature, 0)]
    [InlineData(Id, "1614265330", Signature, 301)]
    [InlineData(Id, "1614265330", Signature, -301)]
    public void Anything_else_does_not_verify(string? id, string timestamp, string? signatures, int secondsLater) =>
        Assert.False(StandardWebhook.Verify(StandardWebhook.ReadSecret(Secret), id, timestamp, signatures, Body, Time.AddSeconds(secondsLater)));

    [Fact]
    public void A_changed_body_does_not_verify()
    {
        for (int i = 0; i < Body.Length; i++)
        {
            byte[] changed = [.. Body];
            changed[i] ^= 1;
            Assert.False(StandardWebhook.Verify(StandardWebhook.ReadSecret(Secret), Id, "1614265330", Signature, changed, Time));
        }
    }

    [Fact]
    public void A_receiver_compares_a_bounded_number_of_signatures() => Assert.False(StandardWebhook.Verify(
        StandardWebhook.ReadSecret(Secret), Id, "1614265330", string.Concat(Enumerable.Repeat("v1,AAAA ", 8)) + Signature, Body, Time));

    [Fact]
    public void A_new_secret_reads_back_and_a_short_or_long_one_does_not()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string secret = StandardWebhook.NewSecret(random);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(32, StandardWebhook.ReadSecret(secret)!.Length);
        Assert.Null(StandardWebhook.ReadSecret("whsec_" + Convert.ToBase64String(new byte[23])));
        Assert.Null(StandardWebhook.ReadSecret("whsec_" + Convert.ToBase64String(new byte[65])));
        Assert.Null(StandardWebhook.ReadSecret("whsec_not base64 at all!"));
        Assert.Null(StandardWebhook.ReadSecret(string.Empty));
    }

    [Fact]
    public void An_identity_with_a_dot_is_not_signed() =>
        Assert.Throws<ArgumentException>(() => StandardWebhook.Sign(StandardWebhook.ReadSecret(Secret), "a.b", Time, Body));
}
