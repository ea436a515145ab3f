namespace SoftPos.Contract;

/// <summary>Codes of the integrators' API and of orders that are pushed to terminals.</summary>
public static partial class ReasonCodes
{
    /// <summary>The clocks of terminal and back end are too far apart.</summary>
    public const string ClockSkew = "CLOCK_SKEW";

    /// <summary>The API key is missing, unknown, ended or of another kind of installation.</summary>
    public const string ApiKeyInvalid = "API_KEY_INVALID";

    /// <summary>The API key does not open this.</summary>
    public const string ScopeMissing = "SCOPE_MISSING";

    /// <summary>Nothing of that identity is known to the API key.</summary>
    public const string ResourceUnknown = "RESOURCE_UNKNOWN";

    /// <summary>Something of that identity exists.</summary>
    public const string ResourceExists = "RESOURCE_EXISTS";

    /// <summary>A pushed order was not accepted, or not tapped, in time.</summary>
    public const string OrderExpired = "ORDER_EXPIRED";

    /// <summary>A pushed order is not in a state that allows this.</summary>
    public const string OrderClosed = "ORDER_CLOSED";

    /// <summary>No mail server takes receipts.</summary>
    public const string MailUnavailable = "MAIL_UNAVAILABLE";
}
