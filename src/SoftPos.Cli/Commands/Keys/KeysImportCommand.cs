using System.CommandLine;
using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands.Keys;

/// <summary><c>softpos keys import</c>: a key comes in components, in shares, or in a key block under a protection key.</summary>
internal static class KeysImportCommand
{
    public static Command Create(ICeremonyTerminal terminal, Func<string, string> purposeOf, IEnumerable<string> purposes)
    {
        Argument<string> name = new("name") { Description = "Name of the key." };
        Option<string> purpose = new("--purpose") { Description = $"One of {string.Join(", ", purposes)}.", Required = true };
        Option<string> owner = new("--owner") { Description = "Who answers for the key.", Required = true };
        Option<int?> days = new("--days") { Description = "Crypto-period in days." };
        Option<int?> components = new("--components") { Description = "Number of full-length components: 2 or 3." };
        Option<bool> shares = new("--shares") { Description = "The key comes in M-of-N shares." };
        Option<string?> block = new("--block") { Description = "File with a key block (X9.143 version D)." };
        Option<string?> under = new("--under") { Description = "Name of the protection key of the key block." };
        Option<string?> checkValue = new("--check-value") { Description = "CMAC check value that the key must have." };
        return KeysCommand.Folder("import", "Propose to take a key in: components, shares or a key block.", terminal, async (folder, result, stop) =>
        {
            KeyProposal proposal = new()
            {
                Action = KeyAction.Import,
                Subject = result.GetValue(name)!,
                Purpose = purposeOf(result.GetValue(purpose)!),
                Owner = result.GetValue(owner)!,
                Period = KeysCommand.PeriodOf(result.GetValue(days)),
            };
            byte[] expected = CheckValueOf(result.GetValue(checkValue));
            Entry entry = (result.GetValue(components), result.GetValue(shares), result.GetValue(block)) switch
            {
                ({ } count, false, null) => await ComponentsAsync(folder, terminal, proposal.Purpose, count, stop),
                (null, true, null) => await SharesAsync(folder, terminal, stop),
                (null, false, { } file) => await BlockAsync(folder, proposal.Purpose, file, result.GetValue(under), stop),
                _ => throw new CommandException("say how the key comes: --components 2, --shares, or --block FILE --under KEY"),
            };
            try
            {
                terminal.Say($"check value of the key: {Check(proposal.Purpose, entry.Key)}");
                string proposer = await CeremonyPersons.SignInAsync(folder, terminal, "proposing custodian", stop);
                proposal = proposal with { Method = entry.Method, Holders = entry.Holders, Parent = entry.Parent };
                return KeyMinutes.Report(terminal, await folder.Ceremonies.ProposeImportAsync(proposal, proposer, entry.Key, expected, stop));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(entry.Key);
            }
        }, name, purpose, owner, days, components, shares, block, under, checkValue);
    }

    private static async Task<Entry> ComponentsAsync(
        KeyFolder folder, ICeremonyTerminal terminal, string purpose, int count, CancellationToken cancellation)
    {
        if (count is < KeyComponents.Fewest or > KeyComponents.Most)
        {
            throw new CommandException($"--components {count}: expected {KeyComponents.Fewest} or {KeyComponents.Most}");
        }

        List<byte[]> parts = [];
        List<string> holders = [];
        try
        {
            for (int i = 1; i <= count; i++)
            {
                string holder = await HolderAsync(folder, terminal, $"holder of component {i} of {count}", holders, cancellation);
                byte[] part = Hexadecimal(terminal.AskHidden($"component {i}, hexadecimal"));
                if (!KeyComponents.LengthFits(purpose, part.Length))
                {
                    throw new CommandException($"a component of {part.Length} bytes does not fit a key for {purpose}; nothing was kept");
                }

                parts.Add(part);
                terminal.Say($"check value of component {i}: {Check(purpose, part)}");
                RequireYes(terminal, $"{holder}: is that the check value on your form? yes or no");
            }

            byte[] key = KeyComponents.TryCombine(parts) ?? throw new CommandException("components of different lengths, or equal ones; nothing was kept");
            return new Entry(key, $"{count} components", holders, null);
        }
        finally
        {
            parts.ForEach(static part => CryptographicOperations.ZeroMemory(part));
        }
    }

    private static async Task<Entry> SharesAsync(KeyFolder folder, ICeremonyTerminal terminal, CancellationToken cancellation)
    {
        List<KeyShare> shares = [];
        List<string> holders = [];
        try
        {
            do
            {
                await HolderAsync(folder, terminal, $"holder of share {shares.Count + 1}", holders, cancellation);
                shares.Add(KeyShare.TryParse(terminal.AskHidden("share"))
                    ?? throw new CommandException("that is no share, or its checksum differs: a character was mistyped; nothing was kept"));
                terminal.Say($"share {shares[^1].Index} taken, {Math.Max(0, shares[0].Threshold - shares.Count)} more needed");
            }
            while (shares.Count < shares[0].Threshold);

            byte[] key = KeyShares.TryCombine(shares) ?? throw new CommandException("the shares are not of one set, or one came twice; nothing was kept");
            return new Entry(key, $"{shares[0].Threshold} shares", holders, null);
        }
        finally
        {
            shares.ForEach(static share => share.Dispose());
        }
    }

    private static async Task<Entry> BlockAsync(KeyFolder folder, string purpose, string file, string? under, CancellationToken cancellation)
    {
        if (under is null)
        {
            throw new CommandException("--block needs --under, the name of its protection key");
        }

        KeyRecord? parent = await folder.Database.Keys.FindAsync(under, cancellation);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (parent is null || parent.Purpose != KeyPurposes.KeyBlockProtection || !KeyUse.May(parent, KeyUsePurpose.Process, now))
        {
            throw new CommandException($"{under} is no key block protection key in use; see softpos keys list");
        }

        const int LongestBlock = 9999;
        FileInfo info = new(file);
        string text = info is { Exists: true, Length: <= LongestBlock + 2 }
            ? (await File.ReadAllTextAsync(file, cancellation)).Trim()
            : throw new CommandException($"{file} is not there, or longer than a key block");
        using KeyBlockProtectionKey protection = folder.Room.Vault.OpenProtectionKey(parent);
        if (!KeyBlock.TryUnwrap(protection, text, out KeyBlockContent? content, out KeyBlockFault fault))
        {
            throw new CommandException($"the key block does not open under {under}: {fault.Kind} at character {fault.Offset}");
        }

        using (content)
        {
            return Fits(content!, purpose)
                ? new Entry(content!.Key.ToArray(), "key block", [], under)
                : throw new CommandException(
                    $"the block holds a key of usage {content!.Header.Usage}{content.Header.Algorithm}{content.Header.ModeOfUse}, "
                    + $"which is none for {purpose}");
        }
    }

    /// <summary>Only version D, and only what its header allows: the key may not do more here than its sender said.</summary>
    private static bool Fits(KeyBlockContent content, string purpose) => content.Header.Version == 'D' && purpose switch
    {
        KeyPurposes.AccountData or KeyPurposes.Pin => content.Is("B0", 'A', "X"),
        KeyPurposes.ZonePinAes => content.Is("P0", 'A', "BE"),
        KeyPurposes.ZonePinTdes => content.Is("P0", 'T', "BE"),
        KeyPurposes.KeyBlockProtection => content.Is("K1", 'A', "BD"),
        _ => false,
    };

    /// <summary>Signs the holder of a part in; one person never enters two.</summary>
    private static async Task<string> HolderAsync(
        KeyFolder folder, ICeremonyTerminal terminal, string role, List<string> before, CancellationToken cancellation)
    {
        string holder = await CeremonyPersons.SignInAsync(folder, terminal, role, cancellation);
        if (before.Contains(holder))
        {
            throw new CommandException($"{holder} has entered a part already; who knows two parts knows too much; nothing was kept");
        }

        before.Add(holder);
        return holder;
    }

    private static string Check(string purpose, ReadOnlySpan<byte> key) =>
        KeyComponents.LengthFits(purpose, key.Length) ? Convert.ToHexString(KeyComponents.CheckValue(purpose, key)) : "none, for the length does not fit";

    private static byte[] CheckValueOf(string? text) => text is null ? []
        : text.Length is >= 6 and <= 10 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text)
        : throw new CommandException($"--check-value {text}: expected 6 to 10 hexadecimal digits");

    private static byte[] Hexadecimal(string text)
    {
        string digits = text.Replace(" ", string.Empty, StringComparison.Ordinal);
        return digits.Length > 0 && digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new CommandException("that is not hexadecimal; nothing was kept");
    }

    private static void RequireYes(ICeremonyTerminal terminal, string question)
    {
        if (terminal.Ask(question) != "yes")
        {
            throw new CommandException("the check value was not confirmed; nothing was kept");
        }
    }

    /// <summary>A key that was just entered.</summary>
    private sealed record Entry(byte[] Key, string Method, IReadOnlyList<string> Holders, string? Parent)
    {
        public override string ToString() => Method;
    }
}
