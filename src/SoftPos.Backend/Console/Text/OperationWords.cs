using SoftPos.Contract;

namespace SoftPos.Backend.Console.Text;

/// <summary>What a payment is, in words; a plain sale needs none.</summary>
internal static class OperationWords
{
    public static string? Of(PaymentOperation operation) => operation switch
    {
        PaymentOperation.PreAuthorisation => "Pre-authorisation",
        PaymentOperation.Refund => "Refund",
        PaymentOperation.Increment => "Increment",
        _ => null,
    };
}
