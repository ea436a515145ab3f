using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

// A sandbox must run: ./softpos up. On a phone the platform layer of the SDK stands where a phone of the lab stands here.
Uri sandbox = new(args is [string address, ..] ? address : "http://127.0.0.1:5080/");
string folder = args is [_, string named, ..] ? named : "first-sale";
await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(new VirtualTerminalOptions { Backend = sandbox, Folder = folder });
SoftPosTerminal terminal = phone.Terminal;

TrustResult trust = terminal.TerminalId is null
    ? await terminal.ActivateAsync(await Sandbox.CodeAsync(sandbox))
    : await terminal.PreflightAsync();
if (!trust.CanPay)
{
    Console.Error.WriteLine($"{trust.Reason!.Code}: {trust.Reason.Text} {trust.Reason.Fix}");
    return 1;
}

await phone.PlaceCardAsync();
PaymentResult sale = await terminal.PayAsync(new PaymentOrder { AmountMinor = 1250 }, new Screens());
Console.WriteLine($"{sale.Outcome}: {sale.Reason.Text} {sale.Card?.MaskedPan}");
foreach (string line in sale.Answer?.Receipt ?? [])
{
    Console.WriteLine($"  {line}");
}

return sale.Outcome is PaymentOutcome.Approved ? 0 : 1;

/// <summary>The till's own screen: it is told every state.</summary>
internal sealed class Screens : IPaymentUi
{
    public void Show(PaymentScreen screen) => Console.WriteLine(screen.Stage);
}
