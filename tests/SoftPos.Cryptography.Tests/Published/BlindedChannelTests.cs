using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>Kernel 8 cases computed with Denom and checked by an independent routine.</summary>
public class BlindedChannelTests
{
    [Fact]
    public void Both_sides_agree_and_every_message_is_the_known_one()
    {
        foreach (JsonElement test in Cases())
        {
            byte[] secret = new byte[32];
            Assert.True(EmvCurve.TryMultiply(Hex(test, "blinding_r"), Hex(test, "card_public_Qc_x"), secret));
            Assert.Equal(Hex(test, "blinded_Pc_x"), secret);
            Assert.True(EmvCurve.TryMultiply(Hex(test, "kernel_private_Dk"), Hex(test, "blinded_Pc_x"), secret));
            Assert.Equal(Hex(test, "z"), secret);

            Assert.True(BlindedChannel.TryAgree(Hex(test, "kernel_private_Dk"), Hex(test, "blinded_Pc_x"), out BlindedChannel? channel));
            using (channel)
            {
                byte[] factor = Hex(test, "encrypted_r_CMC8000");
                channel!.Apply(BlindedChannel.FirstCardCounter, factor, factor);
                Assert.Equal(Hex(test, "blinding_r"), factor);
                byte[] record = Hex(test, "record_plain");
                byte[] mac = new byte[8];
                channel.ComputeMac(0x8002, record, mac);
                Assert.Equal(Hex(test, "msg_mac_CMC8002"), mac);
                channel.Apply(0x8001, record, record);
                Assert.Equal(Hex(test, "record_encrypted_CMC8001"), record);
            }
        }
    }

    [Fact]
    public void The_blinding_factor_proves_the_cards_key_and_no_other_does()
    {
        foreach (JsonElement test in Cases())
        {
            byte[] factor = Hex(test, "blinding_r");
            byte[] blinded = Hex(test, "blinded_Pc_x");
            Assert.True(BlindedChannel.IsBlindedBy(factor, Hex(test, "card_public_Qc_x"), blinded));
            Assert.False(BlindedChannel.IsBlindedBy(new byte[32], Hex(test, "card_public_Qc_x"), blinded));
            factor[^1] ^= 1;
            Assert.False(BlindedChannel.IsBlindedBy(factor, Hex(test, "card_public_Qc_x"), blinded));
            factor[^1] ^= 1;
            blinded[0] ^= 1;
            Assert.False(BlindedChannel.IsBlindedBy(factor, Hex(test, "card_public_Qc_x"), blinded));
        }
    }

    [Fact]
    public void The_point_of_a_key_has_the_smaller_y()
    {
        foreach (JsonElement test in Cases())
        {
            byte[] y = new byte[32];
            Assert.True(EmvCurve.TryFindPoint(Hex(test, "card_public_Qc_x"), y));
            Assert.Equal(Hex(test, "card_public_Qc_xy")[32..], y);
        }

        Assert.False(EmvCurve.TryFindPoint(Enumerable.Repeat((byte)0xFF, 32).ToArray(), new byte[32]));
        Assert.False(EmvCurve.TryFindPoint(new byte[31], new byte[32]));
    }

    [Fact]
    public void Certificates_verify_and_every_flipped_byte_is_found()
    {
        foreach (JsonElement test in Cases())
        {
            byte[] certificate = Hex(test, "issuer_certificate");
            byte[] authority = Hex(test, "ca_public_xy")[..32];
            Assert.True(EcSdsa.Verify(authority, certificate.AsSpan(0, certificate.Length - 64), certificate.AsSpan(certificate.Length - 64)));
            byte[] card = Hex(test, "icc_certificate");
            byte[] issuer = certificate[21..53];
            Assert.True(EcSdsa.Verify(issuer, card.AsSpan(0, card.Length - 64), card.AsSpan(card.Length - 64)));
            for (int i = 0; i < card.Length; i += 3)
            {
                card[i] ^= 0x10;
                Assert.False(EcSdsa.Verify(issuer, card.AsSpan(0, card.Length - 64), card.AsSpan(card.Length - 64)));
                card[i] ^= 0x10;
            }

            Assert.False(EcSdsa.Verify(issuer, card.AsSpan(0, card.Length - 64), new byte[64]));
        }
    }

    private static JsonElement[] Cases()
    {
        JsonElement[] cases = [.. new PublishedValues("emv", "denom-k8", "bdh_ecc_vectors.json").Root.GetProperty("cases").EnumerateArray()];
        Assert.Equal(6, cases.Length);
        return cases;
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
}
