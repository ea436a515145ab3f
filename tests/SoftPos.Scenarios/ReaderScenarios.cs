using System.Globalization;
using System.Text.Json.Nodes;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Vpcd;
using SoftPos.Terminal.Pcsc;

namespace SoftPos.Scenarios;

/// <summary>A sale with a card on a PC/SC reader: the virtual reader of vsmartcard under a real pcscd, a lab card in its field.</summary>
public sealed class ReaderScenarios
{
    [Fact]
    public async Task A_card_on_a_reader_of_pcscd_pays_as_a_card_of_the_lab_does()
    {
        await using PrivatePcscd daemon = await PrivatePcscd.StartAsync(TestContext.Current.CancellationToken);
        await using Stack stack = await Stack.StartAsync();
        VirtualCard card = VirtualCard.Create("visa", counter: 7)!;
        List<string> commands = [];
        await using SoftPosProcess sale = SoftPosProcess.StartWith(
            daemon.Environment, "sale", "12.50", "--reader", "Virtual", "--port", stack.Port.ToString(CultureInfo.InvariantCulture), "--data", stack.Data);
        await sale.WaitForAsync("present card");
        await using VpcdSocket field = daemon.Present(new VpcdCard
        {
            Activate = card.EnterField,
            Transceive = command =>
            {
                commands.Add(Convert.ToHexString(command));
                return card.Transceive(command);
            },
        });
        await sale.WaitForAsync("remove card");
        await field.DisposeAsync();
        int code = await sale.WaitAsync();
        Assert.True(code == 0, sale.Output);
        Assert.Contains("APPROVED", sale.Output, StringComparison.Ordinal);
        Assert.Contains("A0000000031010", sale.Output, StringComparison.Ordinal);
        Assert.Contains("payment.approved", sale.Output, StringComparison.Ordinal);

        // The amount of the sale went over the reader: 9F02 stands in the processing options' data.
        Assert.Contains(commands, command => command.StartsWith("80A8", StringComparison.Ordinal) && command.Contains("000000001250", StringComparison.Ordinal));
        JsonObject authorisation = Assert.Single(stack.Ledger(), entry => entry["type"]?.GetValue<string>() == "0100");
        Assert.Equal(1250, authorisation["amountMinor"]!.GetValue<long>());
    }
}
