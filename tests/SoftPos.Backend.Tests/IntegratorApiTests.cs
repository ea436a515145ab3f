using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using SoftPos.Backend.Integrators;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

public sealed class IntegratorApiTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private IntegratorStand _stand = null!;

    public async ValueTask InitializeAsync() => _stand = await IntegratorStand.StartAsync();

    public ValueTask DisposeAsync() => _stand.DisposeAsync();

    [Fact]
    [Requirement("ATT-17")]
    public async Task An_API_key_opens_no_route_but_those_of_its_API_and_is_refused_with_403()
    {
        List<string> tried = [];
        foreach ((string method, string path) in Routes().Where(static r => !r.Path.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            foreach (string scheme in (string[])[_stand.KeyA, "x " + _stand.KeyA])
            {
                (HttpStatusCode status, string body) = await _stand.SendAsync(method, path, scheme, method == "GET" ? null : "{}");
                Assert.True(status == HttpStatusCode.Forbidden && IntegratorStand.CodeOf(body) == ReasonCodes.ScopeMissing, $"{method} {path}: {status} {body}");
            }

            tried.Add(path);
        }

        Assert.Contains("/operator/v1/sign-in-links", tried);
        Assert.Contains("/terminal/v1/attestation", tried);
        Assert.Contains("/fleet", tried);
    }

    [Fact]
    public async Task Every_route_of_the_API_wants_a_key_and_its_own_scope()
    {
        (string Method, string Path, string Scope)[] routes = [.. ApiRoutesWithScopes()];
        Assert.True(routes.Length > 30, $"{routes.Length} routes");
        foreach ((string method, string path, string scope) in routes)
        {
            (HttpStatusCode status, string body) = await _stand.SendAsync(method, path, null, method == "GET" ? null : "{}");
            Assert.True(status == HttpStatusCode.Unauthorized && IntegratorStand.CodeOf(body) == ReasonCodes.ApiKeyInvalid, $"{method} {path} without a key: {status}");
        }

        foreach (string scope in ApiScopes.All)
        {
            string others = await _stand.MakeKeyAsync("tenant-a", null, [.. ApiScopes.All.Where(s => s != scope)]);
            foreach ((string method, string path, _) in routes.Where(r => r.Scope == scope))
            {
                (HttpStatusCode status, string body) = await _stand.SendAsync(method, path, others, method == "GET" ? null : "{}", "k");
                Assert.True(status == HttpStatusCode.Forbidden && body.Contains(scope, StringComparison.Ordinal), $"{method} {path} without {scope}: {status}");
            }
        }
    }

    [Fact]
    public async Task A_tenant_finds_nothing_of_another_whatever_it_asks()
    {
        string ofMerchant = await _stand.MakeKeyAsync("tenant-a", IntegratorStand.MerchantA);
        foreach ((string method, string template, _) in ApiRoutesWithScopes().Where(static r => r.Path.Contains(IntegratorStand.MerchantA, StringComparison.Ordinal)
            || r.Path.Contains(IntegratorStand.PaymentA.ToString(), StringComparison.Ordinal) || r.Path.Contains(IntegratorStand.TerminalA.ToString(), StringComparison.Ordinal)))
        {
            string path = template.Replace(IntegratorStand.MerchantA, IntegratorStand.MerchantB, StringComparison.Ordinal)
                .Replace(IntegratorStand.PaymentA.ToString(), IntegratorStand.PaymentB.ToString(), StringComparison.Ordinal)
                .Replace(IntegratorStand.TerminalA.ToString(), IntegratorStand.TerminalB.ToString(), StringComparison.Ordinal);
            bool isPutOfMerchant = method == "PUT" && path == "/v1/merchants/" + IntegratorStand.MerchantB;
            foreach (string key in (string[])[_stand.KeyA, ofMerchant])
            {
                string body = isPutOfMerchant
                    ? """{"name":"x","city":"x","country":"LV","cardAcceptorId":"X","categoryCode":"5814","currency":"978"}"""
                    : """{"amountMinor":100}""";
                (HttpStatusCode status, string answer) = await _stand.SendAsync(method, path, key, method == "GET" ? null : body, "i" + path.GetHashCode(StringComparison.Ordinal) + key[^4..]);
                HttpStatusCode expected = !isPutOfMerchant ? HttpStatusCode.NotFound : key == ofMerchant ? HttpStatusCode.Forbidden : HttpStatusCode.Conflict;
                Assert.True(status == expected, $"{method} {path}: {status} {answer}");
            }
        }

        (_, string payments) = await _stand.SendAsync("GET", "/v1/payments", _stand.KeyA);
        Assert.Contains(IntegratorStand.PaymentA.ToString(), payments, StringComparison.Ordinal);
        Assert.DoesNotContain(IntegratorStand.PaymentB.ToString(), payments, StringComparison.Ordinal);
        (HttpStatusCode order, _) = await _stand.SendAsync(
            "POST", "/v1/orders", _stand.KeyA, $$"""{"terminalId":"{{IntegratorStand.TerminalB}}","amountMinor":100}""", "other-terminal");
        Assert.Equal(HttpStatusCode.NotFound, order);
        Assert.Equal("LV", (await _stand.Database.Merchants.FindAsync(IntegratorStand.MerchantB, None))!.Country);
    }

    [Fact]
    public async Task A_key_is_stored_as_a_hash_rotated_with_an_overlap_and_ended_at_once()
    {
        using SoftPosClient client = _stand.Client(_stand.KeyA);
        ApiKeyCreated made = await client.MakeApiKeyAsync(new ApiKeyInput { Name = "till", Scopes = [ApiScopes.PaymentsRead] }, None);
        Assert.StartsWith("sk_sandbox_" + made.Key.KeyId, made.Secret, StringComparison.Ordinal);
        string secret = made.Secret.Split('_')[^1];
        (ApiKeyRecord record, byte[] hash) = (await _stand.Database.ApiKeys.FindAsync(made.Key.KeyId, None))!.Value;
        Assert.DoesNotContain(secret, System.Text.Json.JsonSerializer.Serialize(record), StringComparison.Ordinal);
        Assert.Equal(32, hash.Length);
        foreach (string wrong in (string[])[made.Secret[..^1] + "x", "sk_live_" + made.Secret[11..], "sk_sandbox__" + secret, "sk_sandbox_" + made.Key.KeyId, "sk_sandbox_", new string('s', 9000)])
        {
            (HttpStatusCode status, _) = await _stand.SendAsync("GET", "/v1/payments", wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
        }

        ApiKeyCreated next = await client.RotateApiKeyAsync(made.Key.KeyId, new ApiKeyRotationInput { OverlapHours = 1 }, None);
        Assert.Equal([ApiScopes.PaymentsRead], next.Key.Scopes);
        Assert.Equal(HttpStatusCode.OK, (await _stand.SendAsync("GET", "/v1/payments", made.Secret)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _stand.SendAsync("GET", "/v1/payments", next.Secret)).Status);
        await client.RevokeApiKeyAsync(next.Key.KeyId, None);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _stand.SendAsync("GET", "/v1/payments", next.Secret)).Status);
        ApiKeyCreated at = await client.RotateApiKeyAsync((await client.MakeApiKeyAsync(new ApiKeyInput { Name = "x", Scopes = [ApiScopes.Keys] }, None)).Key.KeyId,
            new ApiKeyRotationInput { OverlapHours = 0 }, None);
        SoftPosApiException more = await Assert.ThrowsAsync<SoftPosApiException>(async () =>
        {
            using SoftPosClient small = _stand.Client(at.Secret);
            await small.MakeApiKeyAsync(new ApiKeyInput { Name = "more", Scopes = [ApiScopes.PaymentsWrite] }, None);
        });
        Assert.Equal((403, "$.scopes"), (more.Status, more.Field));
    }

    [Fact]
    public async Task The_same_key_and_body_give_the_same_bytes_and_one_order_and_another_body_is_refused_and_recorded()
    {
        string body = $$"""{"terminalId":"{{IntegratorStand.TerminalA}}","amountMinor":1250}""";
        (HttpStatusCode Status, string Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body, "till-1")));
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.Created, answers[0].Body), a));
        Assert.Single(await _stand.Database.Orders.NewestAsync("tenant-a", null, 10, cancellation: None));
        Assert.Equal(answers[0], await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body, "till-1"));
        (HttpStatusCode status, string problem) = await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body.Replace("1250", "1251", StringComparison.Ordinal), "till-1");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, ReasonCodes.IdempotencyConflict), (status, IntegratorStand.CodeOf(problem)));
        Assert.Contains(await _stand.Database.Journal.NewestAsync("api", 10, cancellation: None), e => e.Kind == "api.idempotency-conflict");
        (HttpStatusCode without, string told) = await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body);
        Assert.Equal(HttpStatusCode.BadRequest, without);
        Assert.Contains("idempotency-key", told, StringComparison.Ordinal);
        (HttpStatusCode other, _) = await _stand.SendAsync("POST", "/v1/webhook-endpoints", _stand.KeyB, """{"url":"http://127.0.0.1:9/"}""", "till-1");
        Assert.Equal(HttpStatusCode.Created, other);
    }

    [Fact]
    public async Task An_answer_that_was_lost_with_its_process_makes_the_same_order_when_it_is_asked_again()
    {
        Guid reserved = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        string body = $$"""{"terminalId":"{{IntegratorStand.TerminalA}}","amountMinor":700}""";
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("POST /v1/orders \n" + body));
        await _stand.Database.CommitAsync(new Change().TakeIdempotencyKey("tenant-a", "crashed", hash, reserved), None);
        (HttpStatusCode status, string answer) = await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body, "crashed");
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(reserved.ToString(), JsonNode.Parse(answer)!["order"]!["orderId"]!.GetValue<string>());
        Assert.Equal(answer, (await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body, "crashed")).Body);
    }

    [Theory]
    [InlineData("""{"amountMinor":100}""", "$", "terminalId")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":0}""", "$.amountMinor", "above 0")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":"x"}""", "$.amountMinor", "another type")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":100,"amont":1}""", "$.amont", "not known")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":100,"currency":"840"}""", "$.currency", "978")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":100,"tipMinor":100}""", "$.tipMinor", "parts")]
    [InlineData("""{"terminalId":"0193a000-0000-7000-8000-00000000000a","amountMinor":100,"lifeSeconds":1}""", "$.lifeSeconds", "3600")]
    [InlineData("""{"terminalId":""", "$", "JSON")]
    [InlineData("null", "$", "object")]
    public async Task A_bad_order_is_refused_with_the_field_and_what_was_expected(string body, string field, string words)
    {
        (HttpStatusCode status, string problem) = await _stand.SendAsync("POST", "/v1/orders", _stand.KeyA, body, "bad");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        JsonNode json = JsonNode.Parse(problem)!;
        Assert.StartsWith(field, json["errors"]![0]!["pointer"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains(words, json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("SoftPos.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_paged_by_a_cursor_without_gap_or_double()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        for (int i = 0; i < 7; i++)
        {
            await _stand.Database.CommitAsync(
                new Change().Add(IntegratorStand.Payment(Guid.CreateVersion7(now), IntegratorStand.MerchantA, IntegratorStand.TerminalA, now)), None);
        }

        List<string> seen = [];
        string query = "?limit=3";
        while (true)
        {
            (_, string body) = await _stand.SendAsync("GET", "/v1/payments" + query, _stand.KeyA);
            JsonNode page = JsonNode.Parse(body)!;
            seen.AddRange(page["data"]!.AsArray().Select(static p => p!["paymentId"]!.GetValue<string>()));
            if (page["nextCursor"] is not { } cursor)
            {
                break;
            }

            query = $"?limit=3&cursor={cursor}";
        }

        Assert.Equal(8, seen.Count);
        Assert.Equal(8, seen.Distinct().Count());
        foreach (string bad in (string[])["?limit=0", "?limit=201", "?cursor=!", "?cursor=eHg"])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await _stand.SendAsync("GET", "/v1/payments" + bad, _stand.KeyA)).Status);
        }
    }

    [Fact]
    public async Task Merchants_are_taken_on_with_store_supervisor_and_a_code_that_enrols_once()
    {
        using SoftPosClient client = _stand.Client(_stand.KeyA);
        await client.PutMerchantAsync("cafe-1", new MerchantInput
        {
            Name = "Café", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000009", CategoryCode = "5814", Currency = "978",
            Limits = new MerchantLimits { MaxAmountMinor = 5000 }, Branding = new MerchantBranding { Footer = "Paldies", Colour = "#102030" },
        }, None);
        await client.PutStoreAsync("cafe-1", new Store { StoreId = "old-town", Name = "Old Town" }, None);
        await _stand.SendAsync("PUT", "/v1/merchants/cafe-1/users/anna", _stand.KeyA, """{"name":"Anna","role":"Supervisor"}""");
        await _stand.SendAsync("PUT", "/v1/merchants/cafe-1/users/bob", _stand.KeyA, """{"name":"Bob"}""");
        ActivationCodeOutput code = await client.MakeActivationCodeAsync("cafe-1", new ActivationCodeInput { StoreId = "old-town", UserId = "anna" }, None);
        Assert.Contains(code.Code, code.QrPayload, StringComparison.Ordinal);
        Guid terminal = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        Assert.True((await _stand.Database.CommitAsync(new Change().RedeemActivationCode(code.Code, terminal), None)).Done);
        Assert.Equal("old-town", await _stand.Database.MerchantParts.StoreOfTerminalAsync(terminal, None));
        SoftPosApiException cashier = await Assert.ThrowsAsync<SoftPosApiException>(() => client.MakeActivationCodeAsync("cafe-1", new ActivationCodeInput { UserId = "bob" }, None));
        Assert.Equal("$.userId", cashier.Field);
        SoftPosApiException currency = await Assert.ThrowsAsync<SoftPosApiException>(() => client.PutMerchantAsync("cafe-1", new MerchantInput
        {
            Name = "Café", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000009", CategoryCode = "5814", Currency = "840",
        }, None));
        Assert.Equal("$.currency", currency.Field);
    }

    [Fact]
    public async Task The_description_is_OpenAPI_3_1_and_names_every_route_with_its_way_in()
    {
        (HttpStatusCode status, string body) = await _stand.SendAsync("GET", IntegratorModule.DescriptionPath, null);
        Assert.Equal(HttpStatusCode.OK, status);
        JsonNode description = JsonNode.Parse(body)!;
        Assert.StartsWith("3.1", description["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("bearer", description["components"]!["securitySchemes"]!["apiKey"]!["scheme"]!.GetValue<string>());
        JsonObject paths = description["paths"]!.AsObject();
        foreach (RouteEndpoint route in _stand.Host.Routes.OfType<RouteEndpoint>().Where(static r => r.Metadata.GetMetadata<ApiScope>() is not null))
        {
            string path = "/" + route.RoutePattern.RawText!.TrimStart('/').Replace(":guid", string.Empty, StringComparison.Ordinal);
            string method = route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant();
            JsonNode? operation = paths[path]?[method];
            Assert.True(operation is not null, $"{method} {path}");
            Assert.Contains(route.Metadata.GetMetadata<ApiScope>()!.Name, operation["description"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.All(paths, static path => Assert.StartsWith("/v1/", path.Key, StringComparison.Ordinal));
        Assert.NotNull(description["components"]!["schemas"]!["OrderInput"]!["properties"]!["amountMinor"]);
    }

    private IEnumerable<(string Method, string Path, string Scope)> ApiRoutesWithScopes() =>
        from route in _stand.Host.Routes.OfType<RouteEndpoint>()
        let scope = route.Metadata.GetMetadata<ApiScope>()
        where scope is not null
        select (route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0], PathOf(route), scope.Name);

    private IEnumerable<(string Method, string Path)> Routes() => _stand.Host.Routes.OfType<RouteEndpoint>()
        .Select(static route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET", PathOf(route))).Distinct();

    private static string PathOf(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(static segment =>
        string.Concat(segment.Parts.Select(static part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart { Name: "merchantId" } => IntegratorStand.MerchantA,
            RoutePatternParameterPart { Name: "paymentId" } => IntegratorStand.PaymentA.ToString(),
            RoutePatternParameterPart { Name: "terminalId" } => IntegratorStand.TerminalA.ToString(),
            RoutePatternParameterPart { Name: "orderId" } => IntegratorStand.PaymentA.ToString(),
            RoutePatternSeparatorPart separator => separator.Content,
            _ => "x",
        }))));
}
