using System.CommandLine;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;

namespace SoftPos.Cli.Commands.Integrators;

/// <summary><c>softpos merchants</c>: list, take on, make activation codes, list terminals.</summary>
internal static class MerchantCommands
{
    public static Command Create()
    {
        Command command = new("merchants", "Merchants, their activation codes and terminals.") { List(), Add(), Code(), Terminals(),
            OfflineCommands.Create() };
        return command;
    }

    private static Command List()
    {
        ApiOptions api = new();
        Command command = api.AddTo(new Command("list", "List the merchants that the key reaches."));
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            string? cursor = null;
            do
            {
                Page<MerchantRecord> page = await client.MerchantsAsync(cursor, cancellation);
                foreach (MerchantRecord merchant in page.Data)
                {
                    Console.Out.WriteLine($"  {merchant.MerchantId,-28}{merchant.Name}, {merchant.City} {merchant.Country}, currency {merchant.Currency}");
                }

                cursor = page.NextCursor;
            }
            while (cursor is not null);
            return 0;
        }));
        return command;
    }

    private static Command Add()
    {
        Argument<string> id = new("merchant") { Description = "Identity: 3 to 40 of a–z, 0–9 and hyphen." };
        Option<string> name = new("--name") { Description = "Name on the receipt.", Required = true };
        Option<string> city = new("--city") { Description = "City.", Required = true };
        Option<string> country = new("--country") { Description = "Two letters of ISO 3166-1.", Required = true };
        Option<string> acceptor = new("--acceptor") { Description = "DE 42, as the acquirer gave it.", Required = true };
        Option<string> category = new("--category") { Description = "Merchant category code.", Required = true };
        Option<string> currency = new("--currency") { Description = "Three digits of ISO 4217.", Required = true };
        Option<long?> most = new("--max-amount") { Description = "Highest amount of one payment in minor units." };
        Option<decimal> percent = new("--surcharge") { Description = "Surcharge on sales by card, in percent, such as 1.5." };
        Option<long> surcharge = new("--surcharge-fixed") { Description = "Fixed part of the surcharge in minor units." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("add", "Take a merchant on, or change it.")
        {
            id, name, city, country, acceptor, category, currency, most, percent, surcharge,
        });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            MerchantRecord made = await client.PutMerchantAsync(
                parsed.GetValue(id)!,
                new MerchantInput
                {
                    Name = parsed.GetValue(name)!, City = parsed.GetValue(city)!, Country = parsed.GetValue(country)!, CardAcceptorId = parsed.GetValue(acceptor)!,
                    CategoryCode = parsed.GetValue(category)!, Currency = parsed.GetValue(currency)!,
                    Surcharge = SurchargeOf(parsed.GetValue(percent), parsed.GetValue(surcharge)),
                    Limits = parsed.GetValue(most) is { } limit ? new MerchantLimits { MaxAmountMinor = limit } : null,
                },
                cancellation);
            Console.Out.WriteLine($"  {made.MerchantId} is there; make an activation code with: softpos merchants code {made.MerchantId}");
            return 0;
        }));
        return command;
    }

    private static SurchargeTerms? SurchargeOf(decimal percent, long fixedMinor)
    {
        decimal hundredths = percent * 100;
        return hundredths != decimal.Truncate(hundredths) || hundredths is < 0 or > SurchargeTerms.MostHundredths
            ? throw new CommandException($"--surcharge {percent}: expected a percentage with at most two decimals, such as 1.5", 2)
            : percent == 0 && fixedMinor == 0 ? null
            : new SurchargeTerms { PercentHundredths = (int)hundredths, FixedMinor = fixedMinor };
    }

    private static Command Code()
    {
        Argument<string> id = new("merchant") { Description = "Merchant." };
        Option<string?> store = new("--store") { Description = "Store that the terminal will stand in." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("code", "Make a one-time activation code; it is shown once.") { id, store });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            ActivationCodeOutput made = await client.MakeActivationCodeAsync(
                parsed.GetValue(id)!, new ActivationCodeInput { StoreId = parsed.GetValue(store) }, cancellation);
            Console.Out.WriteLine($"  code     {made.Code}\n  until    {made.ExpiresAt:u}\n  QR text  {made.QrPayload}");
            return 0;
        }));
        return command;
    }

    private static Command Terminals()
    {
        Argument<string> id = new("merchant") { Description = "Merchant." };
        ApiOptions api = new();
        Command command = api.AddTo(new Command("terminals", "List the terminals of a merchant.") { id });
        command.SetAction((parsed, cancellation) => api.RunAsync(parsed, async client =>
        {
            foreach (TerminalView terminal in (await client.TerminalsAsync(parsed.GetValue(id)!, null, cancellation)).Data)
            {
                Console.Out.WriteLine($"  {terminal.TerminalId}  {terminal.State,-10}{terminal.Verdict,-10}{terminal.AcquirerTerminalId}  {terminal.Model}");
            }

            return 0;
        }));
        return command;
    }
}
