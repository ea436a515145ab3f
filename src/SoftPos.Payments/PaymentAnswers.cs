using System.Text.Json;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>The answer of a payment as the terminal gets it.</summary>
internal static class PaymentAnswers
{
    public static byte[] Encode(PaymentSteps.Standing standing) => Encode(standing.Record, standing.Merchant, standing.Traces);

    public static byte[] Encode(PaymentRecord payment, MerchantRecord? merchant, IReadOnlyList<JournalTrace> journal) =>
        JsonSerializer.SerializeToUtf8Bytes(Of(payment, merchant, journal), ContractJson.Default.PaymentAnswer);

    public static PaymentAnswer Of(PaymentSteps.Standing standing) => Of(standing.Record, standing.Merchant, standing.Traces);

    private static PaymentAnswer Of(PaymentRecord payment, MerchantRecord? merchant, IReadOnlyList<JournalTrace> journal) =>
        new()
        {
            PaymentId = payment.PaymentId,
            State = payment.State,
            Reason = payment.Reason,
            AmountMinor = payment.AmountMinor,
            Currency = payment.Currency,
            Operation = payment.Operation,
            OriginalPaymentId = payment.OriginalPaymentId,
            ApprovedMinor = payment.ApprovedMinor,
            RemainingMinor = payment.ApprovedMinor is { } approved ? payment.AmountMinor - approved : null,
            FinalMinor = payment.FinalMinor,
            TipMinor = payment.TipMinor == 0 ? null : payment.TipMinor,
            SurchargeMinor = payment.SurchargeMinor == 0 ? null : payment.SurchargeMinor,
            OtherAmountMinor = payment.OtherAmountMinor == 0 ? null : payment.OtherAmountMinor,
            MaskedPan = payment.MaskedPan,
            AuthorisationCode = payment.AuthorisationCode,
            ResponseCode = payment.ResponseCode,
            RetrievalReference = payment.RetrievalReference,
            Stan = payment.Stan,
            IssuerData = payment.IssuerData,
            Offline = payment.Offline,
            Receipt = Receipt.Lines(payment, merchant),
            Journal = journal,
        };
}
