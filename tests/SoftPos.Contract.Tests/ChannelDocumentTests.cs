using System.Security.Cryptography;

namespace SoftPos.Contract.Tests;

public sealed class ChannelDocumentTests : IDisposable
{
    private static readonly DateTimeOffset Now = Messages.Now;

    private readonly Messages.SoftwareKey _key = new();
    private readonly ECDiffieHellman _old = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256), _new = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public void A_document_reads_as_it_was_signed_and_under_no_other_key()
    {
        ChannelDocument document = Document();
        byte[] message = document.Sign(_key);
        Assert.True(ChannelDocument.TryVerify(message, _key.PublicKey, out ChannelDocument read));
        Assert.Equal((document.Version, document.IssuedAt, document.ExpiresAt, true), (read.Version, read.IssuedAt, read.ExpiresAt, read.IsSandbox));
        Assert.Equal(document.Pins.Select(static pin => Convert.ToHexString(pin.Key)), read.Pins.Select(static pin => Convert.ToHexString(pin.Key)));
        Assert.Equal(document.EnvelopeKeys.Select(static key => (key.From, key.Until)), read.EnvelopeKeys.Select(static key => (key.From, key.Until)));
        using Messages.SoftwareKey other = new();
        Assert.False(ChannelDocument.TryVerify(message, other.PublicKey, out _));
        for (int bit = 0; bit < message.Length * 8; bit += 7)
        {
            byte[] turned = [.. message];
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ChannelDocument.TryVerify(turned, _key.PublicKey, out _), $"bit {bit}");
        }
    }

    [Fact]
    [Requirement("CHN-03", Partly = true)]
    public void Keys_overlap_and_run_out_and_nothing_counts_after_the_document()
    {
        ChannelDocument document = Document();
        Assert.Equal(_old.ExportSubjectPublicKeyInfo(), document.EnvelopeKeyAt(Now.AddDays(-20)));
        Assert.Equal(_new.ExportSubjectPublicKeyInfo(), document.EnvelopeKeyAt(Now.AddDays(1)));
        Assert.Equal(2, document.PinsAt(Now.AddDays(1)).Count);
        Assert.Single(document.PinsAt(Now.AddDays(11)));
        Assert.Null(document.EnvelopeKeyAt(document.ExpiresAt));
        Assert.Empty(document.PinsAt(document.ExpiresAt));
        Assert.Null((document with { EnvelopeKeys = [document.EnvelopeKeys[0]] }).EnvelopeKeyAt(Now.AddDays(11)));
    }

    [Fact]
    public void What_a_terminal_would_refuse_is_never_signed()
    {
        ChannelDocument good = Document();
        DatedKey pin = good.Pins[0], key = good.EnvelopeKeys[0];
        (ChannelDocument Bad, string Named)[] bad =
        [
            (good with { Version = 0 }, "version"),
            (good with { ExpiresAt = good.IssuedAt }, "expiresAt"),
            (good with { ExpiresAt = good.IssuedAt + ChannelDocument.LongestLife + TimeSpan.FromDays(1) }, "expiresAt"),
            (good with { Pins = [pin] }, "spare"),
            (good with { Pins = [pin, pin] }, "spare"),
            (good with { Pins = [pin, pin with { Key = [1] }] }, "32 bytes"),
            (good with { EnvelopeKeys = [] }, "envelopeKeys"),
            (good with { EnvelopeKeys = [.. Enumerable.Repeat(key, 9)] }, "envelopeKeys"),
            (good with { EnvelopeKeys = [key with { Key = new byte[91] }] }, "P-256"),
            (good with { EnvelopeKeys = [key with { Until = key.From }] }, "until"),
        ];
        Assert.All(bad, one => Assert.Contains(one.Named, Assert.Throws<InvalidOperationException>(() => one.Bad.Sign(_key)).Message, StringComparison.Ordinal));
    }

    private ChannelDocument Document() => new()
    {
        Version = 4,
        IssuedAt = Now,
        ExpiresAt = Now.AddDays(90),
        IsSandbox = true,
        Pins = [new DatedKey(Messages.Bytes(32), Now.AddDays(-30), Now.AddDays(10)), new DatedKey(Messages.Bytes(32, 9), Now, Now.AddDays(90))],
        EnvelopeKeys =
        [
            new DatedKey(_old.ExportSubjectPublicKeyInfo(), Now.AddDays(-30), Now.AddDays(10)),
            new DatedKey(_new.ExportSubjectPublicKeyInfo(), Now, Now.AddDays(90)),
        ],
    };
}
