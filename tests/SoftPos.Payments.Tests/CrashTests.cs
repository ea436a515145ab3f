using System.Text;
using SoftPos.Contract;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Payments.Tests;

/// <summary>
/// The process dies at a boundary: the files are copied as they lie on the disk at that moment, and a new process opens the copy. What the
/// acquirer charged must end at nothing, unless the terminal has its approval.
/// </summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("open")]
    [InlineData("seal")]
    public async Task A_crash_before_the_message_is_durable_abandons_and_charges_nothing(string boundary)
    {
        await using Shop shop = await Shop.OpenAsync();
        string? image = null;
        shop.Keys.Before = at => Task.FromResult(at == boundary ? image = Copy(shop) : image);
        byte[] message = shop.Sign(shop.Request());
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(ScriptedAcquirer.NotSent);
        await shop.Gateway.PayAsync(message);
        int sent = shop.Acquirer.Messages.Count;

        await StartFromAsync(shop, image!);
        Assert.Equal((1, 0), await shop.Gateway.RecoverAsync());
        PaymentAnswer answer = Shop.Read(await shop.Gateway.PayAsync(message));
        Assert.Equal(PaymentState.Abandoned, answer.State);
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(sent, shop.Acquirer.Messages.Count);
    }

    [Fact]
    [Requirement("PBE-03")]
    public async Task A_crash_between_sending_and_the_answer_is_reversed_exactly_once()
    {
        await using Shop shop = await Shop.OpenAsync();
        string? image = null;
        shop.Acquirer.OnAuthorisation = message =>
        {
            AcquirerAnswer answer = shop.Acquirer.Approve(message);
            image = Copy(shop);
            return Task.FromResult(answer);
        };
        PaymentRequest request = shop.Request(1250);
        byte[] signed = shop.Sign(request);
        await shop.Gateway.PayAsync(signed);

        await StartFromAsync(shop, image!);
        Assert.Equal((0, 1), await shop.Gateway.RecoverAsync());
        Assert.Equal(PaymentState.Unknown, Shop.Read(await shop.Gateway.PayAsync(signed)).State);
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        shop.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal((0, 0), await shop.Gateway.RecoverAsync());
        Assert.Equal(["0100", "0400"], shop.Acquirer.Types);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_reversal_repeats_it_until_it_is_acknowledged()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = message =>
        {
            shop.Acquirer.Approve(message);
            return Task.FromResult(ScriptedAcquirer.NoAnswer);
        };
        string? image = null;
        shop.Acquirer.OnReversal = message =>
        {
            image = Copy(shop);
            return Task.FromResult(shop.Acquirer.Reverse(message));
        };
        PaymentRequest request = shop.Request(1250);
        await shop.SaleAsync(request);
        await shop.Gateway.Reversals.RunDueAsync();

        await StartFromAsync(shop, image!);
        await shop.Gateway.RecoverAsync();
        shop.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(["0100", "0400", "0401"], shop.Acquirer.Types);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_void_repeats_it_until_it_is_acknowledged()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest sale = shop.Request(1250);
        await shop.SaleAsync(sale);
        string? image = null;
        shop.Acquirer.OnReversal = message =>
        {
            image ??= Copy(shop);
            return Task.FromResult(shop.Acquirer.Reverse(message));
        };
        byte[] request = shop.FollowUp(sale.PaymentId, FollowUpAction.Void);
        await shop.Gateway.FollowUpAsync(request);

        await StartFromAsync(shop, image!);
        Assert.Equal((0, 0), await shop.Gateway.RecoverAsync());
        Assert.Equal(PaymentState.Voiding, Shop.Read(await shop.Gateway.FollowUpAsync(request)).State);
        shop.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(["0100", "0400", "0401"], shop.Acquirer.Types);
        Assert.Equal(PaymentState.Voided, Shop.Read(await shop.Gateway.FollowUpAsync(request)).State);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_completion_charges_it_once()
    {
        await using Shop shop = await Shop.OpenAsync();
        PaymentRequest hold = shop.Request(5000, PaymentOperation.PreAuthorisation);
        await shop.SaleAsync(hold);
        string? image = null;
        shop.Acquirer.OnAdvice = message =>
        {
            AcquirerAnswer answer = shop.Acquirer.Advise(message);
            image ??= Copy(shop);
            return Task.FromResult(answer);
        };
        await shop.ChangeAsync(hold.PaymentId, FollowUpAction.Complete, 4200);

        await StartFromAsync(shop, image!);
        await shop.Gateway.RecoverAsync();
        shop.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await shop.Gateway.Reversals.RunDueAsync());
        Assert.Equal(["0100", "0220", "0221"], shop.Acquirer.Types);
        Assert.Single(shop.Acquirer.Messages.Skip(1).Select(m => m[11]).Distinct());
        Assert.Equal(PaymentState.Completed, (await shop.StateAsync(hold.PaymentId)).State);
        Assert.Equal(4200, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    public async Task An_answer_that_was_given_is_still_given_after_a_crash()
    {
        await using Shop shop = await Shop.OpenAsync();
        byte[] signed = shop.Sign(shop.Request(1250));
        byte[] before = (await shop.Gateway.PayAsync(signed)).Body!;
        await StartFromAsync(shop, Copy(shop));
        Assert.Equal((0, 0), await shop.Gateway.RecoverAsync());
        Assert.Equal(before, (await shop.Gateway.PayAsync(signed)).Body!);
        Assert.Equal(1250, shop.Acquirer.ChargedMinor);
        Assert.Single(shop.Acquirer.Messages);
    }

    [Fact]
    public async Task A_store_that_fails_after_the_approval_ends_in_a_reversal()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Acquirer.OnAuthorisation = async message =>
        {
            AcquirerAnswer answer = shop.Acquirer.Approve(message);
            await shop.Database.DisposeAsync();
            return answer;
        };
        PaymentRequest request = shop.Request(1250);
        await Assert.ThrowsAsync<StorageException>(() => shop.PayAsync(request));
        await shop.RestartAsync();
        await shop.Gateway.Reversals.RunDueAsync();
        Assert.Equal(PaymentState.Reversed, (await shop.StateAsync(request.PaymentId)).State);
        Assert.Equal(0, shop.Acquirer.ChargedMinor);
    }

    [Fact]
    [Requirement("MON-05")]
    [Requirement("ACC-03")]
    public async Task No_number_of_a_card_is_in_the_files_at_any_boundary()
    {
        await using Shop shop = await Shop.OpenAsync();
        List<string> images = [];
        shop.Keys.Before = _ => Task.FromResult(Keep(images, shop));
        shop.Acquirer.OnAuthorisation = _ => Task.FromResult(Keep(images, shop) is null ? default : ScriptedAcquirer.NoAnswer);
        shop.Acquirer.OnReversal = message => Task.FromResult(Keep(images, shop) is null ? default : shop.Acquirer.Reverse(message));
        PaymentRequest request = shop.Request();
        await shop.SaleAsync(request);
        await shop.Gateway.Reversals.RunDueAsync();
        images.Add(Copy(shop));
        Assert.Equal(5, images.Count);
        byte[] bcd = Convert.FromHexString(Shop.Pan);
        byte[][] canaries = [Encoding.ASCII.GetBytes(Shop.Pan), Encoding.Unicode.GetBytes(Shop.Pan), bcd];
        foreach (byte[] file in images.SelectMany(i => Directory.GetFiles(Path.GetDirectoryName(i)!)).Select(File.ReadAllBytes))
        {
            Assert.All(canaries, canary => Assert.Equal(-1, file.AsSpan().IndexOf(canary)));
        }

        // The search finds what is there: the masked number is.
        Assert.Contains(images, i => Directory.GetFiles(Path.GetDirectoryName(i)!)
            .Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.ASCII.GetBytes(request.MaskedPan)) >= 0));
        foreach (string entry in (await shop.Database.Journal.RangeAsync(0, 100)).Select(e => Encoding.UTF8.GetString(e.Content!)))
        {
            Assert.DoesNotContain(Shop.Pan, entry, StringComparison.Ordinal);
        }
    }

    private static string Keep(List<string> images, Shop shop)
    {
        images.Add(Copy(shop));
        return images[^1];
    }

    /// <summary>The files as a dead process leaves them.</summary>
    internal static string Copy(Shop shop)
    {
        string folder = Directory.CreateDirectory(Path.Combine(shop.Folder, $"image-{Directory.GetDirectories(shop.Folder).Length}")).FullName;
        foreach (string suffix in (string[])["", "-wal"])
        {
            File.Copy(shop.OpenPath + suffix, Path.Combine(folder, "softpos.db" + suffix));
        }

        return Path.Combine(folder, "softpos.db");
    }

    internal static async Task StartFromAsync(Shop shop, string image)
    {
        await shop.StopAsync();
        shop.Keys.Before = static _ => Task.CompletedTask;
        await shop.StartAsync(image);
    }
}
