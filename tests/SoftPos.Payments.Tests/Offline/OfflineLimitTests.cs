using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>Every limit of the phone is held again here, on both sides of its boundary; what is over it is held, not lost.</summary>
public sealed class OfflineLimitTests
{
    [Theory]
    [InlineData(2_500, false)]
    [InlineData(2_501, true)]
    [Requirement("OFF-02", Partly = true)]
    public async Task The_amount_of_a_sale(long amountMinor, bool over)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        Assert.Equal(over ? [OfflineFlag.OverAmount] : [], await FlagsAsync(phone, phone.Permit(), amountMinor));
    }

    [Fact]
    [Requirement("OFF-02")]
    public async Task The_count_and_the_sum_under_one_permission_whatever_the_phone_says()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        Assert.Empty(await FlagsAsync(phone, permission, 1_000));
        Assert.Empty(await FlagsAsync(phone, permission, 1_000));
        Assert.Empty(await FlagsAsync(phone, permission, 1_000));
        Assert.Equal([OfflineFlag.OverCount], await FlagsAsync(phone, permission, 1_000));
        Assert.Equal([OfflineFlag.OverCount, OfflineFlag.OverTotal], await FlagsAsync(phone, permission, 1_001));
        byte[] other = phone.Permit();
        Assert.Empty(await FlagsAsync(phone, other, 2_500));
        Assert.Empty(await FlagsAsync(phone, other, 2_500));
        Assert.Equal([OfflineFlag.OverTotal], await FlagsAsync(phone, other, 1));
        Assert.Equal(3_000 + 5_000, shop.Acquirer.ChargedMinor);
    }

    [Theory]
    [InlineData(120, 0, false)]
    [InlineData(121, 0, true)]
    [InlineData(179, 60, false)]
    [InlineData(181, 60, true)]
    [Requirement("OFF-02", Partly = true)]
    public async Task The_age_of_a_sale_also_by_the_permissions_own_end(int forwardedAfterMinutes, int tappedAfterMinutes, bool tooOld)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        DateTimeOffset tapped = shop.Clock.GetUtcNow().AddMinutes(tappedAfterMinutes);
        shop.Clock.Advance(TimeSpan.FromMinutes(forwardedAfterMinutes));
        Assert.Equal(tooOld ? [OfflineFlag.TooOld] : [], await FlagsAsync(phone, permission, at: tapped));
    }

    [Fact]
    [Requirement("OFF-02", Partly = true)]
    public async Task A_clock_that_was_turned_does_not_make_a_sale_young()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        shop.Clock.Advance(TimeSpan.FromDays(2));
        List<OfflineFlag> flags = [.. await FlagsAsync(phone, permission, at: shop.Clock.GetUtcNow())];
        Assert.Equal([OfflineFlag.PermissionExpired, OfflineFlag.TooOld], flags);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(60, false)]
    [InlineData(61, true)]
    [InlineData(-1, true)]
    [Requirement("OFF-01", Partly = true)]
    public async Task The_age_of_the_attestation_at_the_tap(int minutes, bool late)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        DateTimeOffset tapped = shop.Clock.GetUtcNow().AddMinutes(minutes);
        shop.Clock.Advance(TimeSpan.FromMinutes(62));
        Assert.Equal(late ? [OfflineFlag.PermissionExpired] : [], await FlagsAsync(phone, permission, at: tapped));
    }

    [Theory]
    [InlineData("terminal")]
    [InlineData("key")]
    [InlineData("merchant")]
    [InlineData("currency")]
    [InlineData("verdict")]
    [InlineData("signer")]
    [Requirement("OFF-01", Partly = true)]
    public async Task A_permission_is_of_this_back_end_for_this_terminal_after_a_trusted_verdict(string wrong)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        using SoftwareDeviceKey stranger = new();
        byte[] permission = phone.Permit(
            permission => wrong switch
            {
                "terminal" => permission with { TerminalId = Guid.CreateVersion7(DateTimeOffset.UnixEpoch) },
                "key" => permission with { DeviceKeyHash = new byte[32] },
                "merchant" => permission with { MerchantId = "m2" },
                "currency" => permission with { Currency = "710" },
                "verdict" => permission with { Verdict = Verdict.Limited },
                _ => permission,
            },
            wrong == "signer" ? stranger : null);
        Assert.Equal([OfflineFlag.PermissionInvalid], await FlagsAsync(phone, permission));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Theory]
    [InlineData(Verdict.Denied, TerminalState.Active)]
    [InlineData(Verdict.Unknown, TerminalState.Active)]
    [InlineData(Verdict.Trusted, TerminalState.Suspended)]
    [InlineData(Verdict.Trusted, TerminalState.Retired)]
    [Requirement("OFF-01", Partly = true)]
    public async Task A_terminal_that_was_denied_since_is_heard_and_its_sales_are_held(Verdict verdict, TerminalState state)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        await shop.Database.CommitAsync(new Change().Put(shop.Terminal with { Verdict = verdict, State = state }));
        Assert.Equal([OfflineFlag.TerminalDenied], await FlagsAsync(phone, permission));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Fact]
    [Requirement("OFF-02", Partly = true)]
    public async Task A_kernel_that_the_permission_does_not_name_and_anything_but_a_plain_sale_is_held()
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        byte[] permission = phone.Permit();
        Assert.Equal([OfflineFlag.KernelNotAllowed], await FlagsAsync(phone, permission, change: static r => r with { KernelId = 2 }));
        Assert.Contains(OfflineFlag.NotAllowedOffline,
            await FlagsAsync(phone, permission, change: static r => r with { Operation = PaymentOperation.Refund }));
        Assert.Contains(OfflineFlag.CardDataMismatch,
            await FlagsAsync(phone, permission, change: static r => r with { AmountMinor = 1_251 }));
        Assert.Contains(OfflineFlag.SurchargeNotAllowed,
            await FlagsAsync(phone, permission, change: static r => r with { SurchargeMinor = 1 }));
        Assert.Empty(shop.Acquirer.Messages);
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x00)]
    public async Task Only_an_online_cryptogram_goes_to_the_bank(byte information)
    {
        await using Shop shop = await Shop.OpenAsync();
        OfflinePhone phone = new(shop);
        SoftPos.Iso7816.TlvMap emv = Shop.Emv(1250);
        emv[0x9F27] = [information];
        Assert.Equal([OfflineFlag.CardDataMismatch],
            await FlagsAsync(phone, phone.Permit(), change: r => r with { EmvData = emv.Encode() }));
    }

    private static async Task<IReadOnlyList<OfflineFlag>> FlagsAsync(
        OfflinePhone phone, byte[] permission, long amountMinor = 1250, Func<PaymentRequest, PaymentRequest>? change = null,
            DateTimeOffset? at = null) =>
        (await phone.SaleAsync(permission, amountMinor, change, at)).Payment!.Offline!.Flags;
}
