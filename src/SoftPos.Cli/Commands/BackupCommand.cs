using System.CommandLine;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos backup</c>: a copy of the database of a running stack.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Option<bool> json = StackOptions.Json();
        Command command = new("backup", "Copy the database of the running stack into its folder backups; sales go on meanwhile.") { port, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            string body = await link.PostAsync("operator/v1/backups", null, cancellation);
            JsonObject backup = JsonNode.Parse(body)!.AsObject();
            Console.Out.WriteLine(parsed.GetValue(json) ? body : $"""
                {backup["file"]}
                sha256 {backup["sha256"]}, {backup["journalSize"]} journal entries
                check it with  softpos verify {backup["file"]}
                It opens with the keys of this installation only (master.key, or the token): keep those elsewhere.
                """);
            return 0;
        });
        return command;
    }
}
