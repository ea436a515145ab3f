using System.Globalization;

namespace SoftPos.Contract;

/// <summary>Amounts for people, by ISO 4217.</summary>
public static class MoneyText
{
    private static readonly Dictionary<string, (string Code, int Exponent)> Currencies = new(StringComparer.Ordinal)
    {
        ["036"] = ("AUD", 2), ["048"] = ("BHD", 3), ["124"] = ("CAD", 2), ["152"] = ("CLP", 0), ["156"] = ("CNY", 2), ["203"] = ("CZK", 2),
        ["208"] = ("DKK", 2), ["344"] = ("HKD", 2), ["348"] = ("HUF", 2), ["352"] = ("ISK", 0), ["356"] = ("INR", 2), ["360"] = ("IDR", 2),
        ["376"] = ("ILS", 2), ["392"] = ("JPY", 0), ["400"] = ("JOD", 3), ["404"] = ("KES", 2), ["410"] = ("KRW", 0), ["414"] = ("KWD", 3),
        ["458"] = ("MYR", 2), ["484"] = ("MXN", 2), ["554"] = ("NZD", 2), ["566"] = ("NGN", 2), ["578"] = ("NOK", 2), ["608"] = ("PHP", 2),
        ["634"] = ("QAR", 2), ["682"] = ("SAR", 2), ["702"] = ("SGD", 2), ["704"] = ("VND", 0), ["710"] = ("ZAR", 2), ["752"] = ("SEK", 2),
        ["756"] = ("CHF", 2), ["764"] = ("THB", 2), ["784"] = ("AED", 2), ["788"] = ("TND", 3), ["818"] = ("EGP", 2), ["826"] = ("GBP", 2),
        ["840"] = ("USD", 2), ["936"] = ("GHS", 2), ["946"] = ("RON", 2), ["949"] = ("TRY", 2), ["952"] = ("XOF", 0), ["975"] = ("BGN", 2),
        ["978"] = ("EUR", 2), ["980"] = ("UAH", 2), ["985"] = ("PLN", 2), ["986"] = ("BRL", 2),
    };

    /// <summary>Such as <c>12.50 EUR</c>. A currency that is not known is shown in minor units, never guessed.</summary>
    /// <param name="amountMinor">Minor units.</param>
    /// <param name="currency">ISO 4217 numeric code, 3 digits.</param>
    public static string Of(long amountMinor, string currency)
    {
        if (!Currencies.TryGetValue(currency, out (string Code, int Exponent) known))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{amountMinor} minor units of {currency}");
        }

        decimal unit = known.Exponent switch { 0 => 1m, 2 => 100m, _ => 1000m };
        string format = known.Exponent switch { 0 => "#,##0", 2 => "#,##0.00", _ => "#,##0.000" };
        // A thin space groups thousands without being read as a decimal sign in any country.
        string number = (amountMinor / unit).ToString(format, CultureInfo.InvariantCulture).Replace(",", "\u202f", StringComparison.Ordinal);
        return $"{number} {known.Code}";
    }

    /// <summary>How many decimals an amount of the currency has; null for a currency that is not known.</summary>
    public static int? Decimals(string currency) =>
        Currencies.TryGetValue(currency, out (string Code, int Exponent) known) ? known.Exponent : null;

    /// <summary>The currency's letters, or its number.</summary>
    public static string Code(string currency) =>
        Currencies.TryGetValue(currency, out (string Code, int Exponent) known) ? known.Code : currency;
}
