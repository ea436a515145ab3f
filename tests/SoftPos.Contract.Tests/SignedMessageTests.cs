using System.Security.Cryptography;
using System.Security.Cryptography.Cose;

namespace SoftPos.Contract.Tests;

public class SignedMessageTests
{
    [Fact]
    public void A_signed_message_verifies_under_its_key_and_no_other()
    {
        using Messages.SoftwareKey key = new();
        using Messages.SoftwareKey other = new();
        byte[] message = SignedMessage.Sign(key, MessageType.Evidence, Messages.Terminal.ToByteArray(bigEndian: true), Messages.Evidence().Encode());

        Assert.True(SignedMessage.TryDecode(message, out DecodedMessage decoded));
        Assert.Equal(MessageType.Evidence, decoded.ContentType);
        Assert.Equal(Messages.Terminal, decoded.TerminalId);
        Assert.True(decoded.Verify(key.PublicKey));
        Assert.False(decoded.Verify(other.PublicKey));
    }

    [Fact]
    public void No_single_flipped_bit_verifies()
    {
        using Messages.SoftwareKey key = new();
        byte[] message = SignedMessage.Sign(key, MessageType.PaymentStatus, [], new PaymentStatusRequest { PaymentId = Messages.Terminal, DeviceTime = Messages.Now }.Encode());
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SignedMessage.TryDecode(flipped, out DecodedMessage decoded) && decoded.Verify(key.PublicKey), $"bit {bit}");
        }
    }

    [Fact]
    public void Another_algorithm_is_refused_before_any_verification()
    {
        using RSA rsa = RSA.Create(2048);
        CoseHeaderMap header = new()
        {
            { CoseHeaderLabel.ContentType, CoseHeaderValue.FromString(MessageType.Evidence) },
            { CoseHeaderLabel.KeyIdentifier, CoseHeaderValue.FromBytes([]) },
        };
        byte[] message = CoseSign1Message.SignEmbedded(Messages.Evidence().Encode(), new CoseSigner(rsa, RSASignaturePadding.Pss, HashAlgorithmName.SHA256, header));
        Assert.False(SignedMessage.TryDecode(message, out _));
    }

    [Fact]
    public void Unprotected_headers_are_refused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CoseHeaderMap header = new()
        {
            { CoseHeaderLabel.ContentType, CoseHeaderValue.FromString(MessageType.Evidence) },
            { CoseHeaderLabel.KeyIdentifier, CoseHeaderValue.FromBytes([]) },
        };
        CoseHeaderMap beside = new() { { new CoseHeaderLabel("note"), CoseHeaderValue.FromString("unsigned") } };
        byte[] message = CoseSign1Message.SignEmbedded(Messages.Evidence().Encode(), new CoseSigner(key, HashAlgorithmName.SHA256, header, beside));
        Assert.False(SignedMessage.TryDecode(message, out _));
    }

    [Fact]
    public void What_is_read_and_what_is_verified_agree_with_the_platforms_library()
    {
        using Messages.SoftwareKey key = new();
        using ECDsa platform = ECDsa.Create();
        platform.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        foreach (int length in (int[])[1, 20, 23, 24, 200, 255, 256, 3000, 40_000, 65_000])
        {
            byte[] message = SignedMessage.Sign(key, MessageType.Payment, Messages.Terminal.ToByteArray(bigEndian: true), new byte[length]);
            CoseSign1Message cose = CoseMessage.DecodeSign1(message);
            Assert.True(cose.VerifyEmbedded(platform));
            Assert.True(SignedMessage.TryDecode(message, out DecodedMessage decoded) && decoded.Verify(platform), $"{length} bytes");
            Assert.Equal(cose.Content!.Value.ToArray(), decoded.Payload.ToArray());
        }
    }

    [Fact]
    public void Nothing_mutated_is_read_that_the_platforms_library_refuses()
    {
        using Messages.SoftwareKey key = new();
        using ECDsa platform = ECDsa.Create();
        platform.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        byte[] message = SignedMessage.Sign(key, MessageType.Evidence, Messages.Terminal.ToByteArray(bigEndian: true), Messages.Evidence().Encode());
        Mutation mutation = new(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] mutated = mutation.Damage(message);
            bool verified = SignedMessage.TryDecode(mutated, out DecodedMessage decoded) && decoded.Verify(platform);
            Assert.True(!verified || CoseMessage.DecodeSign1(mutated).VerifyEmbedded(platform));
            Assert.True(!verified || mutated.SequenceEqual(message));
        }
    }

    [Fact]
    public void A_message_without_its_tag_or_with_bytes_after_it_is_refused()
    {
        using Messages.SoftwareKey key = new();
        byte[] message = SignedMessage.Sign(key, MessageType.Evidence, [], Messages.Evidence().Encode());
        Assert.False(SignedMessage.TryDecode(message.AsSpan(1), out _));
        Assert.False(SignedMessage.TryDecode([.. message, 0], out _));
    }

    [Fact]
    public void Too_long_a_message_is_refused() => Assert.False(SignedMessage.TryDecode(new byte[SignedMessage.MaxLength + 1], out _));

    [Fact]
    public void A_key_of_another_kind_does_not_verify()
    {
        using Messages.SoftwareKey key = new();
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] message = SignedMessage.Sign(key, MessageType.Evidence, [], Messages.Evidence().Encode());
        Assert.True(SignedMessage.TryDecode(message, out DecodedMessage decoded));
        Assert.False(decoded.Verify(p384.ExportSubjectPublicKeyInfo()));
        Assert.False(decoded.Verify(Messages.Bytes(91)));
    }
}
