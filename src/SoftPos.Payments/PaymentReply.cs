using SoftPos.Contract;

namespace SoftPos.Payments;

/// <summary>A request was refused before it became a payment: nothing was recorded under its identity and no key was touched.</summary>
/// <param name="Reason">Code in the reason catalogue.</param>
/// <param name="Detail">What exactly, for the integrator; never holds a secret.</param>
public sealed record PaymentRefusal(string Reason, string Detail);

/// <summary>What a terminal gets: an answer, whose bytes are durable and are the same for the same request for ever, or a refusal.</summary>
public sealed record PaymentReply
{
    private PaymentReply(byte[]? body, PaymentRefusal? refusal)
    {
        Body = body;
        Refusal = refusal;
    }

    /// <summary>The answer: a <see cref="PaymentAnswer"/> as JSON, UTF-8. Null when refused.</summary>
    public byte[]? Body { get; }

    /// <summary>Why there is no payment; null when there is one.</summary>
    public PaymentRefusal? Refusal { get; }

    internal static PaymentReply Of(byte[] body) => new(body, null);

    internal static PaymentReply Refuse(string reason, string detail) => new(null, new PaymentRefusal(reason, detail));

    internal static PaymentReply Refuse(PaymentRefusal refusal) => new(null, refusal);
}
