using System.Net;
using System.Text.RegularExpressions;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;

namespace SoftPos.Scenarios;

/// <summary>An integrator's first payment in real processes: pushed by the API, tapped on a virtual phone, heard of through <c>softpos listen</c>.</summary>
public sealed partial class IntegratorScenarios
{
    [Fact]
    public async Task A_pushed_sale_is_tapped_once_and_its_webhook_comes_through_softpos_listen()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using Stack stack = await Stack.StartAsync();
        string[] where = ["--port", stack.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--data", stack.Data];
        using HttpListener receiver = new();
        int port = Stack.FreePort();
        receiver.Prefixes.Add($"http://127.0.0.1:{port}/");
        receiver.Start();
        await using SoftPosProcess listen = SoftPosProcess.Start(["listen", "--forward-to", $"http://127.0.0.1:{port}/hooks", .. where]);
        byte[] secret = StandardWebhook.ReadSecret(Secret().Match(await listen.WaitForAsync("whsec_")).Value)!;
        await using SoftPosProcess phone = SoftPosProcess.Start(["orders", "take", "--count", "1", .. where]);
        Guid terminal = Guid.Parse(Terminal().Match(await phone.WaitForAsync("waits for orders")).Groups[1].Value);

        using SoftPosClient client = new(stack.Address, await File.ReadAllTextAsync(Path.Combine(stack.Data, "sandbox-api.key"), cancellation));
        OrderInput order = new() { TerminalId = terminal, AmountMinor = 1250, Reference = "till 1, receipt 17" };
        OrderView pushed = await client.PushAsync(order, "till-1-17", cancellation);
        Assert.Equal(pushed.Order, (await client.PushAsync(order, "till-1-17", cancellation)).Order);
        List<string> types = [];
        while (!types.Contains("payment.approved"))
        {
            HttpListenerContext call = await receiver.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60), cancellation);
            using MemoryStream body = new();
            await call.Request.InputStream.CopyToAsync(body, cancellation);
            string? Header(string name) => call.Request.Headers[name];
            Assert.True(StandardWebhook.Verify(
                secret, Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), body.ToArray(), TimeProvider.System.GetUtcNow()));
            types.Add(System.Text.Json.JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("type").GetString()!);
            call.Response.StatusCode = 204;
            call.Response.Close();
        }

        Assert.Equal(["order.created", "order.delivered", "order.accepted", "payment.approved"], types);
        OrderView ended = await client.WaitAsync(pushed.Order.OrderId, cancellation);
        Assert.Equal((pushed.Order.OrderId, PaymentState.Approved, 1250L), (ended.Payment!.PaymentId, ended.Payment.State, ended.Payment.AmountMinor));
        Assert.Equal(0, await phone.WaitAsync());
        Assert.Equal(PaymentState.Voided, (await client.VoidAsync(ended.Payment.PaymentId, "void-17", cancellation)).State);
        Assert.Equal(0, await listen.InterruptAsync());
    }

    [GeneratedRegex(@"whsec_\S+")]
    private static partial Regex Secret();

    [GeneratedRegex(@"terminal (\S+) waits")]
    private static partial Regex Terminal();
}
