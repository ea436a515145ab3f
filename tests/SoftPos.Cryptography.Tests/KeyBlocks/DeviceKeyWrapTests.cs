using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class DeviceKeyWrapTests
{
    private static readonly byte[] Key = Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1");

    private static readonly byte[] Transcript = "session 1, purpose pin"u8.ToArray();

    [Fact]
    [Requirement("KEY-02")]
    public void The_device_gets_the_key_that_was_wrapped_for_it()
    {
        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        WrappedInitialKey wrapped = Wrap(device);
        Assert.True(Unwrap(wrapped, device, Transcript, out InitialKey? received));
        Assert.Equal(0x0102030405060708ul, received!.Id);
        Assert.Equal(Key, received.Bytes.ToArray());
        Assert.StartsWith("D", wrapped.KeyBlock, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Key), wrapped.KeyBlock, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("KEY-02")]
    [Requirement("KEY-11", Partly = true)]
    public void Another_device_another_transcript_or_another_ephemeral_key_gets_nothing()
    {
        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using ECDiffieHellman other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        WrappedInitialKey wrapped = Wrap(device);
        Assert.False(Unwrap(wrapped, other, Transcript, out _));
        Assert.False(Unwrap(wrapped, device, "session 1, purpose data"u8, out _));
        Assert.False(Unwrap(wrapped with { EphemeralPublicKey = other.ExportSubjectPublicKeyInfo() }, device, Transcript, out _));
    }

    [Fact]
    public void Every_changed_character_of_the_block_is_refused()
    {
        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        WrappedInitialKey wrapped = Wrap(device);
        for (int i = 0; i < wrapped.KeyBlock.Length; i++)
        {
            char[] changed = wrapped.KeyBlock.ToCharArray();
            changed[i] = changed[i] == '1' ? '2' : '1';
            Assert.False(Unwrap(wrapped with { KeyBlock = new string(changed) }, device, Transcript, out _));
        }
    }

    [Fact]
    public void A_key_of_another_curve_or_off_the_curve_is_refused()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using ECDiffieHellman wrongCurve = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        Assert.False(DeviceKeyWrap.TryWrap(wrongCurve.ExportSubjectPublicKeyInfo(), Transcript, 1, Key, random, out _));

        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] publicKey = device.ExportSubjectPublicKeyInfo();
        publicKey[^1] ^= 1;
        Assert.False(DeviceKeyWrap.TryWrap(publicKey, Transcript, 1, Key, random, out _));
        Assert.False(DeviceKeyWrap.TryWrap([], Transcript, 1, Key, random, out _));
        publicKey[^1] ^= 1;
        Assert.False(DeviceKeyWrap.TryWrap([.. publicKey, 0], Transcript, 1, Key, random, out _));
    }

    [Fact]
    public void A_refusing_private_key_gives_no_key()
    {
        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        WrappedInitialKey wrapped = Wrap(device);
        Assert.False(DeviceKeyWrap.TryUnwrap(wrapped, device.ExportSubjectPublicKeyInfo(), Transcript, (_, _) => false, out InitialKey? key));
        Assert.Null(key);
    }

    private static WrappedInitialKey Wrap(ECDiffieHellman device)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        Assert.True(DeviceKeyWrap.TryWrap(
            device.ExportSubjectPublicKeyInfo(), Transcript, 0x0102030405060708, Key, random, out WrappedInitialKey? wrapped));
        return wrapped!;
    }

    private static bool Unwrap(WrappedInitialKey wrapped, ECDiffieHellman device, ReadOnlySpan<byte> transcript, out InitialKey? key) =>
        DeviceKeyWrap.TryUnwrap(
            wrapped,
            device.ExportSubjectPublicKeyInfo(),
            transcript,
            (ephemeral, secret) =>
            {
                using ECDiffieHellman peer = ECDiffieHellman.Create();
                peer.ImportSubjectPublicKeyInfo(ephemeral, out _);
                device.DeriveRawSecretAgreement(peer.PublicKey).CopyTo(secret);
                return true;
            },
            out key);
}
