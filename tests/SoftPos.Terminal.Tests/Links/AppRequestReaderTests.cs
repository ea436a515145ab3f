namespace SoftPos.Terminal.Links;

/// <summary>What other apps and links may ask, and that everything else is refused with a reason that repeats nothing of it.</summary>
public sealed class AppRequestReaderTests
{
    private static readonly byte[] Signer = [.. Enumerable.Range(1, 32).Select(static at => (byte)at)];

    private static readonly LinkRules Rules = new() { Hosts = ["pay.example.com"], Callers = [new KnownCaller("org.example.till", Signer)] };

    private static readonly Caller Till = new("org.example.till", [Signer]);

    private readonly AppRequestReader _reader = new(Rules);

    [Theory]
    [Requirement("SWP-06", Partly = true)]
    [InlineData("https://pay.example.com/t/set-up?code=AB12-cd_3", "SetUp { Code = AB12-cd_3 }")]
    [InlineData("https://pay.example.com/t/why", "Explain { }")]
    [InlineData("https://pay.example.com/t/how", "Teach { }")]
    [InlineData("https://pay.example.com/t/payments", "ShowPayments { }")]
    public void A_link_of_the_deployment_is_taken(string link, string request) => Assert.Equal(request, _reader.ReadLink(link).Request?.ToString());

    [Theory]
    [Requirement("SWP-06", Partly = true)]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://pay.example.com/t/why")]
    [InlineData("softpos://pay.example.com/t/why")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///t/why")]
    [InlineData("intent://pay.example.com/t/why#Intent;scheme=https;end")]
    [InlineData("https://pay.example.com.evil.org/t/why")]
    [InlineData("https://evil.org/t/why")]
    [InlineData("https://pay.example.com@evil.org/t/why")]
    [InlineData("https://user:pass@pay.example.com/t/why")]
    [InlineData("https://pay.example.com:8443/t/why")]
    [InlineData("https://pay.example.com/t/why#x")]
    [InlineData("https://pay.example.com/t/why?next=https://evil.org")]
    [InlineData("https://pay.example.com/t/set-up")]
    [InlineData("https://pay.example.com/t/set-up?code=")]
    [InlineData("https://pay.example.com/t/set-up?code=a&code=b")]
    [InlineData("https://pay.example.com/t/set-up?code=a&x=1")]
    [InlineData("https://pay.example.com/t/set-up?code=%61")]
    [InlineData("https://pay.example.com/t/set-up?code=a%0d%0ab")]
    [InlineData("https://pay.example.com/t/set-up?code=123456789012345678901234567890123")]
    [InlineData("https://pay.example.com/t/pay?amount=100")]
    [InlineData("https://pay.example.com/t/%77hy/../pay")]
    [InlineData("https://pay.example.com/t/../t/why")]
    [InlineData("https://pay.example.com:443/t/why")]
    [InlineData("https://PAY.example.com/t/why")]
    [InlineData("https://pay.example.com\\t\\why")]
    [InlineData("https://pay.example.com/")]
    [InlineData(" https://pay.example.com/t/why")]
    [InlineData("https://pay.exämple.com/t/why")]
    public void Any_other_link_is_refused_with_a_reason(string? link)
    {
        AppRequestReading reading = _reader.ReadLink(link);
        Assert.Null(reading.Request);
        Assert.StartsWith(link is not null && reading.Refusal!.StartsWith("code", StringComparison.Ordinal) ? "code" : "link", reading.Refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", reading.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void A_known_app_may_ask_for_a_payment()
    {
        AppRequestReading reading = Ask(Till, Extras(1250L, "978", "order-7"));
        Assert.Equal(new AppRequest.Pay(1250, "978", "order-7"), reading.Request);
        Assert.Null(reading.Refusal);
    }

    public static TheoryData<string, string> BadExtras => new()
    {
        { "amountMinor", "zero" }, { "amountMinor", "negative" }, { "amountMinor", "huge" }, { "amountMinor", "text" }, { "amountMinor", "int" },
        { "amountMinor", "missing" }, { "currency", "EUR" }, { "currency", "9780" }, { "currency", "number" }, { "reference", "missing" },
        { "reference", "long" }, { "reference", "spaced" }, { "reference", "number" }, { "extras", "stranger" }, { "extras", "many" },
    };

    [Theory]
    [MemberData(nameof(BadExtras))]
    [Requirement("SWP-06", Partly = true)]
    public void A_wrong_extra_is_refused_by_its_name(string field, string what)
    {
        Dictionary<string, object?> extras = Extras(1250L, "978", "order-7");
        switch (field, what)
        {
            case ("amountMinor", "zero"): extras[field] = 0L; break;
            case ("amountMinor", "negative"): extras[field] = -1L; break;
            case ("amountMinor", "huge"): extras[field] = PaymentOrder.MaxAmountMinor + 1; break;
            case ("amountMinor", "text"): extras[field] = "1250"; break;
            case ("amountMinor", "int"): extras[field] = 1250; break;
            case (_, "missing"): extras.Remove(field); break;
            case ("currency", "number"): extras[field] = 978; break;
            case ("currency", _): extras[field] = what; break;
            case ("reference", "long"): extras[field] = new string('x', 65); break;
            case ("reference", "spaced"): extras[field] = "order 7"; break;
            case ("reference", "number"): extras[field] = 7; break;
            case ("extras", "stranger"): extras["pin"] = "1234"; break;
            default:
                for (int at = 0; at < 9; at++)
                {
                    extras[$"x{at}"] = at;
                }

                break;
        }

        AppRequestReading reading = Ask(Till, extras);
        Assert.Null(reading.Request);
        Assert.StartsWith(field, reading.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void A_stranger_a_look_alike_and_nobody_are_refused()
    {
        byte[] other = [.. Signer];
        other[31] ^= 1;
        Caller[] strangers =
        [
            new(null, [Signer]), new("org.example.till", []), new("org.example.till", [other]), new("org.example.till", [Signer, other]),
            new("org.example.till2", [Signer]),
        ];
        Assert.All(strangers, caller => Assert.StartsWith("caller", Ask(caller, Extras(1L, null, "a")).Refusal, StringComparison.Ordinal));
        Assert.StartsWith("action", _reader.ReadIntent("android.intent.action.SEND", null, Extras(1L, null, "a"), Till).Refusal, StringComparison.Ordinal);
        Assert.StartsWith("data", _reader.ReadIntent(AppRequestReader.PayAction, "content://x", Extras(1L, null, "a"), Till).Refusal, StringComparison.Ordinal);
    }

    /// <summary>Links that are put together at random out of parts that links have: never an exception, and taken only when they are one of the four.</summary>
    [Fact]
    [Requirement("SWP-06", Partly = true)]
    public void Random_links_never_pass_by_chance()
    {
        SeededNumbers numbers = new(20261124);
        string[] parts =
        [
            "https://", "http://", "pay.example.com", "evil.org", "/t/", "why", "set-up", "?code=", "A1", "&", "=", "#", "@", ":443", ":8443", "%2e", "..", "/", "\\", "\n", "é",
        ];
        int taken = 0;
        for (int run = 0; run < 20_000; run++)
        {
            string link = string.Concat(Enumerable.Range(0, 1 + numbers.Below(8)).Select(_ => parts[numbers.Below(parts.Length)]));
            if (_reader.ReadLink(link).Request is not null)
            {
                taken++;
                Assert.Matches(@"^https://pay\.example\.com/t/(why|how|payments|set-up\?code=[A-Za-z0-9_-]+)$", link);
            }
        }

        Assert.InRange(taken, 0, 100);
    }

    private AppRequestReading Ask(Caller caller, Dictionary<string, object?> extras) => _reader.ReadIntent(AppRequestReader.PayAction, null, extras, caller);

    private static Dictionary<string, object?> Extras(long amount, string? currency, string reference)
    {
        Dictionary<string, object?> extras = new(StringComparer.Ordinal) { ["amountMinor"] = amount, ["reference"] = reference };
        if (currency is not null)
        {
            extras["currency"] = currency;
        }

        return extras;
    }
}
