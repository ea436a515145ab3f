using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SoftPos.Contract;

namespace SoftPos.Backend.Endpoints;

/// <summary>The one mapper from a reason of the catalogue to RFC 9457 problem details.</summary>
internal static class ReasonProblem
{
    /// <summary>Media type of problem details.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Problem details of a reason.</summary>
    /// <param name="code">Code in the catalogue.</param>
    /// <param name="detail">What was expected, and where; never a value that came in.</param>
    /// <param name="field">JSON pointer or CBOR field at fault, when there is one.</param>
    /// <param name="findings">Findings, as the merchant may know them.</param>
    public static ProblemDetails Details(
        string code, string? detail = null, string? field = null, IReadOnlyList<MerchantFinding>? findings = null)
    {
        Reason reason = ReasonCatalogue.Get(code);
        ProblemDetails problem = new()
        {
            Type = "about:blank",
            Title = reason.TextIn("en"),
            Status = reason.Status is 200 ? StatusCodes.Status403Forbidden : reason.Status,
            Detail = detail ?? reason.FixIn("en"),
        };
        problem.Extensions["code"] = reason.Code;
        problem.Extensions["owner"] = reason.Owner.ToString();
        problem.Extensions["fix"] = reason.FixIn("en");
        problem.Extensions["retry"] = reason.Retry;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString();
        if (field is not null)
        {
            problem.Extensions["errors"] = new[] { new { pointer = field, detail = detail ?? "not as expected" } };
        }

        if (findings is { Count: > 0 })
        {
            problem.Extensions["findings"] = findings.Select(finding => new
            {
                reason = finding.Reason, text = finding.Text, fix = finding.Fix, owner = finding.Owner.ToString(), selfFixable = finding.SelfFixable,
            }).ToArray();
        }

        return problem;
    }

    /// <summary>An answer with problem details.</summary>
    public static IResult Result(
        string code, string? detail = null, string? field = null, IReadOnlyList<MerchantFinding>? findings = null) =>
        Results.Problem(Details(code, detail, field, findings));
}
