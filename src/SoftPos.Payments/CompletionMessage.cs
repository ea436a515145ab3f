using System.Globalization;
using SoftPos.Iso8583;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>
/// The advice 0220 that charges a pre-authorisation, or a sale in another amount, and its repeats 0221. No new cryptogram is possible without the
/// card, so the advice has none: it names the authorisation (DE 37, 38, 90) and brings the amount.
/// </summary>
internal static class CompletionMessage
{
    private static readonly int[] Echoed = [2, 3, 12, 13, 14, 18, 19, 22, 23, 25, 32, 37, 41, 42, 43, 49];

    /// <summary>Builds the message from what is kept of the original; a repeat differs in its type alone. The caller zeroes the bytes.</summary>
    /// <exception cref="Iso8583Exception">The stored bytes do not read; then the store or the dialect was changed under us.</exception>
    public static byte[] Encode(PaymentRecord payment, ReadOnlySpan<byte> original, PaymentOptions options)
    {
        if (!Iso8583View.TryRead(original, options.Dialect, out Iso8583View sent, out Iso8583Fault fault))
        {
            throw new Iso8583Exception(fault);
        }

        Iso8583Message message = new(options.Dialect, payment.ReversalAttempts > 1 ? "0221" : "0220");
        try
        {
            message.Echo(sent, Echoed);
            message[4] = (payment.PendingMinor ?? 0).ToString("D12", CultureInfo.InvariantCulture);
            message[7] = payment.ReversalTime;
            message[11] = payment.ReversalStan;
            message[38] = payment.AuthorisationCode;
            message[90] = OriginalDataElements.Of(sent).Text;
            return options.Encode(message);
        }
        finally
        {
            message.Clear();
        }
    }

    /// <summary>DE 39 of the answer; null when the bytes are no answer to this advice.</summary>
    public static string? Read(ReadOnlySpan<byte> answer, PaymentRecord payment, PaymentOptions options) =>
        options.TryRead(answer, out Iso8583View came)
        && came.Type == MessageType.Parse("0230")
        && came.Text(11) == payment.ReversalStan
        && came.Text(37) is var reference && (reference is null || reference == payment.RetrievalReference)
            ? came.Text(39)
            : null;
}
