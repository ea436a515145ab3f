using System.Globalization;
using System.Text.Json.Nodes;

namespace SoftPos.Cli.Tools;

/// <summary>What an Android chain says, in plain words.</summary>
internal static class AttestAndroidText
{
    public static void Print(JsonObject answer, TextWriter output)
    {
        JsonObject claims = answer["claims"]!.AsObject();
        output.WriteLine("What the phone says of itself");
        Line(output, "boot loader", Flag(claims, "android.rootOfTrust.deviceLocked", "locked", "UNLOCKED", "not stated by the hardware"));
        Line(output, "system", Text(claims, "android.rootOfTrust.verifiedBootState") switch
        {
            "VERIFIED" => "the maker's, verified at boot",
            "SELF_SIGNED" => "verified at boot with a key that the owner set",
            "UNVERIFIED" => "not verified at boot",
            "FAILED" => "failed its verification",
            _ => "not stated by the hardware",
        });
        Line(output, "keys live in", Text(claims, "android.securityLevel") switch
        {
            "STRONG_BOX" => "a separate secure element (StrongBox)",
            "TRUSTED_ENVIRONMENT" => "the processor's trusted environment",
            "SOFTWARE" => "software only",
            _ => "not stated",
        });
        Line(output, "this key", $"{Text(claims, "android.key.kind")}, {Origin(claims)}, for {Join(claims, "android.key.purposes")}");
        Line(output, "Android", Version(claims));
        Line(output, "patches",
            $"system {Month(claims, "android.osPatch")}, vendor {Month(claims, "android.vendorPatch")}, boot {Month(claims, "android.bootPatch")}");
        Line(output, "app", $"{Join(claims, "android.app.packages")}, version {Text(claims, "android.app.version") ?? "-"}");
        Line(output, "signed by", Join(claims, "android.app.signers"));
        Line(output, "challenge", answer["challengeMatches"] is { } matches ? (matches.GetValue<bool>() ? "is ours" : "is NOT ours")
            : "not compared");
        Line(output, "schema", $"version {Text(claims, "android.attestationVersion") ?? "-"}");
        PrintChain(answer, output);
        output.WriteLine();
        AttestAnswer.PrintVerdict(answer, output);
    }

    private static void PrintChain(JsonObject answer, TextWriter output)
    {
        JsonObject chain = answer["chain"]!.AsObject();
        output.WriteLine();
        output.WriteLine("Who vouches for it");
        Line(output, "chain", chain["kind"]!.ToString() switch
        {
            "factory" => "keys put in at the factory (expiry does not matter)",
            "remote" => "keys provisioned remotely",
            "software" => "a software root: proves nothing",
            _ => "of no known kind",
        });
        Line(output, "ends in", chain["anchor"]?.ToString() ?? "no key that is trusted");
        Line(output, "withdrawn", answer["revocation"]!["checked"]!.GetValue<bool>()
            ? (answer["revocation"]!["listed"]!.AsArray() is { Count: > 0 } listed
                ? "LISTED: " + string.Join(", ", listed.Select(serial => serial!.ToString())) : "not on the list")
            : "not checked, no list was given");
        int index = 0;
        foreach (JsonNode? certificate in chain["certificates"]!.AsArray())
        {
            string place = index++.ToString(CultureInfo.InvariantCulture);
            string until = certificate!["notAfter"]?.ToString() ?? "?";
            output.WriteLine($"    {place}. {certificate["subject"]}  [{certificate["key"]}, serial {certificate["serial"]}, to {until}]");
        }
    }

    private static string Origin(JsonObject claims) => Text(claims, "android.key.origin") switch
    {
        "GENERATED" => "made there",
        null => "origin not stated",
        string origin => origin,
    };

    private static string Version(JsonObject claims)
    {
        if (!long.TryParse(Text(claims, "android.osVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out long version) || version == 0)
        {
            return "not stated";
        }

        long minor = version / 100 % 100;
        return (version / 10000).ToString(CultureInfo.InvariantCulture)
            + (minor > 0 ? "." + minor.ToString(CultureInfo.InvariantCulture) : string.Empty);
    }

    private static string Month(JsonObject claims, string name) =>
        Text(claims, name) is { Length: 6 } month ? $"{month[..4]}-{month[4..]}" : "unknown";

    private static string Flag(JsonObject claims, string name, string yes, string no, string missing) =>
        claims[name] is { } flag ? (flag.GetValue<bool>() ? yes : no) : missing;

    private static string Join(JsonObject claims, string name) =>
        claims[name] is JsonArray { Count: > 0 } items ? string.Join(", ", items.Select(item => item!.ToString())) : "not stated";

    private static string? Text(JsonObject claims, string name) => claims[name]?.ToString();

    private static void Line(TextWriter output, string name, string value) => output.WriteLine($"  {name,-13} {value}");
}
