using System.Text;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What rests on the phone: sealed, bound together, there after a crash, and missed when it is taken away.</summary>
public sealed class OfflineStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_crash_at_any_write_leaves_the_sale_whole_or_not_there_and_never_uses_a_key_twice()
    {
        int survived = 0;
        for (int boundary = 0; ; boundary++)
        {
            await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
            stand.Backend.Away = true;
            int writes = 0;
            bool crashed = false;
            stand.Platform.Blobs.OnWrite = _ =>
            {
                crashed |= writes++ >= boundary;
                if (crashed)
                {
                    throw new IOException("the phone dies");
                }
            };
            PaymentResult? told = null;
            try
            {
                told = await stand.SaleAsync();
            }
            catch (IOException)
            {
                // The app is gone; nothing was told.
            }

            await stand.RestartAsync();
            WaitingSale[] waiting = [.. stand.Terminal.Offline.Waiting];
            Assert.True(waiting.Length <= 1);
            Assert.True(told is null || waiting.Length == 1, "a sale that was told is not there");
            survived += waiting.Length;
            PaymentResult second = await stand.SaleAsync(1_000);
            Assert.Equal(PaymentOutcome.Deferred, second.Outcome);
            stand.Backend.Away = false;
            await stand.Terminal.PreflightAsync(Cancel);
            Assert.Equal(waiting.Length + 1, stand.Backend.Sales.Count);
            uint[] counters = [.. stand.Backend.Sales.Select(sale =>
                System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(sale.Request.DataKsn.AsSpan(8)))];
            Assert.Equal(counters.Distinct().Order(), counters);
            if (!crashed)
            {
                Assert.True(boundary >= 3, $"only {boundary} writes");
                break;
            }
        }

        // The crash between the record and the book is among them: the sale is there though nobody was told.
        Assert.True(survived >= 2, "no boundary after the record was tried");
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_crash_at_any_write_of_the_forwarding_charges_once()
    {
        for (int boundary = 0; ; boundary++)
        {
            await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
            stand.Backend.Away = true;
            Guid first = (await stand.SaleAsync(1_000)).PaymentId, second = (await stand.SaleAsync(1_100)).PaymentId;
            stand.Backend.Away = false;
            int writes = 0;
            bool crashed = false;
            stand.Platform.Blobs.OnWrite = _ =>
            {
                crashed |= writes++ >= boundary;
                if (crashed)
                {
                    throw new IOException("the phone dies");
                }
            };
            try
            {
                await stand.Terminal.ForwardOfflineAsync(Cancel);
            }
            catch (IOException)
            {
                // The app is gone.
            }

            await stand.RestartAsync();
            Assert.True(await stand.Terminal.ForwardOfflineAsync(Cancel));
            Assert.Equal([first, second], stand.Backend.Sales.Select(sale => sale.Request.PaymentId));
            Assert.Empty(stand.Terminal.Offline.Waiting);
            if (!crashed)
            {
                Assert.True(boundary >= 2, $"only {boundary} writes");
                break;
            }
        }
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_lost_answer_brings_the_same_record_again()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync();
        stand.Backend.Away = false;
        stand.Backend.Misdeeds.Enqueue(("offline", Misdeed.BreakAfterReading));
        Assert.False(await stand.Terminal.ForwardOfflineAsync(Cancel));
        Assert.True(await stand.Terminal.ForwardOfflineAsync(Cancel));
        OfflineForward[] forwards = [.. stand.Backend.Forwards];
        Assert.Equal(2, forwards.Length);
        Assert.Equal(forwards[0].Record, forwards[1].Record);
        Assert.Single(stand.Backend.Sales);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_record_that_was_deleted_or_changed_is_told_as_missing_and_the_others_come(bool delete)
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync(1_000);
        Guid second = (await stand.SaleAsync(1_100)).PaymentId;
        string name = stand.BlobName("offline-1");
        if (delete)
        {
            stand.Platform.Blobs.Blobs.Remove(name);
        }
        else
        {
            stand.Platform.Blobs.Blobs[name][40] ^= 1;
        }

        await stand.RestartAsync();
        stand.Backend.Away = false;
        Assert.True(await stand.Terminal.ForwardOfflineAsync(Cancel));
        Assert.Equal([1L], stand.Backend.Lost);
        Assert.Equal(second, Assert.Single(stand.Backend.Sales).Request.PaymentId);
        Assert.Equal([ReasonCodes.OfflineRecordInvalid, ReasonCodes.Approved], stand.Forwarded.Select(result => result.Reason.Code));
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task Records_that_change_places_do_not_open()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync(1_000);
        await stand.SaleAsync(1_100);
        string one = stand.BlobName("offline-1"), two = stand.BlobName("offline-2");
        Dictionary<string, byte[]> blobs = stand.Platform.Blobs.Blobs;
        (blobs[one], blobs[two]) = (blobs[two], blobs[one]);
        stand.Backend.Away = false;
        Assert.True(await stand.Terminal.ForwardOfflineAsync(Cancel));
        Assert.Equal([1L, 2L], stand.Backend.Lost);
        Assert.Empty(stand.Backend.Sales);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task A_book_that_was_deleted_is_made_again_of_the_records()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync(1_000);
        await stand.SaleAsync(1_100);
        stand.Platform.Blobs.Blobs.Remove(stand.BlobName("offline"));
        await stand.RestartAsync();
        Assert.Equal(2, stand.Terminal.Offline.Waiting.Count);
        Assert.False(stand.Terminal.Offline.IsPermitted);
        stand.Backend.Away = false;
        Assert.True(await stand.Terminal.ForwardOfflineAsync(Cancel));
        Assert.Equal(2, stand.Backend.Sales.Count);
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    public async Task Each_evidence_tells_how_many_were_taken_and_how_many_wait()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        Assert.DoesNotContain(OfflineFigures.Sequence, stand.Backend.Evidence.Last().Health.Keys);
        stand.Backend.Away = true;
        await stand.SaleAsync(1_000);
        await stand.SaleAsync(1_100);
        stand.Backend.Away = false;
        await stand.Terminal.PreflightAsync(Cancel);
        IReadOnlyDictionary<string, double>[] told = [.. stand.Backend.Evidence.Select(evidence => evidence.Health)];
        Assert.Equal((2.0, 2.0), (told[^2][OfflineFigures.Sequence], told[^2][OfflineFigures.Waiting]));
        Assert.Equal((2.0, 0.0), (told[^1][OfflineFigures.Sequence], told[^1][OfflineFigures.Waiting]));
    }

    [Fact]
    [Requirement("OFF-03", Partly = true)]
    [Requirement("ACC-01", Partly = true)]
    public async Task Nothing_of_a_sale_is_readable_on_the_phone()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        PaymentResult sale = await stand.SaleAsync();
        string pan = Lab.Cards.LabIssuer.Cards.First(card => card.Name == "visa").Pan;
        byte[][] canaries =
        [
            Encoding.ASCII.GetBytes(pan), Convert.FromHexString(pan), Encoding.ASCII.GetBytes(sale.Card!.MaskedPan),
                sale.PaymentId.ToByteArray(bigEndian: true),
        ];
        Assert.All(stand.Platform.Blobs.Blobs.Values, blob =>
            Assert.All(canaries, canary => Assert.Equal(-1, blob.AsSpan().IndexOf(canary))));
        stand.Backend.Away = false;
        await stand.Terminal.ForwardOfflineAsync(Cancel);
        Assert.DoesNotContain(stand.Platform.Blobs.Blobs.Keys, name => name.EndsWith("offline-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_enrolment_is_refused_while_sales_wait_and_a_wipe_destroys_them()
    {
        await using OfflineStand stand = await OfflineStand.OpenAsync(OfflineStand.Terms);
        stand.Backend.Away = true;
        await stand.SaleAsync();
        TrustResult refused = await stand.Terminal.ActivateAsync(ScriptedBackend.Code, Cancel);
        Assert.Equal(ReasonCodes.OfflineForwardFailed, refused.Reason!.Code);
        await stand.Terminal.WipeAsync(Cancel);
        Assert.DoesNotContain(stand.Platform.Blobs.Blobs.Keys, name => name.Contains("offline", StringComparison.Ordinal));
    }
}
