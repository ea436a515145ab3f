using System.Text;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Cryptography;
using SoftPos.Emv;
using SoftPos.Iso7816;
using SoftPos.Iso8583;

namespace SoftPos.Fuzz;

/// <summary>Everything that a card, an acquirer or a key file hands in.</summary>
internal static class PaymentTargets
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("tlv", [Convert.FromHexString("6F108407A0000000031010A5055003414243")], static input => _ = TlvTree.TryParse(input, out _, out _)),
        new("tlv-map", [Convert.FromHexString("9F02060000000010009A03261124")], static input => _ = TlvMap.TryParse(input, out _, out _)),
        new("dol", [Convert.FromHexString("9F02069F03069F1A0295055F2A029A039C019F3704")], static input => _ = Dol.TryParse(input, out _, out _)),
        new("tag-list", [Convert.FromHexString("9F029F03829F36")], static input => _ = Dol.TryParseTagList(input, out _, out _)),
        new("apdu", [Convert.FromHexString("00A404000E325041592E5359532E444446303100")], static input =>
        {
            _ = CommandApdu.TryParse(input, out _);
            _ = ResponseApdu.TryParse(input, out _);
        }),
        new("iso8583", [Convert.FromHexString("30313030722000000000000031"), Encoding.ASCII.GetBytes("0800822000000000000004000000000000001124120000000001301")],
            static input => _ = Iso8583Message.TryDecode(input, ShippedDialects.Lab, out _, out _)),
        new("pushed-order", [new PushedOrderRequest
        {
            Action = PushedOrderAction.GiveBack, OrderId = new Guid("0193a000-0000-7000-8000-000000000001"), Reason = "CANCELLED", DeviceTime = default,
        }.Encode()], static input => _ = PushedOrderRequest.TryDecode(input, out _)),
        new("webhook-signature", [Encoding.ASCII.GetBytes("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,AAAA")], static input =>
        {
            string text = Encoding.UTF8.GetString(input);
            _ = StandardWebhook.ReadSecret(text);
            _ = StandardWebhook.Verify(new byte[32], text, text, text, input, default);
        }),
        new("key-block", [Encoding.ASCII.GetBytes("D0112P0AE00E0000" + new string('A', 96))], ReadKeyBlock),
        new("cvm-list", [Convert.FromHexString("000000000000000042031E031F00")], static input => _ = CvmList.TryParse(input, out _, out _)),
        new("emv-certificate", [new byte[128]], static input => _ = SoftPos.Emv.Authentication.EmvCertificate.TryRecoverCardKey(
            new SoftPos.Emv.Authentication.RsaPublicKey(Modulus(), [3]), input, default, new byte[] { 3 }, default, "4111111111111111", Today, out _)),
    ];

    private static void ReadKeyBlock(byte[] input)
    {
        using KeyBlockProtectionKey key = new(new byte[32]);
        string block = Encoding.Latin1.GetString(input);
        _ = KeyBlockHeader.TryParse(block, out _, out _, out _);
        if (KeyBlock.TryUnwrap(key, block, out KeyBlockContent? content, out _))
        {
            content!.Dispose();
        }
    }

    /// <summary>Odd and 1,024 bits long; whether it has prime factors does not matter to recovery.</summary>
    private static byte[] Modulus()
    {
        byte[] modulus = new byte[128];
        modulus.AsSpan().Fill(0xB5);
        return modulus;
    }
}
