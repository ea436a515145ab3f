using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Scenarios;

/// <summary>Phones of this process that pay at a stack of other processes, each with a card of its own, so that counters do not meet.</summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly string[] Cards = ["visa", "visa-cvn10", "visa-cvn22", "visa-long-pan"];

    private readonly List<VirtualTerminal> _phones = [];

    public IReadOnlyList<VirtualTerminal> Phones => _phones;

    public static async Task<Load> OpenAsync(Uri backend, string folder, int count)
    {
        Load load = new();
        for (int i = 0; i < count; i++)
        {
            VirtualTerminal phone = await VirtualTerminal.OpenAsync(
                new VirtualTerminalOptions { Backend = backend, Folder = Path.Combine(folder, $"load-{i}"), Card = Cards[i] });
            load._phones.Add(phone);
            TrustResult trust = await Sandbox.ActivateAsync(phone, backend, TestContext.Current.CancellationToken);
            Assert.True(trust.CanPay, trust.Reason?.Code);
        }

        return load;
    }

    /// <summary>How a payment stands, asked until nothing is open any more.</summary>
    public static async Task<PaymentResult> SettledAsync(VirtualTerminal phone, Guid paymentId)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        while (true)
        {
            PaymentResult result = await phone.StatusAsync(paymentId, TestContext.Current.CancellationToken);
            bool open = result.Outcome is PaymentOutcome.Unknown
                || result is { Answer: null, Reason.Code: not (ReasonCodes.BackendUnreachable or ReasonCodes.PaymentUnknown) };
            if (!open)
            {
                return result;
            }

            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"payment {paymentId} stays {result.Outcome} {result.Reason.Code}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (VirtualTerminal phone in _phones)
        {
            await phone.DisposeAsync();
        }
    }
}
