using SoftPos.Contract;
using SoftPos.Iso8583;

namespace SoftPos.Payments;

/// <summary>What can happen to a payment.</summary>
internal abstract record PaymentEvent
{
    private PaymentEvent()
    {
    }

    /// <summary>It cannot go on, and nothing was sent.</summary>
    public sealed record Refused(string Reason) : PaymentEvent;

    /// <summary>Its exact bytes are ready and sealed.</summary>
    public sealed record Prepared(string Stan, string RetrievalReference) : PaymentEvent;

    /// <summary>The link is sure that no byte of it left.</summary>
    public sealed record NotSent : PaymentEvent;

    /// <summary>It may have left, and no answer came.</summary>
    public sealed record NoAnswer : PaymentEvent;

    /// <summary>The acquirer answered.</summary>
    public sealed record Answered(AuthorisationAnswer Answer) : PaymentEvent;

    /// <summary>An answer came after the payment had moved on.</summary>
    public sealed record AnsweredLate(string ResponseCode) : PaymentEvent;

    /// <summary>The process was restarted and does not know what happened.</summary>
    public sealed record Restarted : PaymentEvent;

    /// <summary>A reversal message goes out now. The number and time are used when it is the first.</summary>
    public sealed record ReversalStarted(string Stan, string Time) : PaymentEvent;

    /// <summary>The link is sure that no byte of the reversal message left.</summary>
    public sealed record ReversalNotSent : PaymentEvent;

    /// <summary>The reversal was answered.</summary>
    public sealed record ReversalAnswered(string ResponseCode) : PaymentEvent;

    /// <summary>The merchant follows an approval up: from now on the message is owed.</summary>
    /// <param name="RequestId">Identity of the request.</param>
    /// <param name="RequestHash">SHA-256 of the request.</param>
    /// <param name="Action">Void, complete or adjust.</param>
    /// <param name="AmountMinor">Amount of a completion or adjustment.</param>
    public sealed record FollowedUp(Guid RequestId, byte[] RequestHash, FollowUpAction Action, long AmountMinor) : PaymentEvent;

    /// <summary>A hold was not completed in time.</summary>
    public sealed record Expired : PaymentEvent;

    /// <summary>A person lets a sale that is held go to the bank.</summary>
    /// <param name="By">Who.</param>
    public sealed record Released(string By) : PaymentEvent;

    /// <summary>A person asks to go on with a parked reversal.</summary>
    public sealed record ReversalResumed : PaymentEvent;
}

/// <summary>What an answer to an authorisation says.</summary>
/// <param name="Class">Class of DE 39, or <see cref="AnswerClass.Unknown"/> when the answer contradicts the request.</param>
/// <param name="ResponseCode">DE 39.</param>
/// <param name="AuthorisationCode">DE 38, or null.</param>
/// <param name="IssuerData">91, 71 and 72 of DE 55, or null.</param>
/// <param name="Contradiction">Number of the field that contradicts the request, or null.</param>
/// <param name="AmountMinor">DE 4 of the answer, or null.</param>
internal sealed record AuthorisationAnswer(
    AnswerClass Class, string ResponseCode, string? AuthorisationCode, byte[]? IssuerData, int? Contradiction, long? AmountMinor = null);
