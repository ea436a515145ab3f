using System.Text;
using SoftPos.Contract;
using SoftPos.Cryptography;

namespace SoftPos.Payments.Tests;

/// <summary>A PIN from the terminal to the acquirer, and that no PIN block stays behind.</summary>
public sealed class PinTests
{
    private static readonly PinZone Zone = new("zpk.test", PinBlockFormat.Iso0);

    [Fact]
    [Requirement("PBE-02", Partly = true)]
    public async Task The_block_is_translated_over_the_sealed_account_and_sent_in_field_52()
    {
        await using Shop shop = await OpenAsync();
        PaymentRequest request = shop.PinRequest();
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(request)).State);
        Keys.PinTranslationRequest asked = Assert.Single(shop.Keys.Translations);
        Assert.Equal(("zpk.test", PinBlockFormat.Iso0), (asked.ZoneKey, asked.Format));
        Assert.Equal(request.PinBlock, asked.PinBlock.ToArray());
        Assert.Equal(request.PaymentId.ToByteArray(bigEndian: true), asked.AssociatedData.ToArray());
        Iso8583.Iso8583Message sent = Assert.Single(shop.Acquirer.Messages);
        Assert.Equal(shop.Keys.TranslatedPin, sent.Content(52).ToArray());
        Assert.Equal("071", sent[22]);
    }

    [Theory]
    [InlineData("55", ReasonCodes.PinWrong)]
    [InlineData("75", ReasonCodes.PinTriesExceeded)]
    public async Task The_issuers_no_to_a_pin_has_its_own_reason(string code, string reason)
    {
        await using Shop shop = await OpenAsync();
        shop.Acquirer.OnAuthorisation = message => Task.FromResult(ScriptedAcquirer.Answer(message, code));
        PaymentAnswer answer = await shop.SaleAsync(shop.PinRequest());
        Assert.Equal((PaymentState.Declined, reason), (answer.State, answer.Reason));
    }

    [Fact]
    [Requirement("ATT-03", Partly = true)]
    public async Task A_pin_needs_the_attestation_for_pin_entry()
    {
        await using Shop shop = await OpenAsync();
        await RefusedAsync(shop, shop.PinRequest() with { ResultToken = shop.Token() }, ReasonCodes.NotAttested);
    }

    [Fact]
    public async Task A_pin_is_there_exactly_when_the_card_asked()
    {
        await using Shop shop = await OpenAsync();
        await RefusedAsync(shop, shop.PinRequest() with { PinBlock = null, PinKsn = null }, ReasonCodes.PinRequired);
        await RefusedAsync(shop, shop.PinRequest() with { CardholderVerification = "NoCvm" }, ReasonCodes.PinRequired);
        await RefusedAsync(shop, shop.PinRequest() with { PinKsn = [.. Shop.DataKeyId, 0, 0, 0, 9] }, ReasonCodes.KsnRefused);
    }

    [Fact]
    public async Task An_acquirer_that_takes_no_pin_gets_none()
    {
        await using Shop shop = await Shop.OpenAsync();
        await RefusedAsync(shop, shop.PinRequest(), ReasonCodes.PinRequired);
    }

    [Fact]
    public async Task A_pin_key_counter_counts_once()
    {
        await using Shop shop = await OpenAsync();
        PaymentRequest first = shop.PinRequest();
        Assert.Equal(PaymentState.Approved, (await shop.SaleAsync(first)).State);
        await RefusedAsync(shop, shop.PinRequest() with { PinKsn = first.PinKsn }, ReasonCodes.KsnRefused);
    }

    [Fact]
    public async Task A_block_that_the_key_room_refuses_is_charged_to_nobody()
    {
        await using Shop shop = await OpenAsync();
        shop.Keys.TranslatedPin = null;
        PaymentAnswer answer = await shop.SaleAsync(shop.PinRequest());
        Assert.Equal((PaymentState.Abandoned, ReasonCodes.PinInvalid), (answer.State, answer.Reason));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Theory]
    [InlineData("approved")]
    [InlineData("declined")]
    [InlineData("no answer")]
    [InlineData("reversed")]
    [InlineData("restarted")]
    [Requirement("PIN-10")]
    public async Task No_pin_block_is_ever_at_rest(string end)
    {
        await using Shop shop = await OpenAsync();
        PaymentRequest request = shop.PinRequest();
        byte[]? whileSent = null;
        shop.Acquirer.OnAuthorisation = async message =>
        {
            whileSent = await shop.KeptAsync(request.PaymentId);
            return end switch
            {
                "declined" => ScriptedAcquirer.Answer(message, "05"),
                "no answer" or "reversed" => ScriptedAcquirer.NoAnswer,
                _ => shop.Acquirer.Approve(message),
            };
        };
        await shop.PayAsync(request);
        if (end == "reversed")
        {
            Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
            Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
        }

        if (end == "restarted")
        {
            await shop.RestartAsync();
        }

        Assert.NotNull(whileSent);
        foreach (byte[] block in (byte[][])[request.PinBlock!, shop.Keys.TranslatedPin!])
        {
            Assert.False(Holds(whileSent, block), "sealed beside the payment while it was sent");
            Assert.False(Holds(await shop.KeptAsync(request.PaymentId) ?? [], block), "sealed beside the payment afterwards");
        }

        await shop.StopAsync();
        try
        {
            byte[] files = [.. Directory.EnumerateFiles(shop.Folder, "*", SearchOption.AllDirectories).SelectMany(File.ReadAllBytes)];
            Assert.True(Holds(files, Encoding.ASCII.GetBytes(request.MaskedPan)), "the payment is not in these files: the scan would prove nothing");
            foreach (byte[] block in (byte[][])[request.PinBlock!, shop.Keys.TranslatedPin!])
            {
                Assert.False(Holds(files, block), "raw");
                Assert.False(Holds(files, Encoding.ASCII.GetBytes(Convert.ToHexString(block))), "upper-case hex");
                Assert.False(Holds(files, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(block))), "lower-case hex");
                Assert.False(Holds(files, Encoding.ASCII.GetBytes(Convert.ToBase64String(block))), "base64");
            }
        }
        finally
        {
            await shop.StartAsync(shop.OpenPath);
        }
    }

    private static async Task<Shop> OpenAsync()
    {
        Shop shop = await Shop.OpenAsync();
        await shop.RestartAsync(shop.Options with { Pin = Zone });
        return shop;
    }

    private static async Task RefusedAsync(Shop shop, PaymentRequest request, string reason)
    {
        int sent = shop.Acquirer.Messages.Count;
        Assert.Equal(reason, (await shop.PayAsync(request)).Refusal?.Reason);
        Assert.Equal(sent, shop.Acquirer.Messages.Count);
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part) => bytes.IndexOf(part) >= 0;
}
