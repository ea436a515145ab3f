using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What a payment needs of the terminal around it.</summary>
internal sealed class PaymentRoom
{
    public required TerminalPlatform Platform { get; init; }

    public required Enrolment Enrolment { get; init; }

    public required BackendLink Link { get; init; }

    public required AttestationClient Attestation { get; init; }

    public required StatusClient Status { get; init; }

    public required PaymentResults Results { get; init; }

    public required CardSessionFactory OpenCard { get; init; }

    public required ReaderSettings Reader { get; init; }

    public required OfflineForwarding Forwarding { get; init; }

    /// <summary>Is told what became of each sale that was forwarded.</summary>
    public Action<PaymentResult>? Forwarded { get; init; }

    public required string Language { get; init; }

    public required TimeSpan CardTimeout { get; init; }

    public DateTimeOffset Now => Platform.Clock.GetUtcNow();

    /// <summary>Forgets a payment whose answer is definite: a final state, a refusal before sending, or "never arrived".</summary>
    public void Close(Guid paymentId, LinkAnswer<PaymentAnswer> answer)
    {
        if (answer.Problem is not null || (answer.Value is { } value && PaymentResults.IsFinal(value.State)))
        {
            Enrolment.ClosePayment(paymentId);
        }
    }
}
