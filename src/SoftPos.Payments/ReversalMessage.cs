using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>The messages that a payment owes the acquirer: the one place that knows which state owes which.</summary>
internal static class OwedMessage
{
    public static byte[] Encode(PaymentRecord payment, ReadOnlySpan<byte> original, PaymentOptions options) => OwedDecider.IsAdvice(payment.State)
        ? CompletionMessage.Encode(payment, original, options)
        : ReversalMessage.Encode(payment, original, options);

    public static string? Read(ReadOnlySpan<byte> answer, PaymentRecord payment, PaymentOptions options) => OwedDecider.IsAdvice(payment.State)
        ? CompletionMessage.Read(answer, payment, options)
        : ReversalMessage.Read(answer, payment, options);
}

/// <summary>The 0400 of a payment and its repeats 0401, made from the stored exact bytes of the original.</summary>
internal static class ReversalMessage
{
    /// <summary>Fields that a reversal takes over from the original as they stood on the wire.</summary>
    private static readonly int[] Echoed = [2, 3, 4, 12, 13, 14, 18, 19, 22, 23, 25, 32, 37, 41, 42, 43, 49];

    /// <summary>Builds the message: a repeat differs from the first in its type alone. The caller zeroes the bytes.</summary>
    /// <exception cref="Iso8583Exception">The stored bytes do not read; then the store or the dialect was changed under us.</exception>
    public static byte[] Encode(PaymentRecord payment, ReadOnlySpan<byte> original, PaymentOptions options)
    {
        Iso8583Dialect dialect = options.Dialect;
        if (!Iso8583View.TryRead(original, dialect, out Iso8583View sent, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }

        Iso8583Message message = new(dialect, payment.ReversalAttempts > 1 ? "0401" : "0400");
        try
        {
            message.Echo(sent, Echoed);
            message[7] = payment.ReversalTime;
            message[11] = payment.ReversalStan;
            message[38] = payment.AuthorisationCode;
            message[39] = payment.ReversalCause;
            message[90] = OriginalDataElements.Of(sent).Text;
            return options.Encode(message);
        }
        finally
        {
            message.Clear();
        }
    }

    /// <summary>DE 39 of the answer; null when the bytes are no answer to this reversal.</summary>
    public static string? Read(ReadOnlySpan<byte> answer, PaymentRecord payment, PaymentOptions options) =>
        options.TryRead(answer, out Iso8583View came)
        && came.Type == MessageType.Parse("0410")
        && came.Text(11) == payment.ReversalStan
        && came.Text(37) is var reference && (reference is null || reference == payment.RetrievalReference)
            ? came.Text(39)
            : null;
}
