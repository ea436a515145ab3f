using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Fuzz;

/// <summary>What comes over the line between terminal and back end, before and after it is out of its envelope.</summary>
internal static class ChannelTargets
{
    private const string Path = "/terminal/v1/payments";

    private static readonly DateTimeOffset Time = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly EnvelopeKey Key = MakeKey();
    private static readonly EnvelopeSender Sender = new(new Guid("0193a000-0000-7000-8000-000000000001"), new byte[EnvelopeSender.SecretLength], 7);
    private static readonly SealedRequest Request = SealedRequest.Seal(Key.PublicKey, new EnvelopeRequest
    {
        Method = "POST", Path = Path, MediaType = "application/cose", Body = new byte[100],
    }, Sender);

    private static readonly byte[][] Inside =
    [
        [0xA4, 0x01, 0x07, 0x02, 0x60, 0x03, 0x62, 0x65, 0x6E, 0x04, 0x43, 1, 2, 3],
        [0xA3, 0x02, 0x60, 0x03, 0x60, 0x04, 0x40],
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("envelope", [Request.Bytes.ToArray()], OpenRequest),
        new("envelope-inside", [EnvelopeForm.WriteSender(new byte[16], new byte[40], new byte[32]), Payload(), .. Inside], ReadInside),
        new("envelope-answer", [Answer()], static input => _ = Request.TryOpen(input, out _)),
        new("channel-document", [Document()], static input => _ = ChannelDocument.TryVerify(input, Key.PublicKey, out _)),
    ];

    private static void OpenRequest(byte[] input)
    {
        _ = OpenedRequest.KeyIdOf(input);
        if (OpenedRequest.TryOpen(input, Key, "POST", Path, out OpenedRequest opened))
        {
            _ = opened.IsFrom(Sender.Secret);
            opened.Dispose();
        }
    }

    /// <summary>What stands behind the tag, where only a terminal's own bytes come; they must hold too.</summary>
    private static void ReadInside(byte[] input)
    {
        _ = EnvelopeForm.TryReadSender(input, out _, out _, out _);
        _ = EnvelopeRequest.TryDecode(input, "POST", Path, out _, out _);
        _ = EnvelopeAnswer.TryDecode(input, out _);
        _ = ChannelDocument.TryDecode(input, out _);
    }

    private static byte[] Answer()
    {
        _ = OpenedRequest.TryOpen(Request.Bytes.Span, Key, "POST", Path, out OpenedRequest opened);
        using (opened)
        {
            return opened.Seal(new EnvelopeAnswer { Status = 200, MediaType = "application/json", Body = new byte[100] });
        }
    }

    private static byte[] Document()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new ChannelDocument
        {
            Version = 1, IssuedAt = Time, ExpiresAt = Time.AddDays(90), IsSandbox = true,
            Pins = [new DatedKey(new byte[32], Time, Time.AddDays(1)), new DatedKey([.. Enumerable.Repeat((byte)1, 32)], Time, Time.AddDays(1))],
            EnvelopeKeys = [new DatedKey(Key.PublicKey, Time, Time.AddDays(90))],
        }.Sign(new SeedKey(signer));
    }

    private static byte[] Payload()
    {
        _ = SignedMessage.TryDecode(Document(), out DecodedMessage decoded);
        return decoded.Payload.ToArray();
    }

    private static EnvelopeKey MakeKey()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new EnvelopeKey(key);
    }
}
