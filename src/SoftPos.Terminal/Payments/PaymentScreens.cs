namespace SoftPos.Terminal;

/// <summary>Tells the integrator's screen, in order and without repeating; a fault there is the host app's and changes no payment.</summary>
internal sealed class PaymentScreens(IPaymentUi ui, Guid paymentId, string currency)
{
    private (PaymentStage Stage, long AmountMinor, bool IsOffline)? _last;

    /// <summary>What is shown: the order with its surcharge, once that is known.</summary>
    public required PaymentOrder Order { get; set; }

    /// <summary>The sale is taken without the back end.</summary>
    public bool IsOffline { get; set; }

    public void Show(PaymentStage stage)
    {
        if (_last != (stage, Order.AmountMinor, IsOffline))
        {
            _last = (stage, Order.AmountMinor, IsOffline);
            Tell(ScreenOf(stage));
        }
    }

    public void Finish(PaymentResult result)
    {
        _last = (PaymentStage.Finished, Order.AmountMinor, IsOffline);
        Tell(ScreenOf(PaymentStage.Finished) with { Result = result });
    }

    private PaymentScreen ScreenOf(PaymentStage stage) => new()
    {
        Stage = stage, PaymentId = paymentId, AmountMinor = Order.AmountMinor, TipMinor = Order.TipMinor,
        CashbackMinor = Order.CashbackMinor,
        SurchargeMinor = Order.SurchargeMinor, Currency = currency, IsOffline = IsOffline,
    };

    private void Tell(PaymentScreen screen)
    {
        try
        {
            ui.Show(screen);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Between tap and answer nothing of the host app may stop a payment: its cardholder may already be charged.
        }
    }
}
