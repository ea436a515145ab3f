using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Merchants, their stores, users, terminals and activation codes.</summary>
internal static class MerchantApi
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/merchants", ListAsync).Wants(ApiScopes.MerchantsRead).WithSummary("Merchants").Produces<Page<MerchantRecord>>();
        v1.MapGet("/merchants/{merchantId}", GetAsync).Wants(ApiScopes.MerchantsRead).WithSummary("A merchant").Produces<MerchantRecord>();
        v1.MapPut("/merchants/{merchantId}", PutAsync).Wants(ApiScopes.MerchantsWrite).WithSummary("Take a merchant on, or change it")
            .Accepts<MerchantInput>("application/json").Produces<MerchantRecord>();
        v1.MapGet("/merchants/{merchantId}/stores", StoresAsync).Wants(ApiScopes.MerchantsRead).WithSummary("Stores").Produces<Page<Store>>();
        v1.MapPut("/merchants/{merchantId}/stores/{storeId}", PutStoreAsync).Wants(ApiScopes.MerchantsWrite).WithSummary("Make or change a store")
            .Accepts<Store>("application/json").Produces<Store>();
        v1.MapGet("/merchants/{merchantId}/users", UsersAsync).Wants(ApiScopes.MerchantsRead).WithSummary("Users").Produces<Page<MerchantUser>>();
        v1.MapPut("/merchants/{merchantId}/users/{userId}", PutUserAsync).Wants(ApiScopes.MerchantsWrite).WithSummary("Make or change a user")
            .Accepts<MerchantUser>("application/json").Produces<MerchantUser>();
        v1.MapPost("/merchants/{merchantId}/activation-codes", MakeCodeAsync).Wants(ApiScopes.MerchantsWrite).WithSummary("Make an activation code")
            .Accepts<ActivationCodeInput>("application/json").Produces<ActivationCodeOutput>(StatusCodes.Status201Created);
        v1.MapGet("/merchants/{merchantId}/terminals", TerminalsAsync).Wants(ApiScopes.MerchantsRead).WithSummary("Terminals").Produces<Page<TerminalView>>();
        v1.MapGet("/terminals/{terminalId:guid}", TerminalAsync).Wants(ApiScopes.MerchantsRead).WithSummary("A terminal").Produces<TerminalView>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, Database database, int? limit, string? cursor, CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        ApiCaller caller = ApiCaller.Of(context);
        List<MerchantRecord> rows = caller.MerchantId is { } only
            ? await caller.MerchantAsync(database, only, cancellation) is { } own && after is null ? [own] : []
            : await database.Merchants.PageOfTenantAsync(caller.Tenant, after, count + 1, cancellation);
        return ApiAnswer.Page(rows, count, static m => m.MerchantId, static m => m);
    }

    private static async Task<IResult> GetAsync(HttpContext context, Database database, string merchantId, CancellationToken cancellation) =>
        await ApiCaller.Of(context).MerchantAsync(database, merchantId, cancellation) is { } merchant ? ApiAnswer.Of(merchant) : UnknownMerchant();

    private static async Task<IResult> PutAsync(
        HttpContext context, Database database, BackendOptions options, string merchantId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (caller.MerchantId is not null)
        {
            return ReasonProblem.Result(ReasonCodes.ScopeMissing, "a key of one merchant does not change its terms", "/header/authorization");
        }

        if (!ApiBody.TryRead(context, out MerchantInput? input, out IResult? refusal) || (refusal = Check(merchantId, input)) is not null)
        {
            return refusal;
        }

        if (input.Surcharge?.Fault(options.SurchargeCapHundredths) is { } fault)
        {
            return ApiBody.Malformed("$.surcharge." + fault[..fault.IndexOf(':', StringComparison.Ordinal)], "surcharge." + fault);
        }

        if (options.AcquirerCurrencies.Count > 0 && !options.AcquirerCurrencies.Contains(input.Currency))
        {
            return ReasonProblem.Result(
                ReasonCodes.CurrencyNotSupported, $"currency: the acquirer's link takes {string.Join(", ", options.AcquirerCurrencies)}",
                    "$.currency");
        }

        MerchantRecord? former = await caller.MerchantAsync(database, merchantId, cancellation);
        if (former is not null && former.Currency != input.Currency)
        {
            return ApiBody.Malformed("$.currency", $"currency: a merchant keeps its own, {former.Currency}; take on another merchant for another currency");
        }

        MerchantRecord merchant = new()
        {
            MerchantId = merchantId, Name = input.Name, City = input.City, Country = input.Country, CardAcceptorId = input.CardAcceptorId,
            CategoryCode = input.CategoryCode, Currency = input.Currency, Limits = input.Limits, Branding = input.Branding,

            // Money back without its payment is the operator's to allow.
            AllowsUnlinkedRefunds = former?.AllowsUnlinkedRefunds ?? false,

            // Said for itself: see OfflineApi.
            Offline = former?.Offline,

            // The installation's cap goes with the terms, so that the terminal works out what the back end takes.
            Surcharge = input.Surcharge is { } terms ? terms with { CapHundredths = options.SurchargeCapHundredths } : null,
        };
        JsonObject facts = new() { ["tenant"] = caller.Tenant, ["key"] = caller.Key.KeyId, ["name"] = merchant.Name };
        Commit commit = await database.CommitAsync(
            new Change().Give(merchantId, caller.Tenant).Put(merchant).Append(former is null ? "merchant.made" : "merchant.changed", merchantId, facts), cancellation);
        return commit.Done ? ApiAnswer.Of(merchant) : ApiAnswer.Refused(commit.Refusal);
    }

    private static IResult? Check(string merchantId, MerchantInput input) => ApiBody.Check(
        (ApiBody.IsName(merchantId, 3, 40), "merchantId", "3 to 40 of a–z, 0–9 and hyphen, in the address"),
        (ApiBody.IsLine(input.Name, 25) && input.Name is not null, "name", "1 to 25 characters (DE 43)"),
        (ApiBody.IsLine(input.City, 13) && input.City is not null, "city", "1 to 13 characters (DE 43)"),
        (input.Country is { Length: 2 } country && country.All(char.IsAsciiLetterUpper), "country", "two capitals of ISO 3166-1"),
        (input.CardAcceptorId is { Length: >= 1 and <= 15 } acceptor && acceptor.All(char.IsAsciiLetterOrDigit), "cardAcceptorId", "1 to 15 letters and digits (DE 42)"),
        (input.CategoryCode is { Length: 4 } category && category.All(char.IsAsciiDigit), "categoryCode", "4 digits"),
        (input.Currency is { Length: 3 } currency && currency.All(char.IsAsciiDigit), "currency", "3 digits of ISO 4217"),
        (input.Limits is null or { MaxAmountMinor: null or > 0, MaxPaymentsPerHour: null or > 0, MaxSumPerHourMinor: null or > 0 }, "limits", "numbers above 0"),
        (input.Branding is null || (ApiBody.IsLine(input.Branding.Header, MerchantBranding.MaxText) && ApiBody.IsLine(input.Branding.Footer, MerchantBranding.MaxText)),
            "branding", $"lines of 1 to {MerchantBranding.MaxText} characters"),
        (input.Branding?.Colour is null || (input.Branding.Colour is ['#', .. { Length: 6 } digits] && digits.All(char.IsAsciiHexDigit)), "branding.colour", "#rrggbb"));

    private static async Task<IResult> StoresAsync(
        HttpContext context, Database database, string merchantId, int? limit, string? cursor, CancellationToken cancellation) =>
        ApiAnswer.ReadPage(limit, cursor, out int count, out string? after)
        ?? (await ApiCaller.Of(context).ReachesAsync(database, merchantId, cancellation)
            ? ApiAnswer.Page(await database.MerchantParts.StoresAsync(merchantId, after, count + 1, cancellation), count, static s => s.StoreId, static s => s)
            : UnknownMerchant());

    private static async Task<IResult> UsersAsync(
        HttpContext context, Database database, string merchantId, int? limit, string? cursor, CancellationToken cancellation) =>
        ApiAnswer.ReadPage(limit, cursor, out int count, out string? after)
        ?? (await ApiCaller.Of(context).ReachesAsync(database, merchantId, cancellation)
            ? ApiAnswer.Page(await database.MerchantParts.UsersAsync(merchantId, after, count + 1, cancellation), count, static u => u.UserId, static u => u)
            : UnknownMerchant());

    private static async Task<IResult> PutStoreAsync(HttpContext context, Database database, string merchantId, string storeId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (!await caller.ReachesAsync(database, merchantId, cancellation))
        {
            return UnknownMerchant();
        }

        if (!ApiBody.TryRead(context, out Store? store, out IResult? refusal) || (refusal = ApiBody.Check(
            (ApiBody.IsName(storeId, 1, 40) && (store.StoreId.Length == 0 || store.StoreId == storeId), "storeId", "1 to 40 of a–z, 0–9 and hyphen, as in the address"),
            (ApiBody.IsLine(store.Name, 60) && store.Name is not null, "name", "1 to 60 characters"),
            (ApiBody.IsLine(store.Address, 120), "address", "1 to 120 characters in one line"))) is not null)
        {
            return refusal;
        }

        store.StoreId = storeId;
        Change change = new Change().Put(merchantId, store).Append("merchant.store-put", merchantId, new JsonObject { ["store"] = storeId, ["key"] = caller.Key.KeyId });
        (await database.CommitAsync(change, cancellation)).Require();
        return ApiAnswer.Of(store);
    }

    private static async Task<IResult> PutUserAsync(HttpContext context, Database database, string merchantId, string userId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (!await caller.ReachesAsync(database, merchantId, cancellation))
        {
            return UnknownMerchant();
        }

        if (!ApiBody.TryRead(context, out MerchantUser? user, out IResult? refusal) || (refusal = ApiBody.Check(
            (ApiBody.IsName(userId, 1, 40) && (user.UserId.Length == 0 || user.UserId == userId), "userId", "1 to 40 of a–z, 0–9 and hyphen, as in the address"),
            (ApiBody.IsLine(user.Name, 60) && user.Name is not null, "name", "1 to 60 characters"))) is not null)
        {
            return refusal;
        }

        user.UserId = userId;
        JsonObject facts = new() { ["user"] = userId, ["role"] = user.Role.ToString(), ["disabled"] = user.Disabled, ["key"] = caller.Key.KeyId };
        (await database.CommitAsync(new Change().Put(merchantId, user).Append("merchant.user-put", merchantId, facts), cancellation)).Require();
        return ApiAnswer.Of(user);
    }

    private static async Task<IResult> MakeCodeAsync(
        HttpContext context, Database database, ApiSettings settings, TimeProvider clock, string merchantId, CancellationToken cancellation)
    {
        ApiCaller caller = ApiCaller.Of(context);
        if (!await caller.ReachesAsync(database, merchantId, cancellation))
        {
            return UnknownMerchant();
        }

        if (!ApiBody.TryRead(context, out ActivationCodeInput? input, out IResult? refusal))
        {
            return refusal;
        }

        MerchantUser? user = input.UserId is null ? null : await database.MerchantParts.FindUserAsync(merchantId, input.UserId, cancellation);
        bool store = input.StoreId is null || await database.MerchantParts.FindStoreAsync(merchantId, input.StoreId, cancellation) is not null;
        refusal = ApiBody.Check(
            (input.LifeMinutes is >= 1 and <= 1440, "lifeMinutes", "1 to 1440"),
            (store, "storeId", "a store of this merchant"),
            (input.UserId is null || user is { Disabled: false, Role: MerchantRole.Supervisor }, "userId", "a supervisor of this merchant who is not disabled"));
        if (refusal is not null)
        {
            return refusal;
        }

        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string code = OneTimeSecret.NewCode(random);
        DateTimeOffset expires = clock.GetUtcNow() + TimeSpan.FromMinutes(input.LifeMinutes);
        JsonObject facts = new() { ["expires"] = expires, ["store"] = input.StoreId, ["user"] = input.UserId, ["key"] = caller.Key.KeyId };
        Change change = new Change().AddActivationCode(code, merchantId, expires, input.StoreId).Append("activation.code-made", merchantId, facts);
        (await database.CommitAsync(change, cancellation)).Require();
        string address = settings.AddressOf(context).GetLeftPart(UriPartial.Authority);
        return ApiAnswer.Created(new ActivationCodeOutput
        {
            Code = code, ExpiresAt = expires, QrPayload = $"softpos:activate?server={Uri.EscapeDataString(address)}&code={code}",
        });
    }

    private static async Task<IResult> TerminalsAsync(
        HttpContext context, Database database, string merchantId, int? limit, string? cursor, CancellationToken cancellation)
    {
        if (ApiAnswer.ReadPage(limit, cursor, out int count, out string? after) is { } refusal)
        {
            return refusal;
        }

        if (!await ApiCaller.Of(context).ReachesAsync(database, merchantId, cancellation))
        {
            return UnknownMerchant();
        }

        Guid? from = Guid.TryParse(after, out Guid last) ? last : null;
        List<TerminalView> views = [];
        foreach (TerminalRecord terminal in await database.Terminals.PageAsync(merchantId, from, count + 1, cancellation))
        {
            views.Add(await ViewAsync(terminal, database, cancellation));
        }

        return ApiAnswer.Page(views, count, static t => t.TerminalId.ToString(), static t => t);
    }

    private static async Task<IResult> TerminalAsync(HttpContext context, Database database, Guid terminalId, CancellationToken cancellation) =>
        await ApiCaller.Of(context).TerminalAsync(database, terminalId, cancellation) is { } terminal
            ? ApiAnswer.Of(await ViewAsync(terminal, database, cancellation))
            : ApiAnswer.Unknown("terminalId", "terminal");

    private static async ValueTask<TerminalView> ViewAsync(TerminalRecord terminal, Database database, CancellationToken cancellation) => new()
    {
        TerminalId = terminal.TerminalId, MerchantId = terminal.MerchantId, State = terminal.State, Verdict = terminal.Verdict,
        StoreId = await database.MerchantParts.StoreOfTerminalAsync(terminal.TerminalId, cancellation), AcquirerTerminalId = terminal.AcquirerTerminalId,
        Model = terminal.Model, EnrolledAt = terminal.EnrolledAt, LastSeenAt = terminal.LastEvidenceAt,
    };

    private static IResult UnknownMerchant() => ApiAnswer.Unknown("merchantId", "merchant");
}
