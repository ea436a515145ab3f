using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

public sealed class LabAcquirerHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_over_two_connections_are_answered_on_their_own_connection()
    {
        await using LabAcquirerHost host = new(new LabAcquirerOptions(), Clock());
        using Socket one = await ConnectAsync(host);
        using Socket two = await ConnectAsync(host);
        await one.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { Stan = 1, Counter = 1 }.Request().Encode()), Cancellation);
        await two.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { Stan = 2, Counter = 2 }.Request().Encode()), Cancellation);
        Assert.Equal("000002", (await ReadAsync(two))![11]);
        Assert.Equal("000001", (await ReadAsync(one))![11]);
        Assert.Equal(2, host.Ledger.Originals.Count);
    }

    [Fact]
    public async Task A_late_answer_comes_when_its_time_has_come_and_holds_up_nothing()
    {
        FakeTimeProvider clock = Clock();
        await using LabAcquirerHost host = new(new LabAcquirerOptions(), clock);
        using Socket socket = await ConnectAsync(host);
        await socket.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { Stan = 1, Counter = 1, AmountMinor = 1268 }.Request().Encode()), Cancellation);
        await socket.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { Stan = 2, Counter = 2 }.Request().Encode()), Cancellation);
        Assert.Equal("000002", (await ReadAsync(socket))![11]);
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("000001", (await ReadAsync(socket))![11]);
    }

    [Theory]
    [InlineData(1273)]
    [InlineData(1274)]
    public async Task A_dropping_amount_closes_the_connection_and_the_host_goes_on(long amount)
    {
        await using LabAcquirerHost host = new(new LabAcquirerOptions(), Clock());
        using Socket socket = await ConnectAsync(host);
        await socket.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { AmountMinor = amount }.Request().Encode()), Cancellation);
        Assert.Null(await ReadAsync(socket));
        Assert.True(Assert.Single(host.Ledger.Originals).IsApproved);
        using Socket again = await ConnectAsync(host);
        await again.SendAsync(FrameFormat.TwoBytes.Frame(new LabTap { AmountMinor = amount }.Reversal(2).Encode()), Cancellation);
        Assert.Equal("00", (await ReadAsync(again))![39]);
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_end_the_connection()
    {
        await using LabAcquirerHost host = new(new LabAcquirerOptions(), Clock());
        using Socket socket = await ConnectAsync(host);
        await socket.SendAsync(new byte[] { 0xFF, 0xFF, 0x00 }, Cancellation);
        Assert.Null(await ReadAsync(socket));
    }

    private static FakeTimeProvider Clock() => new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    private static async Task<Socket> ConnectAsync(LabAcquirerHost host)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", host.Port, Cancellation);
        return socket;
    }

    /// <summary>The next whole message, or null when the connection ends before it is whole.</summary>
    private static async Task<Iso8583Message?> ReadAsync(Socket socket)
    {
        byte[] prefix = new byte[2];
        if (!await FillAsync(socket, prefix))
        {
            return null;
        }

        byte[] bytes = new byte[prefix[0] << 8 | prefix[1]];
        if (!await FillAsync(socket, bytes))
        {
            return null;
        }

        Assert.True(Iso8583Message.TryDecode(bytes, ShippedDialects.Lab, out Iso8583Message? message, out Iso8583Fault fault), fault.Message);
        return message;
    }

    private static async Task<bool> FillAsync(Socket socket, Memory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
            {
                int read = await socket.ReceiveAsync(bytes, Cancellation);
                if (read == 0)
                {
                    return false;
                }

                bytes = bytes[read..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
