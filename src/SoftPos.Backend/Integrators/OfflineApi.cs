using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Sales while the back end is away: a provider switches them on for a merchant, and sees what came of them.</summary>
internal static class OfflineApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPut("/merchants/{merchantId}/offline", PutAsync).Wants(ApiScopes.MerchantsWrite)
            .WithSummary("Say whether and what a merchant's terminals may take while the back end is away")
            .Accepts<OfflineInput>("application/json").Produces<MerchantRecord>();
        v1.MapGet("/merchants/{merchantId}/offline", GetAsync).Wants(ApiScopes.PaymentsRead)
            .WithSummary("What a merchant's terminals took while the back end was away").Produces<OfflineView>();
    }

    private static async Task<IResult> PutAsync(HttpContext context, Database database, string merchantId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (await caller.MerchantAsync(database, merchantId, cancellation) is not { } merchant)
        {
            return ApiAnswer.Unknown("merchantId", "merchant");
        }

        if (caller.MerchantId is not null)
        {
            return ReasonProblem.Result(ReasonCodes.ScopeMissing, "a key of one merchant does not change its terms",
                "/header/authorization");
        }

        if (!ApiBody.TryRead(context, out OfflineInput? input, out IResult? refusal))
        {
            return refusal;
        }

        if (input.Terms?.Fault() is { } fault)
        {
            return ApiBody.Malformed("$.terms." + fault[..fault.IndexOf(':', StringComparison.Ordinal)], "terms." + fault);
        }

        merchant.Offline = input.Terms;
        JsonObject facts = new() { ["tenant"] = caller.Tenant, ["key"] = caller.Key.KeyId, ["on"] = input.Terms is not null };
        if (input.Terms is { } terms)
        {
            facts["maxCount"] = terms.MaxCount;
            facts["maxTotalMinor"] = terms.MaxTotalMinor;
            facts["maxAmountMinor"] = terms.MaxAmountMinor;
            facts["maxRecordAgeMinutes"] = terms.MaxRecordAgeMinutes;
            facts["maxAttestationAgeMinutes"] = terms.MaxAttestationAgeMinutes;
            facts["kernels"] = new JsonArray([.. terms.Kernels.Select(static kernel => (JsonNode)kernel)]);
        }

        Commit commit = await database.CommitAsync(
            new Change().Give(merchantId, caller.Tenant).Put(merchant).Append("merchant.offline-set", merchantId, facts), cancellation);
        return commit.Done ? ApiAnswer.Of(merchant) : ApiAnswer.Refused(commit.Refusal);
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, Database database, ReceiptLinks links, ApiSettings settings, string merchantId,
            CancellationToken cancellation) =>
        await ApiCaller.Of(context).ReachesAsync(database, merchantId, cancellation)
            ? ApiAnswer.Of(await OfflineReport.OfAsync(database, merchantId, links, settings.AddressOf(context), cancellation))
            : ApiAnswer.Unknown("merchantId", "merchant");
}
