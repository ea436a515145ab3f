using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Components;
using SoftPos.Backend.Console;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Console;

public sealed class AccessTests : IAsyncLifetime
{
    private ConsoleHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConsoleHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>The address of every page of the console, with some identity in place of parameters.</summary>
    public static TheoryData<string> Pages() =>
    [
        .. typeof(ConsoleModule).Assembly.GetTypes()
            .SelectMany(static type => type.GetCustomAttributes<RouteAttribute>())
            .Select(static route => string.Join('/', route.Template.Split('/').Select(static part =>
                part.Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : part.StartsWith('{') ? "0" : part))),
    ];

    [Theory]
    [Requirement("ATT-17", Partly = true)]
    [MemberData(nameof(Pages))]
    public async Task A_page_without_a_session_leads_to_the_sign_in_page(string page)
    {
        using HttpClient client = _host.Client();
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using HttpResponseMessage answer = await client.GetAsync(page, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/sign-in", answer.Headers.Location!.IsAbsoluteUri ? answer.Headers.Location.AbsolutePath : answer.Headers.Location.OriginalString);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_with_a_session_is_shown(string page)
    {
        using HttpClient client = await _host.SignedInAsync();
        using HttpResponseMessage answer = await client.GetAsync(page, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("<h", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor?id=1")]
    [InlineData("POST", "/_blazor/disconnect")]
    [InlineData("GET", "/_blazor/initializers")]
    [InlineData("POST", "/sign-out")]
    [InlineData("GET", "/fleet")]
    public async Task A_program_without_a_session_is_refused(string method, string address)
    {
        using HttpClient client = _host.Client();
        using HttpRequestMessage request = new(new HttpMethod(method), address);
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_live_connection_opens_with_a_session()
    {
        using HttpClient client = await _host.SignedInAsync();
        using HttpResponseMessage answer = await client.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_link_works_once_and_leaves_a_cookie_that_scripts_cannot_read()
    {
        string token = await _host.TokenAsync();
        using HttpClient client = _host.Client();
        using HttpResponseMessage first = await client.PostAsJsonAsync("/sign-in", new { token }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, cookie, StringComparison.OrdinalIgnoreCase);

        using HttpClient other = _host.Client();
        using HttpResponseMessage second = await other.PostAsJsonAsync("/sign-in", new { token }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Gone, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task An_expired_link_is_refused()
    {
        string token = await _host.TokenAsync(TimeSpan.FromSeconds(-1));
        using HttpClient client = _host.Client();
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/sign-in", new { token }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"token\":7}")]
    [InlineData("{\"token\":")]
    public async Task A_malformed_sign_in_is_refused(string body)
    {
        using HttpClient client = _host.Client();
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("/sign-in", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task An_oversized_sign_in_is_refused()
    {
        using HttpClient client = _host.Client();
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            "/sign-in", new { token = new string('0', 4096) }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_sign_in_from_another_site_is_refused()
    {
        using HttpClient client = _host.Client();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            "/sign-in", new { token = await _host.TokenAsync() }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_user_who_is_disabled_loses_the_session_at_the_next_request()
    {
        using HttpClient client = await _host.SignedInAsync();
        ConsoleUser user = (await _host.Database.ConsoleUsers.FindAsync("operator", TestContext.Current.CancellationToken))!;
        (await _host.Database.CommitAsync(new Change().Put(user with { Disabled = true }), TestContext.Current.CancellationToken)).Require();
        using HttpResponseMessage answer = await client.GetAsync("/fleet", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Signing_out_needs_the_form_of_the_page()
    {
        using HttpClient client = await _host.SignedInAsync();
        using HttpResponseMessage answer = await client.PostAsync("/sign-out", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    public async Task Pages_forbid_foreign_and_inline_scripts_framing_and_caching(string page)
    {
        using HttpClient client = await _host.SignedInAsync();
        using HttpResponseMessage answer = await client.GetAsync(page, TestContext.Current.CancellationToken);
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("<script>", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("onclick=", html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/_framework/blazor.web.js")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.js")]
    [InlineData("/_content/SoftPos.Backend/sign-in.js")]
    [InlineData("/_content/SoftPos.Backend/console.css")]
    public async Task Static_files_are_served(string address)
    {
        using HttpClient client = await _host.SignedInAsync();
        using HttpResponseMessage answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
