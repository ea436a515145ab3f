using System.Security.Cryptography;
using SoftPos.Attestation.Appraisal;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Appraisal;

public sealed class EnrolledKeysTests
{
    private static readonly Guid Terminal = new("0193a5b0-0000-7000-8000-000000000001");

    [Fact]
    public void A_kept_key_verifies_what_it_signed_and_nothing_else()
    {
        EnrolledKeys keys = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256), other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] enrolled = key.ExportSubjectPublicKeyInfo();
        for (int i = 1; i <= 3; i++)
        {
            Assert.NotNull(keys.Verify(Message(key, i), enrolled, Terminal).Claims);
            Assert.Equal(ReasonCodes.SignatureInvalid, keys.Verify(Message(other, i), enrolled, Terminal).Problem!.Reason);
        }

        Assert.Equal(1, keys.Count);
    }

    [Fact]
    [Requirement("ATT-07", Partly = true)]
    public void A_terminal_whose_key_changed_is_not_verified_under_the_old_one()
    {
        EnrolledKeys keys = new();
        using ECDsa before = ECDsa.Create(ECCurve.NamedCurves.nistP256), after = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.NotNull(keys.Verify(Message(before, 1), before.ExportSubjectPublicKeyInfo(), Terminal).Claims);
        Assert.Equal(ReasonCodes.SignatureInvalid, keys.Verify(Message(before, 2), after.ExportSubjectPublicKeyInfo(), Terminal).Problem!.Reason);
        Assert.NotNull(keys.Verify(Message(after, 3), after.ExportSubjectPublicKeyInfo(), Terminal).Claims);
        Assert.Equal(ReasonCodes.SignatureInvalid, keys.Verify(Message(before, 4), after.ExportSubjectPublicKeyInfo(), Terminal).Problem!.Reason);
    }

    [Fact]
    public void Strangers_and_crowds_do_not_fill_the_memory()
    {
        EnrolledKeys keys = new(capacity: 8);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256), stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] enrolled = key.ExportSubjectPublicKeyInfo();
        for (int i = 0; i < 20; i++)
        {
            Guid terminal = new(i, 0, 0, new byte[8]);
            Assert.Null(keys.Verify(Message(stranger, 1, terminal), enrolled, terminal).Claims);
        }

        Assert.Equal(0, keys.Count);
        for (int i = 0; i < 100; i++)
        {
            Guid terminal = new(i, 0, 0, new byte[8]);
            Assert.NotNull(keys.Verify(Message(key, 1, terminal), enrolled, terminal).Claims);
            Assert.InRange(keys.Count, 1, 8);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    public void A_key_that_cannot_be_read_is_a_refusal(int length)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] enrolled = key.ExportSubjectPublicKeyInfo()[..length];
        Assert.Equal(ReasonCodes.TerminalUnknown, new EnrolledKeys().Verify(Message(key, 1), enrolled, Terminal).Problem!.Reason);
    }

    private static byte[] Message(ECDsa key, long sequence, Guid? terminal = null) =>
        Heartbeats.Sign(key, Heartbeats.Claims(terminal ?? Terminal, sequence, new byte[32], new byte[16]));
}
