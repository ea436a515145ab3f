using System.Security.Cryptography;

namespace SoftPos.Terminal.Links;

/// <summary>
/// Reads what comes from outside the app: links, and intents of other apps. Every name, type, length and character is checked, what is not
/// known is refused, and nothing that was read does anything by itself.
/// </summary>
public sealed class AppRequestReader(LinkRules rules)
{
    /// <summary>Action of an intent that asks for a payment.</summary>
    public const string PayAction = "org.opensoftpos.action.PAY";

    /// <summary>Action of an intent that opens a link.</summary>
    public const string ViewAction = "android.intent.action.VIEW";

    /// <summary>Longest link.</summary>
    public const int MaxLink = 512;

    private const int MaxCode = 32, MaxReference = 64, MaxExtras = 8;

    /// <summary>Reads a link, such as <c>https://HOST/t/set-up?code=…</c>.</summary>
    public AppRequestReading ReadLink(string? link)
    {
        if (link is null || link.Length > MaxLink || link.Any(static letter => letter is < '!' or > '~'))
        {
            return AppRequestReading.Refused($"link: expected an address of at most {MaxLink} plain characters");
        }

        if (!Uri.TryCreate(link, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            return AppRequestReading.Refused("link: expected https");
        }

        // One spelling only: what the parser would tidy up (dots, escapes, backslashes, a written port) is not repaired but refused.
        if (uri.AbsoluteUri != link || uri.UserInfo.Length > 0 || !uri.IsDefaultPort || uri.Fragment.Length > 0 || !rules.Hosts.Contains(uri.Host, StringComparer.Ordinal))
        {
            return AppRequestReading.Refused("link: not an address of this app");
        }

        if (!TryReadQuery(uri.Query, out Dictionary<string, string> query))
        {
            return AppRequestReading.Refused("link: each parameter once, with a name and a value");
        }

        return (uri.AbsolutePath, query.Count) switch
        {
            ("/t/set-up", 1) when query.TryGetValue("code", out string? code) => SetUp(code),
            ("/t/why", 0) => AppRequestReading.Taken(new AppRequest.Explain()),
            ("/t/how", 0) => AppRequestReading.Taken(new AppRequest.Teach()),
            ("/t/payments", 0) => AppRequestReading.Taken(new AppRequest.ShowPayments()),
            _ => AppRequestReading.Refused("link: no such page, or parameters that it does not have"),
        };
    }

    /// <summary>Reads an intent that asks for a payment.</summary>
    /// <param name="action">Its action.</param>
    /// <param name="data">Its address; must be none.</param>
    /// <param name="extras">Its extras by name, as the system unpacked them.</param>
    /// <param name="caller">Who started it for a result.</param>
    public AppRequestReading ReadIntent(string? action, string? data, IReadOnlyDictionary<string, object?> extras, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(extras);
        ArgumentNullException.ThrowIfNull(caller);
        if (action != PayAction)
        {
            return AppRequestReading.Refused("action: not one of this app");
        }

        if (!IsKnown(caller))
        {
            return AppRequestReading.Refused("caller: this app is not allowed to ask for payments");
        }

        if (data is not null)
        {
            return AppRequestReading.Refused("data: none is expected");
        }

        if (extras.Count > MaxExtras || extras.Keys.FirstOrDefault(static name => name is not ("amountMinor" or "currency" or "reference")) is not null)
        {
            return AppRequestReading.Refused("extras: expected amountMinor, currency and reference only");
        }

        if (extras.GetValueOrDefault("amountMinor") is not long amount || amount is <= 0 or > PaymentOrder.MaxAmountMinor)
        {
            return AppRequestReading.Refused($"amountMinor: expected a long from 1 to {PaymentOrder.MaxAmountMinor}");
        }

        string? currency = null;
        if (extras.TryGetValue("currency", out object? given))
        {
            if (given is not string { Length: 3 } three || !three.All(char.IsAsciiDigit))
            {
                return AppRequestReading.Refused("currency: expected 3 digits of ISO 4217");
            }

            currency = three;
        }

        return extras.GetValueOrDefault("reference") is string { Length: > 0 and <= MaxReference } reference && reference.All(IsPlain)
            ? AppRequestReading.Taken(new AppRequest.Pay(amount, currency, reference))
            : AppRequestReading.Refused($"reference: expected 1 to {MaxReference} letters, digits, - or _");
    }

    private bool IsKnown(Caller caller) => caller.Package is { } package && rules.Callers.Any(known =>
        known.Package == package && caller.SignerDigests.Count == 1 && CryptographicOperations.FixedTimeEquals(known.SignerDigest, caller.SignerDigests[0]));

    private static AppRequestReading SetUp(string code) => code.Length is > 0 and <= MaxCode && code.All(IsPlain)
        ? AppRequestReading.Taken(new AppRequest.SetUp(code))
        : AppRequestReading.Refused($"code: expected 1 to {MaxCode} letters, digits, - or _");

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    /// <summary>Nothing is unescaped: no value that is allowed needs it, and so no second reading can differ from the first.</summary>
    private static bool TryReadQuery(string text, out Dictionary<string, string> query)
    {
        query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=');
            if (parts is not [{ Length: > 0 } name, { Length: > 0 } value] || query.Count == MaxExtras || !query.TryAdd(name, value))
            {
                return false;
            }
        }

        return true;
    }
}
