using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>MACs, counters and limits of the kernel 8 channel, by the same cases as <see cref="BlindedChannelTests"/> and by hand.</summary>
public class BlindedChannelMacTests
{
    [Fact]
    public void IAD_MAC_with_and_without_relay_resistance_and_EDA_MAC_are_the_known_ones()
    {
        foreach (JsonElement test in Cases())
        {
            using BlindedChannel channel = BlindedChannel.FromSecret(Hex(test, "z"));
            byte[] mac = new byte[8];
            byte[] head = [.. Hex(test, "pdol_values"), .. Hex(test, "cdol1_related_data")];
            byte[] tail = [.. Hex(test, "gen_ac_response_input"), .. Hex(test, "sda_hash")];

            channel.ComputeIadMac([.. head, .. Hex(test, "rr_entropy"), .. Hex(test, "last_errd_response"), .. tail], mac);
            Assert.Equal(Hex(test, "iad_mac_with_rrp"), mac);

            channel.ComputeIadMac([.. head, .. tail], mac);
            Assert.Equal(Hex(test, "iad_mac"), mac);

            byte[] iadMac = [.. mac];
            channel.ComputeEdaMac(Hex(test, "ac"), iadMac, mac);
            Assert.Equal(Hex(test, "eda_mac"), mac);
            iadMac[0] ^= 1;
            channel.ComputeEdaMac(Hex(test, "ac"), iadMac, mac);
            Assert.NotEqual(Hex(test, "eda_mac"), mac);
        }
    }

    [Fact]
    public void A_message_MAC_holds_for_its_counter_text_and_key_only()
    {
        JsonElement test = Cases()[0];
        using BlindedChannel channel = BlindedChannel.FromSecret(Hex(test, "z"));
        byte[] text = Hex(test, "record_plain");
        byte[] mac = Hex(test, "msg_mac_CMC8002");

        Assert.True(channel.VerifyMac(0x8002, text, mac));
        Assert.False(channel.VerifyMac(0x8003, text, mac));
        Assert.False(channel.VerifyMac(0x8002, text, mac.AsSpan(0, 7)));
        Assert.False(channel.VerifyMac(0x8002, text.AsSpan(1), mac));
        using BlindedChannel other = BlindedChannel.FromSecret(Hex(test, "blinded_Pc_x"));
        Assert.False(other.VerifyMac(0x8002, text, mac));
        for (int bit = 0; bit < 64; bit++)
        {
            mac[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(channel.VerifyMac(0x8002, text, mac));
            mac[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void The_factor_is_under_the_first_counter_and_no_other()
    {
        JsonElement test = Cases()[0];
        using BlindedChannel channel = BlindedChannel.FromSecret(Hex(test, "z"));
        byte[] factor = Hex(test, "encrypted_r_CMC8000");

        channel.Apply(0x8001, factor, factor);

        Assert.NotEqual(Hex(test, "blinding_r"), factor);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    [InlineData(200)]
    public void A_key_of_another_length_opens_no_channel(int length)
    {
        byte[] scalar = Hex(Cases()[0], "kernel_private_Dk");

        Assert.False(BlindedChannel.TryAgree(scalar, new byte[length], out BlindedChannel? channel));
        Assert.Null(channel);
        Assert.False(BlindedChannel.IsBlindedBy(scalar, new byte[length], new byte[length]));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(66)]
    public void Both_sides_agree_on_either_curve(int field)
    {
        byte[] kernel = Scalar(field, 0x21);
        byte[] card = Scalar(field, 0x43);
        byte[] factor = Scalar(field, 0x65);
        (byte[] kernelPoint, byte[] cardPoint, byte[] blinded, byte[] secret) = (new byte[2 * field], new byte[2 * field], new byte[field], new byte[field]);
        Assert.True(EmvCurve.TryGetPublicKey(kernel, kernelPoint));
        Assert.True(EmvCurve.TryGetPublicKey(card, cardPoint));
        Assert.True(EmvCurve.IsPoint(kernelPoint));
        Assert.True(EmvCurve.TryMultiply(factor, cardPoint.AsSpan(0, field), blinded));
        Assert.True(EmvCurve.TryMultiply(factor, kernelPoint.AsSpan(0, field), secret));
        Assert.True(EmvCurve.TryMultiply(card, [.. secret], secret));

        Assert.True(BlindedChannel.TryAgree(kernel, blinded, out BlindedChannel? ofKernel));
        using (ofKernel)
        {
            using BlindedChannel ofCard = BlindedChannel.FromSecret(secret);
            (byte[] one, byte[] other) = (new byte[8], new byte[8]);
            ofKernel!.ComputeMac(1, "text"u8, one);
            ofCard.ComputeMac(1, "text"u8, other);
            Assert.Equal(one, other);
        }

        Assert.True(BlindedChannel.IsBlindedBy(factor, cardPoint.AsSpan(0, field), blinded));
        Assert.False(BlindedChannel.IsBlindedBy(factor, kernelPoint.AsSpan(0, field), blinded));
    }

    [Fact]
    public void A_scalar_is_from_one_to_the_order_less_one()
    {
        byte[] order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        byte[] last = [.. order[..31], 0x50];
        byte[] one = [.. new byte[31], 1];

        Assert.True(EmvCurve.IsScalar(one));
        Assert.True(EmvCurve.IsScalar(last));
        Assert.False(EmvCurve.IsScalar(order));
        Assert.False(EmvCurve.IsScalar(new byte[32]));
        Assert.False(EmvCurve.IsScalar(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.False(EmvCurve.IsScalar(Enumerable.Repeat((byte)0xFF, 66).ToArray()));
        Assert.False(EmvCurve.IsScalar(new byte[33]));
        byte[] longOrder = Convert.FromHexString(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409");
        Assert.Equal(66, longOrder.Length);
        Assert.False(EmvCurve.IsScalar(longOrder));
        Assert.True(EmvCurve.IsScalar([.. longOrder[..65], 0x08]));
        Assert.True(EmvCurve.TryGetPublicKey([.. longOrder[..65], 0x08], new byte[132]));
        Assert.False(EmvCurve.IsScalar([.. longOrder[..65], 0x0A]));
        Assert.False(EmvCurve.TryGetPublicKey(order, new byte[64]));
        Assert.False(EmvCurve.TryMultiply(order, one, new byte[32]));
    }

    [Fact]
    public void A_point_lies_on_its_curve_with_either_ordinate()
    {
        byte[] point = Hex(Cases()[0], "card_public_Qc_xy");
        byte[] prime = Convert.FromHexString("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
        System.Numerics.BigInteger y = new(point.AsSpan(32), isUnsigned: true, isBigEndian: true);
        byte[] negative = (new System.Numerics.BigInteger(prime, isUnsigned: true, isBigEndian: true) - y).ToByteArray(isUnsigned: true, isBigEndian: true);

        Assert.True(EmvCurve.IsPoint(point));
        Assert.True(EmvCurve.IsPoint([.. point[..32], .. negative]));
        Assert.False(EmvCurve.IsPoint(point.AsSpan(0, 63)));
        Assert.False(EmvCurve.IsPoint(new byte[64]));
        point[63] ^= 1;
        Assert.False(EmvCurve.IsPoint(point));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(66)]
    public void What_is_signed_verifies_by_abscissa_and_by_the_smaller_point_alone(int field)
    {
        for (byte seed = 1; seed < 9; seed++)
        {
            byte[] key = Scalar(field, seed);
            byte[] point = new byte[2 * field];
            Assert.True(EmvCurve.TryGetPublicKey(key, point));
            byte[] signature = EcSdsa.Sign(key, Scalar(field, 0x77), "text"u8)!;

            Assert.True(EcSdsa.Verify(point.AsSpan(0, field), "text"u8, signature));
            Assert.False(EcSdsa.Verify(point.AsSpan(0, field), "next"u8, signature));
            EmvCurve.TryFindPoint(point.AsSpan(0, field), point.AsSpan(field));
            Assert.True(EcSdsa.Verify(point, "text"u8, signature));
            point[^1] ^= 1;
            Assert.False(EcSdsa.Verify(point, "text"u8, signature));
        }

        Assert.Null(EcSdsa.Sign(new byte[field], Scalar(field, 1), "text"u8));
        Assert.Null(EcSdsa.Sign(Scalar(field, 1), new byte[field], "text"u8));
    }

    private static byte[] Scalar(int field, byte seed)
    {
        byte[] scalar = Enumerable.Range(0, field).Select(at => (byte)((at * 29 + seed) & 0xFF)).ToArray();
        scalar[0] = (byte)(field == 66 ? seed & 1 : scalar[0] & 0x7F);
        return scalar;
    }

    private static JsonElement[] Cases()
    {
        JsonElement[] cases = [.. new PublishedValues("emv", "denom-k8", "bdh_ecc_vectors.json").Root.GetProperty("cases").EnumerateArray()];
        Assert.Equal(6, cases.Length);
        return cases;
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
}
