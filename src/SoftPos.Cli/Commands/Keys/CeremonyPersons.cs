using SoftPos.Keys;

namespace SoftPos.Cli.Commands.Keys;

/// <summary>Who sits at the terminal.</summary>
internal static class CeremonyPersons
{
    /// <summary>A custodian proves to be one.</summary>
    /// <exception cref="CommandException">Not a custodian, or another passphrase; no more is said.</exception>
    public static async Task<string> SignInAsync(KeyFolder folder, ICeremonyTerminal terminal, string role, CancellationToken cancellation)
    {
        if (await folder.Custodians.AreFirstMissingAsync(cancellation))
        {
            throw new CommandException("there are no two custodians yet; enter them with softpos keys enrol NAME");
        }

        string name = terminal.Ask(role);
        return await folder.Custodians.IsAsync(name, terminal.AskHidden($"passphrase of {name}"), cancellation)
            ? name
            : throw new CommandException("that is no custodian with this passphrase; nothing was done");
    }

    public static string ChoosePassphrase(ICeremonyTerminal terminal, string name)
    {
        string first = terminal.AskHidden($"new passphrase of {name}, {Custodians.ShortestPassphrase} characters or more");
        return first.Length < Custodians.ShortestPassphrase ? throw new CommandException("the passphrase is too short; nothing was done")
            : terminal.AskHidden("once more") == first ? first
            : throw new CommandException("the two passphrases differ; nothing was done");
    }
}
