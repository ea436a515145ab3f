using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Contract.Tests;

/// <summary>
/// The envelope's bytes. The known answers were computed without this code: curve, cipher, hash and CBOR written out from their
/// standards.
/// </summary>
public sealed class EnvelopeTests : IDisposable
{
    private const string Path = "/terminal/v1/payments";
    private const string RecipientHex =
        "3059301306072a8648ce3d020106082a8648ce3d03010703420004515c3d6eb9e396b904d3feca7f54fdcd0cc1e997bf375dca515ad0a6c3b4035f45" +
        "36be3a50f318fbf9a5475902a221502bef0d57e08c53b2cc0a56f17d9f9354";

    private const string RequestHex =
        "d8608443a10103a1054c000102030405060708090a0b588b69d824d67cf0d4f498e14b206691e6d7c25184246f6fac9e5464f052adf65135a1885e24" +
        "3f24721f2ceab5274217ef3649cf2c7a4f2847b794df2a270eaebf9e0de6c9f5cfb8ccc17636a40c84e116de58f7b2c1da09657ae918c929196c7a29" +
        "9ee32a1a521c9b6c71e77bd0668fd99e423c79cf7b0ba6559b316d673c1b34127a60955d87be0f3db7cd7f8183585aa30138180448f1d59449b72716" +
        "5d20a401022001215820261efbd3550cf068ef013ed7366ba32f5d6fe557b4b2abce8ade58cba168a55e2258201788a0b29a56a6abec4084c0c96bd3" +
        "dcbca6b507f35dbea9e985708479d8bdc9a040";

    private const string AnswerHex =
        "d08343a10103a1054c202122232425262728292a2b583e5825ad108296ee3d76a9ec874dd98391260e92f33e76b48b24beac549f560f1b7739ffae48" +
        "070c71a9e2702aea06515e943bc465c6311b3c26f65f690817";

    private static readonly byte[] Secret = Messages.Bytes(32, 0x81);
    private static readonly EnvelopeSender Sender = new(Messages.Terminal, Secret, 258);
    private static readonly EnvelopeRequest Request = new() { Method = "POST", Path = Path, MediaType = "application/cose", Body = Messages.Bytes(32, 0x10) };
    private static readonly EnvelopeAnswer Answer = new()
    {
        Status = 200, MediaType = "application/json", ChannelVersion = 5, Body = Encoding.ASCII.GetBytes("""{"state":"Approved"}"""),
    };

    private readonly ECDiffieHellman _static = KeyOf(Messages.Bytes(32, 0x01));
    private readonly EnvelopeKey _key;

    public EnvelopeTests() => _key = new EnvelopeKey(_static);

    public void Dispose()
    {
        _key.Dispose();
        _static.Dispose();
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public void A_request_and_its_answer_have_the_known_bytes()
    {
        Assert.Equal(RecipientHex, Convert.ToHexStringLower(_key.PublicKey));
        using ECDiffieHellman ephemeral = KeyOf(Messages.Bytes(32, 0x41));
        using SealedRequest request = SealedRequest.Seal(_key.PublicKey, Request, Sender, ephemeral, Messages.Bytes(12, 0));
        Assert.Equal(RequestHex, Convert.ToHexStringLower(request.Bytes.Span));
        Assert.True(OpenedRequest.TryOpen(request.Bytes.Span, _key, "POST", Path, out OpenedRequest opened));
        using (opened)
        {
            Assert.Equal(AnswerHex, Convert.ToHexStringLower(opened.Seal(Answer, Messages.Bytes(12, 0x20))));
        }
    }

    [Fact]
    public void The_known_request_opens_to_what_was_asked_and_the_known_answer_to_what_was_said()
    {
        Assert.True(OpenedRequest.TryOpen(Convert.FromHexString(RequestHex), _key, "POST", Path, out OpenedRequest opened));
        using (opened)
        {
            Assert.Equal((Messages.Terminal, 258), (opened.TerminalId, opened.Sequence));
            Assert.Equal(("application/cose", "en"), (opened.Request.MediaType, opened.Request.Language));
            Assert.Equal(Request.Body.ToArray(), opened.Request.Body.ToArray());
            Assert.True(opened.IsFrom(Secret));
            Assert.False(opened.IsFrom(Messages.Bytes(32)));
        }

        using ECDiffieHellman ephemeral = KeyOf(Messages.Bytes(32, 0x41));
        using SealedRequest request = SealedRequest.Seal(_key.PublicKey, Request, Sender, ephemeral, Messages.Bytes(12, 0));
        Assert.True(request.TryOpen(Convert.FromHexString(AnswerHex), out EnvelopeAnswer answer));
        Assert.Equal((200, "application/json", 5), (answer.Status, answer.MediaType, answer.ChannelVersion));
        Assert.Equal(Answer.Body.ToArray(), answer.Body.ToArray());
    }

    [Fact]
    public void Both_layers_are_COSE_with_registered_headers()
    {
        CborReader reader = new(Convert.FromHexString(RequestHex), CborConformanceMode.Canonical);
        Assert.Equal((CborTag)96, reader.ReadTag());
        Assert.Equal(4, reader.ReadStartArray());
        CborReader header = new(reader.ReadByteString(), CborConformanceMode.Canonical);
        Assert.Equal((1, 1, 3), (header.ReadStartMap(), header.ReadInt32(), header.ReadInt32()));
        Assert.Equal((1, 5), (reader.ReadStartMap(), reader.ReadInt32()));
        Assert.Equal(12, reader.ReadByteString().Length);
        reader.ReadEndMap();
        _ = reader.ReadByteString();
        Assert.Equal((1, 3), (reader.ReadStartArray(), reader.ReadStartArray()));
        CborReader recipient = new(reader.ReadByteString(), CborConformanceMode.Canonical);
        Assert.Equal((3, 1, -25, 4), (recipient.ReadStartMap(), recipient.ReadInt32(), recipient.ReadInt32(), recipient.ReadInt32()));
        Assert.Equal(_key.Id, recipient.ReadByteString());
        Assert.Equal((-1, 4), (recipient.ReadInt32(), recipient.ReadStartMap()));
        Assert.Equal((1, 2, -1, 1), (recipient.ReadInt32(), recipient.ReadInt32(), recipient.ReadInt32(), recipient.ReadInt32()));
        Assert.Equal((0, 0), (reader.ReadStartMap() ?? -1, ReadEmpty(reader)));
        reader.ReadEndArray();
        reader.ReadEndArray();
        reader.ReadEndArray();
        Assert.Equal(0, reader.BytesRemaining);
        CborReader answer = new(Convert.FromHexString(AnswerHex), CborConformanceMode.Canonical);
        Assert.Equal(((CborTag)16, 3), (answer.ReadTag(), answer.ReadStartArray()));
    }

    [Fact]
    [Requirement("CHN-04", Partly = true)]
    public void No_turned_bit_and_no_cut_opens()
    {
        byte[] request = Convert.FromHexString(RequestHex), answer = Convert.FromHexString(AnswerHex);
        using ECDiffieHellman ephemeral = KeyOf(Messages.Bytes(32, 0x41));
        using SealedRequest mine = SealedRequest.Seal(_key.PublicKey, Request, Sender, ephemeral, Messages.Bytes(12, 0));
        for (int bit = 0; bit < request.Length * 8; bit++)
        {
            Assert.False(OpenedRequest.TryOpen(Turn(request, bit), _key, "POST", Path, out _), $"request, bit {bit}");
            Assert.True(bit >= answer.Length * 8 || !mine.TryOpen(Turn(answer, bit), out _), $"answer, bit {bit}");
        }

        for (int length = 0; length < request.Length; length++)
        {
            Assert.False(OpenedRequest.TryOpen(request.AsSpan(0, length), _key, "POST", Path, out _), $"request of {length} bytes");
            Assert.False(mine.TryOpen(answer.AsSpan(0, Math.Min(length, answer.Length - 1)), out _), $"answer of {length} bytes");
        }

        Assert.False(OpenedRequest.TryOpen([.. request, 0], _key, "POST", Path, out _));
        Assert.False(mine.TryOpen([.. answer, 0], out _));
    }

    [Fact]
    [Requirement("CHN-02", Partly = true)]
    public void An_envelope_opens_for_its_key_method_and_path_alone()
    {
        using SealedRequest made = SealedRequest.Seal(_key.PublicKey, Request, Sender);
        ReadOnlySpan<byte> request = made.Bytes.Span;
        Assert.True(OpenedRequest.TryOpen(request, _key, "POST", Path, out OpenedRequest opened));
        opened.Dispose();
        Assert.False(OpenedRequest.TryOpen(request, _key, "GET", Path, out _));
        Assert.False(OpenedRequest.TryOpen(request, _key, "POST", Path + "/status", out _));
        using ECDiffieHellman other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using EnvelopeKey otherKey = new(other);
        Assert.False(OpenedRequest.TryOpen(request, otherKey, "POST", Path, out _));
    }

    [Fact]
    [Requirement("CHN-05", Partly = true)]
    public void An_answer_opens_for_its_request_alone_though_the_same_was_asked_twice()
    {
        using SealedRequest one = SealedRequest.Seal(_key.PublicKey, Request, Sender);
        using SealedRequest two = SealedRequest.Seal(_key.PublicKey, Request, Sender with { Sequence = 259 });
        Assert.True(OpenedRequest.TryOpen(one.Bytes.Span, _key, "POST", Path, out OpenedRequest opened));
        using (opened)
        {
            byte[] answer = opened.Seal(Answer);
            Assert.True(one.TryOpen(answer, out _));
            Assert.False(two.TryOpen(answer, out _));
            Assert.NotEqual(answer, opened.Seal(Answer));
        }
    }

    [Fact]
    public void A_sender_and_a_number_come_together_or_not_at_all()
    {
        using SealedRequest nobody = SealedRequest.Seal(_key.PublicKey, Request, sender: null);
        Assert.True(OpenedRequest.TryOpen(nobody.Bytes.Span, _key, "POST", Path, out OpenedRequest opened));
        using (opened)
        {
            Assert.Null(opened.TerminalId);
            Assert.False(opened.IsFrom(Secret));
        }

        using SealedRequest unnumbered = SealedRequest.Seal(_key.PublicKey, Request, Sender with { Sequence = 0 });
        Assert.False(OpenedRequest.TryOpen(unnumbered.Bytes.Span, _key, "POST", Path, out _));
    }

    [Fact]
    public void Sizes_are_bounded_and_the_longest_message_passes()
    {
        EnvelopeRequest longest = Request with { Body = new byte[SignedMessage.MaxLength] };
        using SealedRequest request = SealedRequest.Seal(_key.PublicKey, longest, Sender);
        Assert.InRange(request.Bytes.Length, SignedMessage.MaxLength, Envelope.MaxRequest);
        Assert.True(OpenedRequest.TryOpen(request.Bytes.Span, _key, "POST", Path, out OpenedRequest opened));
        opened.Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => SealedRequest.Seal(_key.PublicKey, Request with { Body = new byte[SignedMessage.MaxLength + 1] }, Sender));
        Assert.False(OpenedRequest.TryOpen(new byte[Envelope.MaxRequest + 1], _key, "POST", Path, out _));
        Assert.False(request.TryOpen(new byte[Envelope.MaxAnswer + 1], out _));
    }

    [Fact]
    [Requirement("CRY-07", Partly = true)]
    public void The_answer_key_is_overwritten_with_its_request()
    {
        SealedRequest request = SealedRequest.Seal(_key.PublicKey, Request, Sender);
        byte[] key = KeyIn(request);
        Assert.Contains(key, static value => value != 0);
        request.Dispose();
        Assert.All(key, static value => Assert.Equal(0, value));
        Assert.Throws<ObjectDisposedException>(() => request.TryOpen(Convert.FromHexString(AnswerHex), out _));
        Assert.True(OpenedRequest.TryOpen(Convert.FromHexString(RequestHex), _key, "POST", Path, out OpenedRequest opened));
        key = KeyIn(opened);
        Assert.Contains(key, static value => value != 0);
        opened.Dispose();
        Assert.All(key, static value => Assert.Equal(0, value));
    }

    private static byte[] KeyIn(object holder) => (byte[])holder.GetType()
        .GetField("_answerKey", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(holder)!;

    private static int ReadEmpty(CborReader reader)
    {
        reader.ReadEndMap();
        return reader.ReadByteString().Length;
    }

    private static byte[] Turn(byte[] bytes, int bit)
    {
        byte[] turned = [.. bytes];
        turned[bit / 8] ^= (byte)(1 << (bit % 8));
        return turned;
    }

    private static ECDiffieHellman KeyOf(byte[] scalar) => ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
}
