using System.Text.Json;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Emvco;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>Kernel 8 cases computed with Denom and checked by an independent routine, through the kernel's own channel and chain.</summary>
public sealed class Kernel8PublishedTests
{
    private static readonly DateTime Now = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Unspecified);

    [Fact]
    public void The_channel_opens_as_published()
    {
        foreach (JsonElement test in Cases())
        {
            using Kernel8Channel channel = Open(test);

            Assert.Equal(Hex(test, "kernel_public_Qk_xy"), channel.PublicKey);
            Assert.Equal(Hex(test, "blinded_Pc_x"), channel.BlindedKey);
            Assert.Equal(Hex(test, "blinding_r"), channel.BlindingFactor.ToArray());
            byte[] record = Hex(test, "record_encrypted_CMC8001");
            Assert.True(channel.TryDecipher([.. record], record));
            Assert.Equal(Hex(test, "record_plain"), record);
            byte[] iadMac = channel.IadMac(
                [.. Hex(test, "pdol_values"), .. Hex(test, "cdol1_related_data"), .. Hex(test, "gen_ac_response_input"), .. Hex(test, "sda_hash")]);
            Assert.Equal(Hex(test, "iad_mac"), iadMac);
            Assert.True(channel.IsEdaMac(Hex(test, "ac"), iadMac, Hex(test, "eda_mac")));
            Assert.False(channel.IsEdaMac(Hex(test, "ac"), Hex(test, "iad_mac_with_rrp"), Hex(test, "eda_mac")));
        }
    }

    [Fact]
    public void A_message_is_receipted_under_the_third_counter_of_the_card()
    {
        foreach (JsonElement test in Cases())
        {
            using Kernel8Channel channel = Open(test);
            channel.TryDecipher(new byte[1], new byte[1]);

            Assert.True(channel.IsReceipt(Hex(test, "record_plain"), Hex(test, "msg_mac_CMC8002")));
            Assert.False(channel.IsReceipt(Hex(test, "record_plain"), Hex(test, "msg_mac_CMC8002")));
        }
    }

    [Fact]
    public void The_certificates_verify_at_a_day_before_their_end_and_not_after()
    {
        foreach (JsonElement test in Cases())
        {
            Assert.Null(Verify(test, Now).Failure);
            Assert.Equal(OdaFault.Expired, Verify(test, Now.AddYears(5)).Failure!.Value.Fault);

            // The number of these cases does not begin with the identifier of their issuer certificate.
            Assert.Equal(new OdaFailure(OdaStep.IssuerCertificate, OdaFault.Identifier), Verify(test, Now, pan: "4012888888881881").Failure);
            Assert.Null(Verify(test, Now, pan: "4761730000000000").Failure);
        }
    }

    [Fact]
    public void Every_bit_of_the_certificates_counts()
    {
        JsonElement test = Cases()[1];
        foreach (string certificate in (string[])["issuer_certificate", "icc_certificate"])
        {
            for (int bit = 0; bit < Hex(test, certificate).Length * 8; bit += 7)
            {
                Assert.NotNull(Verify(test, Now, turn: certificate, bit: bit).Failure);
            }
        }
    }

    [Fact]
    public void Lengths_are_those_of_the_suites()
    {
        byte[] issuer = Hex(Cases()[0], "issuer_certificate");
        byte[] card = Hex(Cases()[0], "icc_certificate");

        Assert.True(IssuerEccCertificate.TryParse(issuer, 0x10, out IssuerEccCertificate? parsed, out _));
        Assert.Equal(("476173", (byte)0x10, new DateOnly(2030, 12, 31)), (parsed.Identifier[..6], parsed.KeySuite, parsed.Expires));
        for (int length = 0; length < issuer.Length; length++)
        {
            Assert.False(IssuerEccCertificate.TryParse(issuer.AsSpan(0, length), 0x10, out _, out OdaFault fault));
            Assert.Equal(OdaFault.Length, fault);
            Assert.False(CardEccCertificate.TryParse(card.AsSpan(0, length), 0x10, out _, out _));
        }

        Assert.False(IssuerEccCertificate.TryParse(issuer, 0x11, out _, out _));
        Assert.False(IssuerEccCertificate.TryParse([.. issuer, 0], 0x10, out _, out _));
        Assert.False(CardEccCertificate.TryParse(card, 0xFF, out _, out _));
    }

    private static Kernel8Channel Open(JsonElement test)
    {
        Kernel8Channel channel = Kernel8Channel.Create(0x00, _ => Hex(test, "kernel_private_Dk"))!;
        Assert.True(channel.TryOpen([.. Hex(test, "blinded_Pc_x"), .. Hex(test, "encrypted_r_CMC8000")]));
        return channel;
    }

    private static OdaResult Verify(JsonElement test, DateTime now, string? pan = null, string? turn = null, int bit = 0)
    {
        byte[] Taken(string name)
        {
            byte[] bytes = Hex(test, name);
            if (name == turn)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            return bytes;
        }

        byte[] issuer = Taken("issuer_certificate");
        byte[] rid = ScriptedKernel8.Hex("A000000003");
        byte index = Hex(test, "issuer_certificate")[20];
        CaKeySet keys = new([], []) { EccKeys = [new CaEccPublicKey(rid, index, Hex(test, "ca_public_xy"), CaKeyEnvironment.Test)] };
        using Kernel8Channel channel = Open(test);
        return LocalAuthentication.Verify(new LocalAuthenticationInput(
            new TlvMap { [0x8F] = [index], [0x90] = issuer, [0x9F46] = Taken("icc_certificate") },
            rid,
            pan,
            now,
            Hex(test, "sda_hash"),
            keys,
            0x00,
            channel.BlindedKey,
            channel.BlindingFactor));
    }

    private static JsonElement[] Cases()
    {
        byte[] file = File.ReadAllBytes(Vectors.PathOf("emv", "denom-k8", "bdh_ecc_vectors.json"));
        JsonElement[] cases = [.. JsonDocument.Parse(file).RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(6, cases.Length);
        return cases;
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
}
