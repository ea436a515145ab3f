using Microsoft.Data.Sqlite;

namespace SoftPos.Scenarios;

/// <summary>What the journal proves, to somebody who does not trust us.</summary>
public sealed class VerifyScenarios
{
    [Fact]
    [Requirement("MON-03")]
    public async Task A_sale_is_proven_offline_and_an_edited_journal_says_where()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using Stack stack = await Stack.StartAsync();
        (int sold, System.Text.Json.Nodes.JsonObject sale, string output) = await stack.SaleAsync("12.50");
        Assert.True(sold == 0, output);
        using HttpClient http = new() { BaseAddress = stack.Address };
        string key = Keep(stack, "log.key", await http.GetStringAsync(new Uri("log/v1/key", UriKind.Relative), cancellation));
        string checkpoint = Keep(stack, "checkpoint", await http.GetStringAsync(new Uri("log/v1/checkpoint", UriKind.Relative), cancellation));
        string payment = sale["paymentId"]!.GetValue<string>();
        string json = await http.GetStringAsync(new Uri($"log/v1/proof/{payment}", UriKind.Relative), cancellation);
        string proof = Keep(stack, "proof.json", json);

        (int code, string text) = await SoftPosProcess.RunAsync("verify", proof, "--key", key);
        Assert.True(code == 0, text);
        Assert.Contains("payment.approved", text, StringComparison.Ordinal);
        string forged = Keep(stack, "forged.json", json.Replace("payment.approved", "payment.reversed", StringComparison.Ordinal));
        (code, text) = await SoftPosProcess.RunAsync("verify", forged, "--key", key);
        Assert.Equal(3, code);
        Assert.Contains("NOT AS WRITTEN", text, StringComparison.Ordinal);

        string database = Path.Combine(stack.Data, "softpos.db");
        (code, text) = await SoftPosProcess.RunAsync("verify", database, "--key", key, "--checkpoint", checkpoint);
        Assert.True(code == 0, text);
        await stack.Server.KillAsync();
        Edit(database, "UPDATE journal SET kind = 'payment.declined' WHERE kind = 'payment.approved'");
        (code, text) = await SoftPosProcess.RunAsync("verify", database);
        Assert.Equal(3, code);
        Assert.Contains("time, kind, subject or content hash is not what was hashed", text, StringComparison.Ordinal);
    }

    private static string Keep(Stack stack, string name, string text)
    {
        string path = Path.Combine(stack.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static void Edit(string database, string sql)
    {
        using SqliteConnection connection = new($"Data Source={database};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
