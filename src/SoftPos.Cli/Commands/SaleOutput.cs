using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Cli.Commands;

/// <summary>A payment's result for a person and as JSON. Both hold what a receipt may hold, no more.</summary>
internal static class SaleOutput
{
    /// <summary>The bank declined.</summary>
    private const int DeclinedCode = 3;

    /// <summary>Refused before anything was charged.</summary>
    private const int RefusedCode = 4;

    /// <summary>Not known now.</summary>
    private const int UnknownCode = 5;

    /// <summary>Taken without the back end: the bank has not answered, or a person looks at it first.</summary>
    private const int DeferredCode = 7;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Prints the result and gives the exit code.</summary>
    /// <exception cref="CommandException">The back end was not reached.</exception>
    public static int Report(PaymentResult result, Uri backend, bool json)
    {
        if (result.Reason.Code == ReasonCodes.BackendUnreachable)
        {
            throw StackOptions.NotRunning(backend);
        }

        if (json)
        {
            PrintJson(result, Console.Out);
        }
        else
        {
            Print(result, Console.Out);
        }

        return ExitCode(result.Outcome);
    }

    private static int ExitCode(PaymentOutcome outcome) => outcome switch
    {
        PaymentOutcome.Approved or PaymentOutcome.Voided => 0,
        PaymentOutcome.Declined => DeclinedCode,
        PaymentOutcome.Refused => RefusedCode,
        PaymentOutcome.Deferred or PaymentOutcome.InReview => DeferredCode,
        _ => UnknownCode,
    };

    private static void PrintJson(PaymentResult result, TextWriter output) => output.WriteLine(Json(result).ToJsonString(Indented));

    private static void Print(PaymentResult result, TextWriter output)
    {
        output.WriteLine();
        string amount = result.Answer is { } answer
            ? Money(answer.FinalMinor ?? answer.ApprovedMinor ?? answer.AmountMinor, answer.Currency)
            : result.Offline is { } sale ? Money(sale.AmountMinor, sale.Currency)
            : string.Empty;
        output.WriteLine($"  {result.Outcome.ToString().ToUpperInvariant(),-20}{amount}");
        output.WriteLine($"  {result.Reason.Text}");
        if (result.Outcome is not PaymentOutcome.Approved || result.Reason.Code != ReasonCodes.Approved)
        {
            output.WriteLine($"  {result.Reason.Fix}");
        }

        output.WriteLine();
        foreach ((string name, string? value) in Lines(result).Where(line => !string.IsNullOrEmpty(line.Value)))
        {
            output.WriteLine($"  {name,-20}{value}");
        }

        foreach (MerchantFinding finding in result.Findings)
        {
            output.WriteLine($"  {"finding",-20}{finding.Reason}: {finding.Text}");
            output.WriteLine($"  {string.Empty,-20}{finding.Fix} (owner: {finding.Owner})");
        }

        foreach (JournalTrace trace in result.Answer?.Journal ?? [])
        {
            output.WriteLine($"  {"journal " + trace.Index.ToString(CultureInfo.InvariantCulture),-20}{trace.Kind}  {trace.LeafHash[..16]}…");
        }
    }

    private static IEnumerable<(string Name, string? Value)> Lines(PaymentResult result)
    {
        yield return ("card", result.Card?.MaskedPan);
        yield return ("application", result.Card is { } card ? $"{card.ApplicationLabel} ({card.Aid}), kernel {card.KernelId}" : null);
        yield return ("verification", result.Card?.CardholderVerification);
        yield return ("asked", result.Answer is { } asked && (asked.ApprovedMinor ?? asked.FinalMinor) is not null ? Of(asked, asked.AmountMinor) : null);
        yield return ("approved", Of(result.Answer, result.Answer?.ApprovedMinor));
        yield return ("remaining", Of(result.Answer, result.Answer?.RemainingMinor));
        yield return ("charged", Of(result.Answer, result.Answer?.FinalMinor));
        yield return ("taken offline", result.Offline is { } sale ? $"number {sale.Sequence}, {sale.TakenAt:u}" : null);
        yield return ("risk", RiskOf(result));
        yield return ("flags", result.Answer?.Offline is { Flags.Count: > 0 } facts ? string.Join(", ", facts.Flags) : null);
        yield return ("surcharge within", Of(result.Answer, result.Answer?.SurchargeMinor));
        yield return ("tip within", Of(result.Answer, result.Answer?.TipMinor));
        yield return ("cash back within", Of(result.Answer, result.Answer?.OtherAmountMinor));
        yield return ("original", result.Answer?.OriginalPaymentId?.ToString());
        yield return ("authorisation code", result.Answer?.AuthorisationCode);
        yield return ("response code", result.Answer?.ResponseCode);
        yield return ("reference", result.Answer?.RetrievalReference);
        yield return ("STAN", result.Answer?.Stan);
        yield return ("reason", $"{result.Reason.Code} (owner: {result.Reason.Owner})");
        yield return ("detail", result.Reason.Detail);
        yield return ("payment", result.PaymentId.ToString());
    }

    private static string? Of(PaymentAnswer? answer, long? minor) =>
        answer is null || minor is not { } amount ? null : Money(amount, answer.Currency);

    private static string? RiskOf(PaymentResult result) =>
        result.Answer is { Offline: not null } answer ? OfflineFacts.RiskOf(answer.State).ToString()
        : result.Offline is not null ? OfflineRisk.Unauthorised.ToString()
        : null;

    private static JsonObject Json(PaymentResult result)
    {
        JsonObject json = new()
        {
            ["outcome"] = result.Outcome.ToString(),
            ["reason"] = new JsonObject
            {
                ["code"] = result.Reason.Code,
                ["text"] = result.Reason.Text,
                ["fix"] = result.Reason.Fix,
                ["owner"] = result.Reason.Owner.ToString(),
                ["detail"] = result.Reason.Detail,
            },
            ["paymentId"] = result.PaymentId.ToString(),
            ["findings"] = new JsonArray([.. result.Findings.Select(FindingOf)]),
        };
        if (result.Card is { } card)
        {
            json["card"] = new JsonObject
            {
                ["maskedPan"] = card.MaskedPan,
                ["aid"] = card.Aid,
                ["applicationLabel"] = card.ApplicationLabel,
                ["kernelId"] = card.KernelId,
                ["cardholderVerification"] = card.CardholderVerification,
            };
        }

        if (result.Offline is { } sale)
        {
            json["offline"] = new JsonObject
            {
                ["sequence"] = sale.Sequence, ["takenAt"] = sale.TakenAt, ["amountMinor"] = sale.AmountMinor, ["currency"] = sale.Currency,
                ["risk"] = RiskOf(result),
            };
        }

        if (result.Answer is { } answer)
        {
            json["answer"] = JsonSerializer.SerializeToNode(answer, ContractJson.Default.PaymentAnswer);
        }

        return json;
    }

    private static JsonNode FindingOf(MerchantFinding finding) => new JsonObject
    {
        ["reason"] = finding.Reason,
        ["text"] = finding.Text,
        ["fix"] = finding.Fix,
        ["owner"] = finding.Owner.ToString(),
        ["response"] = finding.Response.ToString(),
    };

    /// <summary>An amount with its currency.</summary>
    internal static string Money(long minor, string currency)
    {
        int exponent = Currencies.Exponent(currency);
        string amount = (minor / (decimal)Math.Pow(10, exponent))
            .ToString("F" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return $"{amount} {Currencies.Letters(currency)}";
    }
}
