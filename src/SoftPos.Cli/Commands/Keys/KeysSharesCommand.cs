using System.CommandLine;
using System.Security.Cryptography;
using SoftPos.Keys;

namespace SoftPos.Cli.Commands.Keys;

/// <summary>
/// <c>softpos keys shares</c>: makes a key in the memory of this process and shows one share to each holder in turn, the screen cleared in
/// between. The key itself is never shown and rests nowhere; it comes to life again where M holders import it.
/// </summary>
internal static class KeysSharesCommand
{
    public static Command Create(ICeremonyTerminal terminal, Func<string, string> purposeOf, IEnumerable<string> purposes)
    {
        Option<string> purpose = new("--purpose") { Description = $"One of {string.Join(", ", purposes)}.", Required = true };
        Option<int> length = new("--length") { Description = "Length of the key in bytes: 16, 24 or 32.", DefaultValueFactory = _ => 32 };
        Option<int> threshold = new("--threshold") { Description = "Shares that are needed to import the key.", DefaultValueFactory = _ => 2 };
        Option<int> count = new("--count") { Description = "Shares that are made.", DefaultValueFactory = _ => 3 };
        Command command = new("shares", "Make a key as M-of-N shares for an import here or elsewhere; nothing is kept.") { purpose, length, threshold, count };
        command.SetAction(result =>
        {
            string kind = purposeOf(result.GetValue(purpose)!);
            (int bytes, int needed, int made) = (result.GetValue(length), result.GetValue(threshold), result.GetValue(count));
            if (!KeyComponents.LengthFits(kind, bytes))
            {
                throw new CommandException($"--length {bytes}: does not fit a key for {kind}");
            }

            if (needed < KeyShares.LeastThreshold || made > KeyShares.MostShares || made < needed)
            {
                throw new CommandException(
                    $"--threshold {needed} --count {made}: expected {KeyShares.LeastThreshold} or more, and a count from the threshold to {KeyShares.MostShares}");
            }

            Show(terminal, kind, bytes, needed, made);
            return 0;
        });
        return command;
    }

    private static void Show(ICeremonyTerminal terminal, string purpose, int length, int threshold, int count)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        RandomNumberGenerator.Fill(key);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        IReadOnlyList<KeyShare> shares = KeyShares.Split(key, threshold, count, random);
        try
        {
            string check = Convert.ToHexString(KeyComponents.CheckValue(purpose, key));
            CryptographicOperations.ZeroMemory(key);
            terminal.Say($"A key for {purpose}, {length} bytes, check value {check}: {threshold} of {count} shares bring it back.");
            foreach (KeyShare share in shares)
            {
                terminal.Ask($"Holder of share {share.Index} of {count}, alone at the screen: press Enter");
                terminal.Say(share.Text());
                while (terminal.Ask("Written down and checked, with its last four characters? yes") != "yes")
                {
                }

                terminal.Clear();
            }

            terminal.Say($"Done. Check value {check}. Import with softpos keys import NAME --purpose … --shares --check-value {check}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            foreach (KeyShare share in shares)
            {
                share.Dispose();
            }
        }
    }
}
