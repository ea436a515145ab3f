using System.CommandLine;
using System.Text.Json.Nodes;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos configuration</c>: reader configurations are checked and published.</summary>
internal static class ConfigurationCommand
{
    public static Command Create() =>
        new("configuration", "Applications, limits and CA keys of the terminals' readers.") { Check(), Publish(), LabDocument() };

    private static Command Check()
    {
        Argument<string> file = FileArgument();
        Command command = new("check", "Check a document as terminals and back end do; every fault is told with file, path and rule.") { file };
        command.SetAction(parsed =>
        {
            ReaderConfiguration read = Read(parsed.GetValue(file)!, out _);
            Console.Out.WriteLine($"good: {read}, {read.CaKeys.Keys.Count} CA keys, {read.CaKeys.Revocations.Count} revocations");
            return 0;
        });
        return command;
    }

    private static Command Publish()
    {
        Argument<string> file = FileArgument();
        Option<string?> country = new("--country") { Description = "For terminals of merchants of this country only, ISO 3166 alpha-2." };
        Option<string?> merchant = new("--merchant") { Description = "For terminals of this merchant only." };
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Command command = new("publish", "Have the back end sign a document and give it to terminals at their next attestation.") { file, country, merchant, port, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = parsed.GetValue(file)!;
            _ = Read(path, out byte[] document);
            string scope = (parsed.GetValue(merchant), parsed.GetValue(country)) switch
            {
                ({ } id, null) => $"merchant:{id}",
                (null, { } code) => $"country:{code}",
                (null, null) => "default",
                _ => throw new CommandException("--country and --merchant: give one of them", 2),
            };
            using OperatorLink link = await OperatorLink.OpenAsync(parsed.GetValue(port), parsed.GetValue(data)!, cancellation);
            using ByteArrayContent content = new(document);
            string name = Uri.EscapeDataString(Path.GetFileName(path));
            string answer = await link.PostAsync($"operator/v1/reader-configurations/{Uri.EscapeDataString(scope)}?name={name}", content, cancellation);
            Console.Out.WriteLine($"published as version {JsonNode.Parse(answer)!["version"]} for {scope}");
            return 0;
        });
        return command;
    }

    private static Command LabDocument()
    {
        Command command = new("lab", "Print the configuration of the lab's phones as a document, to begin with.");
        command.SetAction(_ =>
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(ReaderConfigurationWriter.Write(LabReader.AtTheMarketStall()));
            Console.Out.WriteLine();
            return 0;
        });
        return command;
    }

    private static Argument<string> FileArgument() =>
        new("file") { Description = "The document, see docs/reference/reader-configuration.md." };

    private static ReaderConfiguration Read(string path, out byte[] document)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new CommandException($"{path}: no such file", 2);
        }

        if (file.Length > ReaderConfigurationReader.MaxDocument)
        {
            throw new CommandException($"{path}: longer than {ReaderConfigurationReader.MaxDocument} bytes", 2);
        }

        document = File.ReadAllBytes(path);
        return ReaderConfigurationReader.TryRead(document, path, out ReaderConfiguration? read, out IReadOnlyList<ConfigurationFault> faults)
            ? read
            : throw new CommandException(string.Join(Environment.NewLine, faults), 2);
    }
}
