using System.Security.Cryptography;
using SoftPos.Lab.Vpcd;

namespace SoftPos.Terminal.Pcsc;

public class VirtualReaderTests
{
    private static readonly byte[] SelectDirectory = Convert.FromHexString("00A404000E325041592E5359532E444446303100");

    [Fact]
    public async Task A_card_in_a_reader_of_pcscd_is_found_answers_and_is_seen_to_leave()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using PrivatePcscd daemon = await PrivatePcscd.StartAsync(cancellation);
        List<string> seen = [];
        VpcdCard card = new()
        {
            Activate = () => seen.Add("activated"),
            Transceive = command =>
            {
                seen.Add(Convert.ToHexString(command));
                return command.Length == 6 ? null : [.. RandomNumberGenerator.GetBytes(254), 0x90, 0x00];
            },
        };
        using CardReader reader = PcscReaders.Open("Virtual PCD 00 00");
        using CancellationTokenSource impatient = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.WaitForCardAsync(impatient.Token));

        await using VpcdSocket field = daemon.Present(card);
        await using CardChannel channel = await reader.WaitForCardAsync(cancellation);
        Assert.Contains("activated", seen);
        byte[]? answer = await channel.TransceiveAsync(SelectDirectory, cancellation);
        Assert.Equal(256, answer!.Length);
        Assert.Equal([0x90, 0x00], answer[^2..]);
        Assert.Equal(Convert.ToHexString(SelectDirectory), seen[^1]);

        // The card leaves instead of answering.
        Assert.Null(await channel.TransceiveAsync(new byte[] { 0x80, 0xCA, 0x9F, 0x36, 0x00, 0x00 }, cancellation));
        await channel.WaitForRemovalAsync(cancellation);
    }
}
