using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What the host app's process may ask of the SDK's own process. There is no command that gives a key, a card or a PIN.</summary>
internal enum RoomCommand
{
    /// <summary>Who this terminal is and what is open.</summary>
    State,

    /// <summary>Ask the back end whether payments are possible.</summary>
    Preflight,

    /// <summary>Enrol with a code.</summary>
    Activate,

    /// <summary>Take a payment.</summary>
    Pay,

    /// <summary>Cancel the payment that runs, while it can be cancelled.</summary>
    Cancel,

    /// <summary>Ask what became of a payment.</summary>
    Status,

    /// <summary>Take an approved payment back.</summary>
    Void,

    /// <summary>Destroy keys and state.</summary>
    Wipe,

    /// <summary>Send the merchant's word against a refusal.</summary>
    Appeal,
}

/// <summary>A request. What its command does not use must be left away.</summary>
internal sealed record RoomRequest
{
    /// <summary>Number by which its answer is found.</summary>
    public int Number { get; set; }

    /// <summary>Command.</summary>
    public RoomCommand Command { get; set; }

    /// <summary>Code of an activation.</summary>
    public string? Code { get; set; }

    /// <summary>Words of an appeal.</summary>
    public string? Words { get; set; }

    /// <summary>Payment that is asked for or taken back.</summary>
    public Guid? PaymentId { get; set; }

    /// <summary>Amount of a payment in minor units.</summary>
    public long? AmountMinor { get; set; }

    /// <summary>ISO 4217 numeric currency of a payment.</summary>
    public string? Currency { get; set; }

    /// <summary>Kind of a payment.</summary>
    public PaymentKind? Kind { get; set; }

    /// <summary>Payment that a refund belongs to.</summary>
    public Guid? OriginalPaymentId { get; set; }
}

/// <summary>What the host may know of the terminal.</summary>
internal sealed record RoomState
{
    public Guid? TerminalId { get; set; }

    public string? MerchantName { get; set; }

    public string? Currency { get; set; }

    public IReadOnlyList<Guid> OpenPayments { get; set; } = [];

    public string SdkVersion { get; set; } = string.Empty;

    public long ReaderConfigurationVersion { get; set; }
}

/// <summary>An answer to a request, or something that happened: exactly one of the parts is there.</summary>
internal sealed record RoomAnswer
{
    /// <summary>Number of the request; 0 for what happened by itself.</summary>
    public int Number { get; set; }

    public RoomState? State { get; set; }

    public TrustResult? Trust { get; set; }

    public PaymentResult? Payment { get; set; }

    public PaymentScreen? Screen { get; set; }

    public MerchantNotice? Notice { get; set; }

    public AppealResult? Appeal { get; set; }

    /// <summary>The request was no request, or could not be carried out now: field and rule.</summary>
    public string? Fault { get; set; }
}

/// <summary>The form in which both processes write to each other, and its bounds. What does not fit whole is refused whole.</summary>
internal static class RoomCodec
{
    /// <summary>A request is a few numbers and a code, or the words of an appeal with every character escaped.</summary>
    public const int MaxRequest = 4096;

    /// <summary>An answer carries a receipt; the system's own limit for one message is near a megabyte for the whole process.</summary>
    public const int MaxAnswer = 128 * 1024;

    private const int MaxCode = 64;

    private static readonly RoomJson Json = new(new JsonSerializerOptions(RoomJson.Default.Options) { AllowDuplicateProperties = false, MaxDepth = 12 });

    public static byte[] Write(RoomRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, Json.RoomRequest);

    /// <summary>An answer too large to be sent becomes a fault: it never blocks the way.</summary>
    public static byte[] Write(RoomAnswer answer)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(answer, Json.RoomAnswer);
        return bytes.Length <= MaxAnswer
            ? bytes
            : JsonSerializer.SerializeToUtf8Bytes(new RoomAnswer { Number = answer.Number, Fault = $"the answer has more than {MaxAnswer} bytes" }, Json.RoomAnswer);
    }

    /// <summary>Reads a request and holds every field against its command.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RoomRequest? request, out string fault)
    {
        request = null;
        fault = $"expected one request of at most {MaxRequest} bytes";
        if (bytes.Length is 0 or > MaxRequest)
        {
            return false;
        }

        RoomRequest? read;
        try
        {
            read = JsonSerializer.Deserialize(bytes, Json.RoomRequest);
        }
        catch (JsonException)
        {
            return false;
        }

        if (read is null || FaultOf(read) is { } wrong && (fault = wrong) is not null)
        {
            return false;
        }

        request = read;
        fault = string.Empty;
        return true;
    }

    /// <summary>Reads an answer; null when it is none.</summary>
    public static RoomAnswer? ReadAnswer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxAnswer)
        {
            return null;
        }

        try
        {
            RoomAnswer? answer = JsonSerializer.Deserialize(bytes, Json.RoomAnswer);
            int parts = answer is null ? 0 : ((object?[])[answer.State, answer.Trust, answer.Payment, answer.Screen, answer.Notice, answer.Appeal, answer.Fault]).Count(
                static part => part is not null);
            return parts == 1 ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FaultOf(RoomRequest request)
    {
        bool isPay = request.Command is RoomCommand.Pay, isOfPayment = request.Command is RoomCommand.Status or RoomCommand.Void;
        return request.Number <= 0 ? "number: expected more than 0"
            : !Enum.IsDefined(request.Command) ? "command: not known"
            : (request.Code is not null) != (request.Command is RoomCommand.Activate) ? "code: expected for an activation only"
            : request.Code is { Length: 0 or > MaxCode } ? $"code: expected 1 to {MaxCode} characters"
            : (request.Words is not null) != (request.Command is RoomCommand.Appeal) ? "words: expected for an appeal only"
            : request.Words is { } words && !AppealRequest.IsText(words) ? $"words: expected 1 to {AppealRequest.MaxText} characters"
            : (request.PaymentId is not null) != isOfPayment ? "paymentId: expected where a payment is named only"
            : (request.AmountMinor is not null) != isPay ? "amountMinor: expected for a payment only"
            : request.AmountMinor is <= 0 or > PaymentOrder.MaxAmountMinor ? $"amountMinor: expected 1 to {PaymentOrder.MaxAmountMinor}"
            : !isPay && (request.Currency is not null || request.Kind is not null || request.OriginalPaymentId is not null)
                ? "currency, kind, originalPaymentId: expected for a payment only"
            : request.Currency is { } currency && (currency.Length != 3 || !currency.All(char.IsAsciiDigit)) ? "currency: expected 3 digits of ISO 4217"
            : request.Kind is { } kind && !Enum.IsDefined(kind) ? "kind: not known"
            : request.OriginalPaymentId is not null && request.Kind is not PaymentKind.Refund ? "originalPaymentId: expected for a refund only"
            : null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RoomRequest))]
[JsonSerializable(typeof(RoomAnswer))]
internal sealed partial class RoomJson : JsonSerializerContext;
