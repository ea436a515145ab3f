using System.Text.RegularExpressions;

namespace SoftPos.House;

/// <summary>What the code may compute with, how it may compare, and what must never lie in the tree.</summary>
public partial class CryptographyTests
{
    private const string Inventory = "docs/security/cryptography.md";

    /// <summary>Rooms that play cards, issuers and phones; they ship with the sandbox alone.</summary>
    private const string Lab = "src/SoftPos.Lab/";

    /// <summary>Comparisons of something secret-sounding that is public, each with its reason.</summary>
    private static readonly Dictionary<string, string> PublicComparisons = new()
    {
        ["src/SoftPos.Keys/Life/KeyCeremonies.cs"] = "a check value is printed on the component's envelope",
        ["src/SoftPos.Emv/Rules/CombinedAuthentication.cs"] = "the card sent the cryptogram twice; both are on the air",
    };

    /// <summary>Ranges that schemes and the lab give to tests.</summary>
    private static readonly string[] TestRanges =
    [
        "476173", "541333", "411111", "400000", "550000", "505244", "675964", "374245", "621094", "601100", "401288", "354059",

        // A DER sequence of two small integers, which by chance has the right check digit.
        "30060201",
    ];

    [Fact]
    [Requirement("CRY-01")]
    public void Weak_algorithms_stand_only_where_the_inventory_says_why()
    {
        (string Name, Regex Pattern, string[] Places)[] rows = [.. Tree.Lines(Inventory)
            .Select(line => InventoryRow().Match(line)).Where(match => match.Success)
            .Select(match => (
                match.Groups["name"].Value.Trim(),
                new Regex(match.Groups["pattern"].Value.Replace("\\|", "|", StringComparison.Ordinal)),
                match.Groups["places"].Value.Split(',', StringSplitOptions.TrimEntries)))];
        Assert.True(rows.Length >= 6, $"{Inventory} has lost its second table");
        List<string> faults = [];
        foreach ((string name, Regex pattern, string[] places) in rows)
        {
            string[] users = [.. Sources().Where(path => Code(path).Any(line => pattern.IsMatch(line.Text)))];
            faults.AddRange(users.Where(path => !places.Any(place => path.StartsWith($"src/{place}", StringComparison.Ordinal)))
                .Select(path => $"{name} is used in {path}, which {Inventory} does not name"));
            faults.AddRange(places.Where(place => !users.Any(path => path.StartsWith($"src/{place}", StringComparison.Ordinal)))
                .Select(place => $"{Inventory} names {place} for {name}, and nothing there uses it"));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    [Requirement("CRY-01")]
    public void Broken_algorithms_cannot_be_written_at_all()
    {
        string banned = File.ReadAllText(Path.Combine(Tree.Root, "eng/BannedSymbols.txt"));
        foreach (string type in (string[])["MD5", "HMACMD5", "DES", "RC2", "DSA"])
        {
            Assert.Contains($"T:System.Security.Cryptography.{type};", banned, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("CRY-08")]
    public void Secrets_are_compared_in_constant_time()
    {
        List<string> early = [];
        foreach (string path in Sources())
        {
            early.AddRange(Code(path).Where(line => EarlyComparison().IsMatch(line.Text) && SecretName().IsMatch(line.Text))
                .Where(_ => !PublicComparisons.ContainsKey(path))
                .Select(line => $"{path}:{line.Number}: {line.Text.Trim()}"));
        }

        Assert.True(early.Count == 0, $"CryptographicOperations.FixedTimeEquals is for these:\n{string.Join('\n', early)}");
        string[] stale = [.. PublicComparisons.Keys.Where(path => !Code(path).Any(line => EarlyComparison().IsMatch(line.Text)))];
        Assert.True(stale.Length == 0, $"no longer compared there: {string.Join(", ", stale)}");
    }

    [Theory]
    [InlineData("if (mac.SequenceEqual(expected))", true)]
    [InlineData("return expected.AsSpan().SequenceEqual(cryptogram);", true)]
    [InlineData("bool same = _secretHash.SequenceEqual(hash);", true)]
    [InlineData("return token == expected;", true)]
    [InlineData("return token.Length == TokenLength;", false)]
    [InlineData("return name.SequenceEqual(other);", false)]
    [InlineData("return token is null;", false)]
    public void The_rule_sees_what_it_is_for(string line, bool seen) =>
        Assert.Equal(seen, EarlyComparison().IsMatch(line) && SecretName().IsMatch(line));

    [Fact]
    [Requirement("PRC-01", Partly = true)]
    public void No_private_key_or_account_lies_in_the_tree()
    {
        List<string> found = [];
        foreach (string path in Tree.Files(".cs", ".json", ".md", ".yaml", ".yml", ".props", ".razor", ".js", ".pem", ".key", ".txt", ".sh", ".xml", ".cshtml"))
        {
            foreach (string line in Tree.Lines(path))
            {
                if (PrivateKey().IsMatch(line) && !path.EndsWith("CryptographyTests.cs", StringComparison.Ordinal))
                {
                    found.Add($"{path}: a private key");
                }

                found.AddRange(AccountNumber().Matches(line).Where(match => IsRealAccount(match.Value)).Select(match => $"{path}: {match.Value[..6]}…"));
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found.Distinct()));
    }

    [Theory]
    [InlineData("45320151" + "12830366", true)]
    [InlineData("4761739001010119", false)]
    [InlineData("45320151" + "12830367", false)]
    [InlineData("1111111111111117", false)]
    public void An_account_is_real_when_its_check_digit_is_right_and_no_test_range_holds_it(string digits, bool real) =>
        Assert.Equal(real, IsRealAccount(digits));

    /// <summary>The check digit is right, the first digit is of a card scheme, and it is of no published test range nor of the lab's.</summary>
    private static bool IsRealAccount(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            int doubled = i % 2 == 1 ? digit * 2 : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return sum % 10 == 0 && digits[0] is '3' or '4' or '5' or '6' && digits.Distinct().Count() > 4
            && !TestRanges.Any(range => digits.StartsWith(range, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources() => Tree.Files(".cs")
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal) && !path.StartsWith(Lab, StringComparison.Ordinal));

    /// <summary>Lines without comments.</summary>
    private static IEnumerable<(int Number, string Text)> Code(string path) => Tree.Lines(path)
        .Select((line, index) => (index + 1, Comment().Replace(line, string.Empty)));

    [GeneratedRegex(@"^\| (?<name>[^|]+) \| `(?<pattern>(?:[^`])+)` \| [^|]+ \| (?<places>[^|]+) \|")]
    private static partial Regex InventoryRow();

    [GeneratedRegex(@"//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(mac|secret|cryptogram|passphrase|pinblock|checkvalue|token|authcode)s?(hash|bytes|value)?\s*[!=]=\s*(?!null|default)[a-z_]+\b(?!\.)|SequenceEqual\(", RegexOptions.IgnoreCase)]
    private static partial Regex EarlyComparison();

    [GeneratedRegex(@"(?i)\b_?(expected)?(mac|secret|cryptogram|passphrase|pinblock|checkvalue|token|authcode)s?(hash|bytes|value)?\b(?=\s*(\)|\.AsSpan|\.Span|\.SequenceEqual|[!=]=|;|\[))")]
    private static partial Regex SecretName();

    [GeneratedRegex("-----BEGIN (EC |RSA |ENCRYPTED |)PRIVATE KEY-----|\"d\"\\s*:\\s*\"[A-Za-z0-9_-]{40,}\"")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"(?<![0-9A-Fa-f.])[3-6][0-9]{12,18}(?![0-9A-Fa-f.])")]
    private static partial Regex AccountNumber();
}
