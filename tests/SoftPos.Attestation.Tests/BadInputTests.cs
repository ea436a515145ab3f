using System.Diagnostics;
using System.Text.Json;
using SoftPos.Fuzz;

namespace SoftPos.Attestation.Tests;

/// <summary>Every parser of bytes from outside, by seeded mutations: only declared faults, little memory, little time.</summary>
public class BadInputTests
{
    /// <summary>Per started 4 KiB of input.</summary>
    private const long MaxBytes = 64 * 1024;

    private const int Inputs = 2000;

    /// <summary>
    /// Those that build an object graph of a document on purpose (an operator's own file, not a phone's bytes), and whole taps.
    /// </summary>
    private static readonly string[] Documents =
    [
        "policy", "policy-cases", "trust-anchors", "tap-recording", "tap-mask", "kernel4-tap", "kernel5-tap", "kernel6-tap", "kernel7-tap", "kernel8-tap",
    ];

    public static TheoryData<string> Names { get; } = [.. FuzzTargets.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutated_input_of_a_target_gives_declared_faults_within_its_bounds(string name)
    {
        FuzzTarget target = FuzzTargets.All[name];
        SeededRunResult warm = SeededRun.Of(target, Corpus(name), 1, 200);
        Assert.True(warm.Inputs > 0);
        long start = Stopwatch.GetTimestamp();
        SeededRunResult result = SeededRun.Of(target, Corpus(name), 2, Inputs);
        TimeSpan each = Stopwatch.GetElapsedTime(start) / Inputs;
        Assert.True(Documents.Contains(name) || result.MostBytes <= MaxBytes, $"{result.MostBytes} bytes");

        // The mean, since another process may hold the core for longer than any single input takes; a tenfold allowance for the same reason.
        Assert.True(each < TimeSpan.FromMilliseconds(10), $"{each.TotalMilliseconds} ms for one input");
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs_and_another_seed_others()
    {
        string First(ulong seed)
        {
            List<string> seen = [];
            FuzzTarget spy = new("spy", [[1, 2, 3, 4, 5, 6, 7, 8]], input => seen.Add(Convert.ToHexString(input)));
            SeededRun.Of(spy, [], seed, 50);
            return string.Join(' ', seen);
        }

        Assert.Equal(First(3), First(3));
        Assert.NotEqual(First(3), First(4));
    }

    [Fact]
    public void An_exception_of_a_target_comes_out_with_its_input()
    {
        FuzzTarget broken = new("broken", [[1, 2, 3]], _ => throw new InvalidOperationException("defect"));
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(() => SeededRun.Of(broken, [], 1, 1));
        Assert.Equal("010203", fault.Data["input"]);
    }

    /// <summary>Genuine bytes beside the built-in seeds, where the vectors are.</summary>
    private static byte[][] Corpus(string name)
    {
        if (Vectors.Root is not { } root)
        {
            return [];
        }

        return name switch
        {
            "certificate" or "android-chain" => Chains(root),
            "app-attestation" => Apple(root, "attestation", "attestationBase64"),
            "app-assertion" => Apple(root, "assertion", "assertionBase64"),
            "app-receipt" => Apple(root, "receipt", "receiptBase64"),
            _ => [],
        };
    }

    private static byte[][] Chains(string root)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "attestation", "synthetic", "public", "android-chains.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("chain")[0].GetBytesFromBase64())];
    }

    private static byte[][] Apple(string root, string type, string field)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "attestation", "devicecheck-appattest", "ios-14.4.json")));
        return [.. file.RootElement.EnumerateArray().Where(one => one.GetProperty("type").GetString() == type).Select(one =>
            one.GetProperty(field).GetBytesFromBase64())];
    }
}
