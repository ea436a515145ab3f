using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos witness</c>: a witness of other installations' logs (C2SP tlog-witness, tlog-cosignature).</summary>
internal static class WitnessCommand
{
    private const int FaultCode = 3;
    private const string KeyFile = "witness.key";

    public static Command Create()
    {
        Command command = new("witness", "Cosign checkpoints of another log, each only as the continuation of the last.");
        command.Subcommands.Add(MakeKey());
        command.Subcommands.Add(Cosign());
        return command;
    }

    private static Command MakeKey()
    {
        Argument<string> name = new("name") { Description = "Name of the witness, such as witness.example/w1; it stands in each cosignature." };
        Option<string> folder = Folder();
        Command command = new("key", "Make the witness's key and print its public half, for those who verify.") { name, folder };
        command.SetAction(parsed =>
        {
            string path = Path.Combine(Directory.CreateDirectory(parsed.GetValue(folder)!).FullName, KeyFile);
            byte[] seed = RandomNumberGenerator.GetBytes(NoteSigner.SeedLength);
            try
            {
                using NoteSigner signer = NoteSigner.ForWitness(parsed.GetValue(name)!, seed);
                FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using StreamWriter file = new(path, options);
                file.Write($"{signer.Verifier.Name}\n{Convert.ToBase64String(seed)}\n");
                Console.Out.WriteLine(signer.Verifier);
                return 0;
            }
            catch (IOException)
            {
                throw new CommandException($"{path} is there already; a witness keeps its key", 2);
            }
            catch (ArgumentException fault)
            {
                throw new CommandException($"name: {fault.Message}", 2);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(seed);
            }
        });
        return command;
    }

    private static Command Cosign()
    {
        Option<string> log = new("--log") { Description = "Verifier key of the log (GET /log/v1/key), or a file that holds it.", Required = true };
        Option<string?> from = new("--from") { Description = "Address of the log's back end; its request for a witness is fetched there." };
        Option<string?> request = new("--request") { Description = "A request in a file instead, as C2SP tlog-witness has it." };
        Option<string?> into = new("--into") { Description = "Write the cosigned checkpoint to this file, for softpos verify --checkpoint." };
        Option<string> folder = Folder();
        Command command = new("cosign", "Check that a log continues what was seen of it, and cosign its checkpoint.") { log, from, request, into, folder };
        command.SetAction((parsed, cancellation) => CosignAsync(
            parsed.GetValue(folder)!, VerifyCommand.KeyOf(parsed.GetValue(log)!, "--log"),
            parsed.GetValue(from) is { } text ? StackOptions.AddressOf("--from", text) : null, parsed.GetValue(request), parsed.GetValue(into),
            cancellation));
        return command;
    }

    private static async Task<int> CosignAsync(
        string folder, NoteVerifier log, Uri? from, string? requestFile, string? into, CancellationToken cancellation)
    {
        if ((from is null) == (requestFile is null))
        {
            throw new CommandException("expected one of --from ADDRESS and --request FILE", 2);
        }

        using NoteSigner signer = OpenKey(folder);
        try
        {
            using LogWitness witness = LogWitness.Open(folder, signer, [log], TimeProvider.System);
            string body = from is null ? ReadFile(requestFile!) : await FetchAsync(from, witness.Seen(log.Name).Size, cancellation);
            WitnessAnswer answer = witness.Take(body);
            if (answer.Status != 200)
            {
                Console.Out.WriteLine($"NOT COSIGNED  {answer.Status}: {answer.Body.TrimEnd()}");
                return FaultCode;
            }

            Console.Out.Write(answer.Body);
            if (into is not null && WitnessRequest.TryParse(body, out WitnessRequest taken))
            {
                await File.WriteAllTextAsync(into, taken.Checkpoint.With(answer.Body).ToString(), cancellation);
            }

            return 0;
        }
        catch (StorageException fault)
        {
            throw new CommandException(fault.Message);
        }
    }

    private static async Task<string> FetchAsync(Uri from, long seen, CancellationToken cancellation)
    {
        using HttpClient http = new() { BaseAddress = from, MaxResponseContentBufferSize = WitnessRequest.MaxLength };
        try
        {
            using HttpResponseMessage response = await http.GetAsync(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"log/v1/witness-request?old={seen}"), UriKind.Relative), cancellation);
            string body = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode
                ? body
                : throw new CommandException($"{from}: the log has no checkpoint of {seen} entries or more: it is shorter than what was seen of it", FaultCode);
        }
        catch (HttpRequestException fault)
        {
            throw new CommandException($"{from}: {fault.Message}");
        }
    }

    private static NoteSigner OpenKey(string folder)
    {
        string path = Path.Combine(folder, KeyFile);
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : throw new CommandException($"{path}: no such key; softpos witness key NAME makes one", 2);
        byte[] seed = new byte[NoteSigner.SeedLength];
        bool isKey = lines.Length == 2 && Convert.TryFromBase64String(lines[1], seed, out int length) && length == seed.Length;
        try
        {
            return isKey ? NoteSigner.ForWitness(lines[0], seed) : throw new CommandException($"{path}: not a witness key", 2);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static string ReadFile(string path) =>
        File.Exists(path) && new FileInfo(path).Length <= WitnessRequest.MaxLength
            ? File.ReadAllText(path)
            : throw new CommandException($"--request {path}: no such file, or longer than {WitnessRequest.MaxLength} bytes", 2);

    private static Option<string> Folder() => new("--folder")
    {
        Description = "Folder of the witness: its key and what it has seen.", DefaultValueFactory = _ => "witness",
    };
}
