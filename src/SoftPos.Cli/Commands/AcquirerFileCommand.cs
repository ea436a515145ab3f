using System.CommandLine;
using System.Globalization;
using SoftPos.Lab.Acquirer;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos acquirer-file</c>: what the lab acquirer would send at the end of a day, from its ledger.</summary>
internal static class AcquirerFileCommand
{
    private const string LabAcquirer = "00000000001";

    public static Command Create()
    {
        Option<string?> ledger = new("--ledger") { Description = "Ledger of the lab acquirer; without it the one in the data folder." };
        Option<string> data = StackOptions.Data();
        Option<DateTimeOffset?> from = new("--from") { Description = "Begin of the period; without it the begin of the ledger." };
        Option<DateTimeOffset?> to = new("--to") { Description = "End of the period; without it now." };
        Option<string?> output = new("--out") { Description = "File to write; without it the standard output." };
        Command command = new("acquirer-file", "Write the lab acquirer's file of a period, for reconcile.") { ledger, data, from, to, output };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(ledger) ?? Path.Combine(parsed.GetValue(data)!, "acquirer-ledger.jsonl");
            if (!File.Exists(path))
            {
                throw new CommandException($"--ledger {path}: there is no such file", 2);
            }

            using LabLedger books = LabLedger.Read(path);
            DateTimeOffset end = parsed.GetValue(to) ?? TimeProvider.System.GetUtcNow().AddSeconds(1);
            DateTimeOffset begin = parsed.GetValue(from) ?? (books.Entries is [{ } first, ..] ? first.At.AddSeconds(-1) : end.AddDays(-1));
            using StringWriter text = new(CultureInfo.InvariantCulture);
            LabAcquirerFile.Write(books.Originals, LabAcquirer, begin, end, text);
            if (parsed.GetValue(output) is { } file)
            {
                File.WriteAllText(file, text.ToString());
            }
            else
            {
                Console.Out.Write(text.ToString());
            }

            return 0;
        });
        return command;
    }
}
