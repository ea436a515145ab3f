using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Terminal;

/// <summary>What a phone app is put together with, and the small forms between hardware and messages.</summary>
public sealed class DeploymentTests
{
    private const string Good = """
        {
          "backend": "https://pay.example.com/",
          "serverKeyPins": [
            "1111111111111111111111111111111111111111111111111111111111111111",
            "2222222222222222222222222222222222222222222222222222222222222222"
          ],
          "package": "org.example.merchant",
          "signer": "3333333333333333333333333333333333333333333333333333333333333333",
          "linkHosts": ["pay.example.com"],
          "callers": [ { "package": "org.example.till", "signer": "4444444444444444444444444444444444444444444444444444444444444444" } ],
          "files": { "classes.dex": "5555555555555555555555555555555555555555555555555555555555555555" },
          "splits": ["split_config.arm64_v8a"]
        }
        """;

    [Fact]
    public void A_good_one_is_taken()
    {
        Assert.Empty(Deployment.Read(Encoding.UTF8.GetBytes(Good), out Deployment? deployment));
        Assert.Equal(2, deployment!.ServerKeyPins.Count);
        Assert.Equal("org.example.till", Assert.Single(deployment.Links.Callers).Package);
        Assert.Equal("org.example.merchant", deployment.Release.Package);
        Assert.Equal(32, deployment.Release.SignerDigest.Length);
    }

    [Theory]
    [Requirement("INT-01", Partly = true)]
    [InlineData("https://pay.example.com/", "http://pay.example.com/", "backend")]
    [InlineData("https://pay.example.com/", "https://me:secret@pay.example.com/", "backend")]
    [InlineData("2222222222222222222222222222222222222222222222222222222222222222", "1111111111111111111111111111111111111111111111111111111111111111", "serverKeyPins")]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111", "11", "serverKeyPins")]
    [InlineData("\"signer\": \"33", "\"signer\": \"zz", "signer")]
    [InlineData("org.example.merchant", "merchant", "package")]
    [InlineData("[\"pay.example.com\"]", "[\"Pay.example.com\"]", "linkHosts")]
    [InlineData("4444444444444444444444444444444444444444444444444444444444444444", "", "callers")]
    [InlineData("55555555", "5555", "files")]
    [InlineData("\"splits\"", "\"skipChecks\": true, \"splits\"", "no deployment")]
    public void Whatever_is_wrong_is_named_and_there_is_no_switch(string part, string instead, string fault)
    {
        IReadOnlyList<string> faults = Deployment.Read(Encoding.UTF8.GetBytes(Good.Replace(part, instead, StringComparison.Ordinal)), out Deployment? deployment);
        Assert.Null(deployment);
        Assert.Contains(faults, text => text.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Signatures_of_hardware_come_into_the_form_of_messages()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] hash = SHA256.HashData("message"u8);
        for (int run = 0; run < 300; run++)
        {
            byte[] der = key.SignHash(hash, DSASignatureFormat.Rfc3279DerSequence);
            byte[] both = EcdsaSignatureForm.ToFixed(der)!;
            Assert.True(key.VerifyHash(hash, both, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        }

        Assert.Null(EcdsaSignatureForm.ToFixed(Convert.FromHexString("3006020101020100")));
        Assert.Null(EcdsaSignatureForm.ToFixed(Convert.FromHexString("30060201010201FF")));
        Assert.Null(EcdsaSignatureForm.ToFixed(Convert.FromHexString("300602010102010100")));
        Assert.Null(EcdsaSignatureForm.ToFixed(new byte[] { 0x30, 0x80 }));
        Assert.Null(EcdsaSignatureForm.ToFixed(Array.Empty<byte>()));
    }

    [Fact]
    [Requirement("CRY-06", Partly = true)]
    public void A_build_carries_its_epoch_and_expiry()
    {
        Assert.Equal(new BuildStamp(7, new DateOnly(2027, 5, 31)), BuildStamp.Parse("7", "2027-05-31"));
        Assert.Equal(20_970, BuildStamp.Parse("1", "2027-06-01")!.ExpiryDays);
        Assert.All(
            ((string?, string?)[])[(null, "2027-05-31"), ("0", "2027-05-31"), ("-1", "2027-05-31"), ("7", "31.05.2027"), ("7", null), ("", "")],
            static stamp => Assert.Null(BuildStamp.Parse(stamp.Item1, stamp.Item2)));
        Assert.Null(BuildStamp.Of(Assembly.GetExecutingAssembly()));
    }

    [Fact]
    public void Every_cue_has_one_sound_of_its_own_and_silence_has_none()
    {
        Assert.Empty(GuideTones.Of(GuideCue.None));
        short[][] tones = [.. Enum.GetValues<GuideCue>().Where(static cue => cue != GuideCue.None).Select(GuideTones.Of)];
        Assert.Equal(tones.Length, tones.Select(static tone => string.Join(',', tone)).Distinct().Count());
        Assert.All(tones, static tone => Assert.True(tone.Length > 0 && Math.Abs((int)tone[0]) < 200 && Math.Abs((int)tone[^1]) < 200, "a hard edge clicks"));
        Assert.All(Enum.GetValues<GuideCue>(), static cue => Assert.Equal(GuideTones.Of(cue), GuideTones.Of(cue)));
    }

    [Fact]
    [Requirement("PIN-01", Partly = true)]
    public void A_touch_through_another_window_or_from_no_finger_ends_the_entry()
    {
        PinTouch plain = new(false, false, true, 1);
        Assert.Equal(TouchDecision.Take, PinTouchRules.Decide(plain, isGuided: false));
        foreach (PinTouch touch in (PinTouch[])[plain with { IsObscured = true }, plain with { IsPartlyObscured = true }, plain with { IsFinger = false }])
        {
            Assert.Equal(TouchDecision.End, PinTouchRules.Decide(touch, isGuided: false));
            Assert.Equal(TouchDecision.End, PinTouchRules.Decide(touch with { Pointers = 2 }, isGuided: true));
        }

        Assert.Equal(TouchDecision.Drop, PinTouchRules.Decide(plain with { Pointers = 2 }, isGuided: false));
        Assert.Equal(TouchDecision.Take, PinTouchRules.Decide(plain with { Pointers = 2 }, isGuided: true));
        Assert.Equal(TouchDecision.Drop, PinTouchRules.Decide(plain with { Pointers = 3 }, isGuided: true));
    }
}
