using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Cli.Tools;

/// <summary>What the answers of all attestation tools have in common, as JSON and in words.</summary>
internal static class AttestAnswer
{
    /// <summary>Keys that every attestation answer has.</summary>
    public static Dictionary<string, string> Keys(params (string Key, string Description)[] more)
    {
        Dictionary<string, string> keys = new()
        {
            ["verdict"] =
                "trusted (accept), limited (accept with limits, step up), denied (reject), or unknown (nothing concluded; treat as a refusal)",
            ["accepted"] = "true for trusted and limited",
            ["reasons"] = "reason codes of all findings that refuse or limit, gravest first",
            ["findings"] =
                "list of objects: rule, reason, claim, value, severity (info|warning|serious|critical), response (report|notice|limit|deny|suspend|wipe), "
                + "owner, selfFixable, text, fix, deadline, detail",
            ["claims"] = "every claim that was parsed, by name",
            ["policyHash"] = "SHA-256 of the policy with its values, hex",
            ["evidenceHash"] = "SHA-256 of the evidence, hex",
        };
        foreach ((string key, string description) in more)
        {
            keys[key] = description;
        }

        return keys;
    }

    public static JsonObject Of(AppraisalResult result, ClaimSet claims, string evidenceHash) => new()
    {
        ["verdict"] = result.Verdict.ToString().ToLowerInvariant(),
        ["accepted"] = result.Verdict is Verdict.Trusted or Verdict.Limited,
        ["reasons"] = new JsonArray([.. result.Findings.Where(finding => finding.Response >= FindingResponse.Limit)
            .Select(finding => finding.Reason).Distinct().Select(reason => (JsonNode)reason)]),
        ["findings"] = new JsonArray([.. result.Findings.Select(finding => (JsonNode)Of(finding))]),
        ["claims"] = Of(claims),
        ["policyHash"] = result.PolicyHash,
        ["evidenceHash"] = evidenceHash,
    };

    public static JsonObject Of(ClaimSet claims)
    {
        JsonObject json = [];
        foreach ((Claim claim, ClaimValue value) in claims.Present)
        {
            json[claim.Name] = value.Kind switch
            {
                ClaimKind.Flag => value.Flag,
                ClaimKind.Number => value.Number == Math.Floor(value.Number)
                    && Math.Abs(value.Number) < 1e15 ? (JsonNode)(long)value.Number : value.Number,
                ClaimKind.Texts => new JsonArray([.. value.Texts.Select(text => (JsonNode)text)]),
                _ => value.Text,
            };
        }

        return json;
    }

    public static JsonObject Of(AttestationCertificate certificate) => new()
    {
        ["subject"] = certificate.Subject.ToString(),
        ["issuer"] = certificate.Issuer.ToString(),
        ["serial"] = certificate.SerialHex,
        ["serialDecimal"] = certificate.SerialDecimal,
        ["notBefore"] = certificate.NotBefore?.ToString("u", CultureInfo.InvariantCulture),
        ["notAfter"] = certificate.NotAfter?.ToString("u", CultureInfo.InvariantCulture),
        ["signature"] = certificate.Scheme.ToString(),
        ["key"] = certificate.Key.Kind.ToString(),
        ["keyBits"] = certificate.Key.Bits,
    };

    public static void PrintVerdict(JsonObject answer, TextWriter output)
    {
        output.WriteLine(answer["verdict"]!.GetValue<string>() switch
        {
            "trusted" => "Verdict: TRUSTED. Nothing stands against it.",
            "limited" => "Verdict: LIMITED. Admitted with limits, for these reasons:",
            "unknown" => "Verdict: UNKNOWN. Nothing is proven either way, so it would be refused:",
            _ => "Verdict: DENIED. It would be refused:",
        });
        foreach (JsonNode? finding in answer["findings"]!.AsArray())
        {
            output.WriteLine();
            output.WriteLine($"  {finding!["response"]!.ToString().ToUpperInvariant()}: {finding["text"]}");
            output.WriteLine($"    what was seen: {finding["detail"]}{(finding["value"] is { } value ? $" (it is {value})" : string.Empty)}");
            output.WriteLine($"    what to do ({finding["owner"]}): {finding["fix"]}");
            string until = finding["deadline"] is { } deadline ? $", until {deadline}" : string.Empty;
            output.WriteLine($"    rule {finding["rule"]}, claim {finding["claim"]}, reason {finding["reason"]}{until}");
        }
    }

    private static JsonObject Of(Finding finding)
    {
        Reason reason = ReasonCatalogue.Get(finding.Reason);
        JsonObject json = new()
        {
            ["rule"] = finding.Rule,
            ["reason"] = finding.Reason,
            ["claim"] = finding.Claim,
            ["value"] = finding.Value,
            ["severity"] = finding.Severity.ToString().ToLowerInvariant(),
            ["response"] = finding.Response.ToString().ToLowerInvariant(),
            ["owner"] = reason.Owner.ToString(),
            ["selfFixable"] = reason.SelfFixable,
            ["text"] = reason.TextIn("en"),
            ["fix"] = reason.FixIn("en"),
            ["detail"] = finding.Detail,
        };
        if (finding.Deadline is { } deadline)
        {
            json["deadline"] = deadline.ToString("u", CultureInfo.InvariantCulture);
        }

        return json;
    }
}
