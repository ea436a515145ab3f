using System.CommandLine;
using SoftPos.Keys;

namespace SoftPos.Cli.Commands.Keys;

/// <summary><c>softpos keys</c>: the life of keys under dual control, and the key room as a process of its own.</summary>
internal static class KeysCommand
{
    /// <summary>Words of the command line for the purposes of the key store.</summary>
    private static readonly Dictionary<string, string> Purposes = new(StringComparer.Ordinal)
    {
        ["data"] = KeyPurposes.AccountData,
        ["pin"] = KeyPurposes.Pin,
        ["zone-aes"] = KeyPurposes.ZonePinAes,
        ["zone-tdes"] = KeyPurposes.ZonePinTdes,
        ["protection"] = KeyPurposes.KeyBlockProtection,
    };

    public static Command Create() => Create(new ConsoleTerminal());

    internal static Command Create(ICeremonyTerminal terminal)
    {
        Command command = new("keys", "Keys: list them, hold a ceremony, run the key room as a process of its own.")
        {
            KeysServeCommand.Create(terminal),
            Folder("list", "List the keys with state, check value and period.", terminal, (folder, _, stop) => KeyMinutes.ListAsync(folder, terminal, stop)),
            Enrol(terminal),
            Generate(terminal),
            KeysSharesCommand.Create(terminal, PurposeOf, Purposes.Keys),
            KeysImportCommand.Create(terminal, PurposeOf, Purposes.Keys),
            Step("activate", KeyAction.Activate, "Put a waiting or suspended key into use.", terminal),
            Step("rotate", KeyAction.Rotate, "Make the next version of a base derivation key; the one before only opens.", terminal),
            Step("suspend", KeyAction.Suspend, "Take a key out of use for the time being.", terminal),
            Step("compromise", KeyAction.Compromise, "End the use of a key, and of all that came in under it, for ever.", terminal),
            Step("destroy", KeyAction.Destroy, "Remove the bytes of a key that is not active.", terminal),
            End("approve", "Approve what another custodian proposed; it is then done.", isApproval: true, terminal),
            End("refuse", "Refuse what was proposed, or take one's own proposal back.", isApproval: false, terminal),
            Record(terminal),
        };
        return command;
    }

    internal static string PurposeOf(string word) => Purposes.TryGetValue(word, out string? purpose)
        ? purpose
        : throw new CommandException($"--purpose {word}: expected one of {string.Join(", ", Purposes.Keys)}");

    /// <summary>A command over an open folder.</summary>
    internal static Command Folder(
        string name, string description, ICeremonyTerminal terminal, Func<KeyFolder, ParseResult, CancellationToken, Task<int>> run, params Symbol[] symbols)
    {
        KeyFolderOptions options = new();
        Command command = new(name, description);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        options.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            await using KeyFolder folder = await options.OpenAsync(result, terminal, cancellation);
            return await run(folder, result, cancellation);
        });
        return command;
    }

    private static Command Enrol(ICeremonyTerminal terminal)
    {
        Argument<string> name = new("name") { Description = "Name of the custodian: lower-case letters, digits, '.', '-'." };
        return Folder("enrol", "Enter one of the first two custodians, or propose another one.", terminal, async (folder, result, stop) =>
        {
            string custodian = result.GetValue(name)!;
            if (await folder.Custodians.AreFirstMissingAsync(stop))
            {
                string first = CeremonyPersons.ChoosePassphrase(terminal, custodian);
                return await folder.Custodians.EnterFirstAsync(custodian, first, stop)
                    ? Said(terminal, $"{custodian} is a custodian.")
                    : throw new CommandException($"{custodian} cannot be entered: the name is taken or not fit");
            }

            string proposer = await CeremonyPersons.SignInAsync(folder, terminal, "proposing custodian", stop);
            string passphrase = CeremonyPersons.ChoosePassphrase(terminal, custodian);
            return KeyMinutes.Report(terminal, await folder.Ceremonies.ProposeCustodianAsync(custodian, passphrase, proposer, stop));
        }, name);
    }

    private static Command Generate(ICeremonyTerminal terminal)
    {
        Argument<string> name = new("name") { Description = "Name of the key, such as bdk.data.2." };
        Option<string> purpose = new("--purpose") { Description = "data or pin.", Required = true };
        Option<string> owner = new("--owner") { Description = "Who answers for the key.", Required = true };
        Option<int?> days = new("--days") { Description = "Crypto-period in days." };
        return Folder("generate", "Propose a new base derivation key, made inside the vault.", terminal, async (folder, result, stop) =>
        {
            KeyProposal proposal = new()
            {
                Action = KeyAction.Generate,
                Subject = result.GetValue(name)!,
                Purpose = PurposeOf(result.GetValue(purpose)!),
                Owner = result.GetValue(owner)!,
                Period = PeriodOf(result.GetValue(days)),
            };
            string proposer = await CeremonyPersons.SignInAsync(folder, terminal, "proposing custodian", stop);
            return KeyMinutes.Report(terminal, await folder.Ceremonies.ProposeAsync(proposal, proposer, stop));
        }, name, purpose, owner, days);
    }

    internal static TimeSpan? PeriodOf(int? days)
    {
        const int TenYears = 3653;
        return days is null ? null
            : days is > 0 and <= TenYears ? TimeSpan.FromDays(days.Value)
            : throw new CommandException($"--days {days}: expected 1 to {TenYears}");
    }

    private static Command Step(string word, KeyAction action, string description, ICeremonyTerminal terminal)
    {
        Argument<string> name = new("name") { Description = "Name of the key." };
        Option<string?> reason = new("--reason") { Description = "Why; stands in the minutes." };
        return Folder(word, description, terminal, async (folder, result, stop) =>
        {
            KeyProposal proposal = new() { Action = action, Subject = result.GetValue(name)!, Reason = result.GetValue(reason) ?? string.Empty };
            string proposer = await CeremonyPersons.SignInAsync(folder, terminal, "proposing custodian", stop);
            return KeyMinutes.Report(terminal, await folder.Ceremonies.ProposeAsync(proposal, proposer, stop));
        }, name, reason);
    }

    private static Command End(string word, string description, bool isApproval, ICeremonyTerminal terminal)
    {
        Argument<long> number = new("ceremony") { Description = "Number of the ceremony." };
        return Folder(word, description, terminal, async (folder, result, stop) =>
        {
            long ceremony = result.GetValue(number);
            await KeyMinutes.ShowAsync(folder, terminal, ceremony, stop);
            string person = await CeremonyPersons.SignInAsync(folder, terminal, isApproval ? "approving custodian" : "custodian", stop);
            CeremonyOutcome outcome = isApproval
                ? await folder.Ceremonies.ApproveAsync(ceremony, person, stop)
                : await folder.Ceremonies.CloseAsync(ceremony, person, stop);
            int code = KeyMinutes.Report(terminal, outcome);
            await KeyMinutes.ShowAsync(folder, terminal, ceremony, stop);
            return code;
        }, number);
    }

    private static Command Record(ICeremonyTerminal terminal)
    {
        Argument<string> subject = new("subject") { Description = "Number of a ceremony, or name of a key." };
        return Folder("record", "Print the minutes of a ceremony, or all of a key's; they hold no secret.", terminal, async (folder, result, stop) =>
        {
            string text = result.GetValue(subject)!;
            await (long.TryParse(text, out long number)
                ? KeyMinutes.ShowAsync(folder, terminal, number, stop)
                : KeyMinutes.ShowAllAsync(folder, terminal, text, stop));
            return 0;
        }, subject);
    }

    private static int Said(ICeremonyTerminal terminal, string text)
    {
        terminal.Say(text);
        return 0;
    }
}
