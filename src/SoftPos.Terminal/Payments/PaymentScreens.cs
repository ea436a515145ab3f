namespace SoftPos.Terminal;

/// <summary>Tells the integrator's screen, in order and without repeating; a fault there is the host app's and changes no payment.</summary>
internal sealed class PaymentScreens(IPaymentUi ui, Guid paymentId, long amountMinor, string currency)
{
    private PaymentStage? _last;

    public void Show(PaymentStage stage)
    {
        if (stage != _last)
        {
            _last = stage;
            Tell(new PaymentScreen { Stage = stage, PaymentId = paymentId, AmountMinor = amountMinor, Currency = currency });
        }
    }

    public void Finish(PaymentResult result)
    {
        _last = PaymentStage.Finished;
        Tell(new PaymentScreen
        {
            Stage = PaymentStage.Finished, PaymentId = paymentId, AmountMinor = amountMinor, Currency = currency, Result = result,
        });
    }

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
