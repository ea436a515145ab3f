using System.Net;
using System.Net.Sockets;
using System.Text;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

public sealed class ReceiptTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_receipt_has_a_page_that_nobody_guesses_and_a_proof_that_holds_offline()
    {
        await using IntegratorStand stand = await IntegratorStand.StartAsync();
        using SoftPosClient client = stand.Client(stand.KeyA);
        Uri page = new((await client.PaymentAsync(IntegratorStand.PaymentA, None)).ReceiptUrl!);
        (HttpStatusCode status, string html) = await stand.SendAsync("GET", page.AbsolutePath, null);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("476173******0119", html, StringComparison.Ordinal);
        Assert.Contains("12.50 EUR", html, StringComparison.Ordinal);
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<shop-a>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        foreach (int at in (int[])[3, 20, 30, 44])
        {
            char[] guess = page.AbsolutePath.ToCharArray();
            guess[at] = guess[at] == 'A' ? 'B' : 'A';
            Assert.Equal(HttpStatusCode.NotFound, (await stand.SendAsync("GET", new string(guess), null)).Status);
        }

        (_, string json) = await stand.SendAsync("GET", page.AbsolutePath + "/proof", null);
        Assert.True(JournalProof.TryParse(json, out JournalProof proof));
        (_, string key) = await stand.SendAsync("GET", "/log/v1/key", null);
        Assert.True(NoteVerifier.TryParse(key.Trim(), out NoteVerifier log));
        Assert.Null(proof.Verify(log));
        Assert.Equal("""{"amountMinor":1250}""", Assert.Single(proof.Entries).Content);
        JournalProof forged = proof with { Entries = [proof.Entries[0] with { Content = """{"amountMinor":9250}""" }] };
        Assert.Contains("content", forged.Verify(log), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_copies_are_masked_and_stand_in_every_language_of_the_catalogue()
    {
        Assert.Equal(ReasonCatalogue.Languages.Order(), ReceiptWords.Tags.Order());
        PaymentRecord payment = IntegratorStand.Payment(IntegratorStand.PaymentA, "m", IntegratorStand.TerminalA, DateTimeOffset.UnixEpoch) with { Cryptogram = "0102030405060708" };
        foreach (string language in ReasonCatalogue.Languages)
        {
            Uri page = new("https://pay.example/r/token");
            ReceiptPaper customer = ReceiptPaper.Of(payment, null, null, ReceiptCopy.Customer, language, page);
            ReceiptPaper merchant = ReceiptPaper.Of(payment, null, null, ReceiptCopy.Merchant, language, page);
            Assert.NotEqual(customer.Copy, merchant.Copy);
            Assert.Contains("476173******0119", customer.ToText(), StringComparison.Ordinal);
            Assert.Contains(ReasonCatalogue.Get(ReasonCodes.Approved).TextIn(language), customer.ToText(), StringComparison.Ordinal);
            Assert.Contains("0102030405060708", merchant.ToText(), StringComparison.Ordinal);
            Assert.DoesNotContain("0102030405060708", customer.ToText(), StringComparison.Ordinal);
            Assert.Contains(language == "ar" ? "dir=\"rtl\"" : "dir=\"ltr\"", ReceiptHtml.Page(customer), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_receipt_is_sent_by_mail_and_a_server_that_is_away_is_told()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task<string> received = ReceiveMailAsync(listener);
        await using IntegratorStand stand = await IntegratorStand.StartAsync(new MailOptions { Host = "127.0.0.1", Port = port, From = "receipts@pay.example", Tls = false });
        string path = $"/v1/payments/{IntegratorStand.PaymentA}/receipt-emails";
        (HttpStatusCode status, string body) = await stand.SendAsync("POST", path, stand.KeyA, """{"to":"ann@example.com","language":"de"}""", "m1");
        Assert.True(status == HttpStatusCode.Accepted, body);
        string mail = await received;
        Assert.Contains("RCPT TO:<ann@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains("From: receipts@pay.example", mail, StringComparison.Ordinal);
        Assert.Contains("text/html", mail, StringComparison.Ordinal);
        Assert.Contains("476173******0119", mail, StringComparison.Ordinal);
        Assert.Contains("Kundenbeleg", mail, StringComparison.Ordinal);
        listener.Stop();
        (HttpStatusCode away, string problem) = await stand.SendAsync("POST", path, stand.KeyA, """{"to":"ann@example.com"}""", "m2");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, ReasonCodes.MailUnavailable), (away, IntegratorStand.CodeOf(problem)));
        (HttpStatusCode bad, _) = await stand.SendAsync("POST", path, stand.KeyA, """{"to":"a@b.c\r\nBcc: x@y.z"}""", "m3");
        Assert.Equal(HttpStatusCode.BadRequest, bad);
    }

    /// <summary>As much of RFC 5321 as a sender needs.</summary>
    private static async Task<string> ReceiveMailAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(None);
        using StreamReader reader = new(client.GetStream(), Encoding.UTF8);
        await using StreamWriter writer = new(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        StringBuilder all = new();
        bool data = false;
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(None) is { } line)
        {
            all.AppendLine(line);
            if (data)
            {
                data = line != ".";
                if (!data)
                {
                    await writer.WriteLineAsync("250 taken");
                }

                continue;
            }

            data = line.StartsWith("DATA", StringComparison.Ordinal);
            await writer.WriteLineAsync(data ? "354 go on" : line.StartsWith("QUIT", StringComparison.Ordinal) ? "221 bye" : "250 good");
            if (line.StartsWith("QUIT", StringComparison.Ordinal))
            {
                break;
            }
        }

        return all.ToString();
    }
}
