namespace SoftPos.Contract;

/// <summary>Currencies of ISO 4217 as amounts and receipts need them: exponent and letters by the numeric code.</summary>
public static class Currencies
{
    /// <summary>Digits after the decimal point. Most currencies have two; the exceptions stand here.</summary>
    /// <param name="numeric">Three digits.</param>
    public static int Exponent(string numeric) => numeric switch
    {
        "392" or "410" or "152" or "352" or "704" or "950" or "952" or "953" or "108" or "174" or "262" or "324" or "548" or "600" or "646" or "800" => 0,
        "048" or "368" or "400" or "414" or "434" or "512" or "788" => 3,
        _ => 2,
    };

    /// <summary>Three letters where this project knows them, else the numeric code.</summary>
    /// <param name="numeric">Three digits.</param>
    public static string Letters(string numeric) => numeric switch
    {
        "978" => "EUR",
        "840" => "USD",
        "826" => "GBP",
        "756" => "CHF",
        "392" => "JPY",
        "414" => "KWD",
        "710" => "ZAR",
        "036" => "AUD",
        "124" => "CAD",
        "752" => "SEK",
        "578" => "NOK",
        "208" => "DKK",
        "985" => "PLN",
        "203" => "CZK",
        _ => numeric,
    };
}
