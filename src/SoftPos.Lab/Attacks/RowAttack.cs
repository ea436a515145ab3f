using System.Text.Json;
using System.Text.Json.Serialization;
using SoftPos.Contract;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>A row of <c>attacks.json</c>: a phone or a card of the lab, and what must be said of it.</summary>
internal sealed record AttackRow
{
    // What has a default is settable: the generated reader keeps it only so.
    public required string Name { get; init; }

    public required AttackClass Class { get; init; }

    public required string Story { get; init; }

    public string Goal { get; set; } = "sales and PINs on a phone that its owner or malware controls";

    public string Layer { get; set; } = "attestation";

    public string Cost { get; set; } = "low";

    public IReadOnlyList<string> SeenAs { get; set; } = [];

    public string? Unseen { get; init; }

    /// <summary>Phone of the lab.</summary>
    public string Phone { get; set; } = "good";

    /// <summary>Card of the lab.</summary>
    public string Card { get; set; } = "visa";

    /// <summary>Amount of the sale that is tried; its cents choose what the lab's acquirer does.</summary>
    public long AmountMinor { get; set; } = 1250;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, ReadCommentHandling = JsonCommentHandling.Skip,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(List<AttackRow>))]
internal sealed partial class AttackJson : JsonSerializerContext;

/// <summary>Everything that a described phone, card or acquirer can try: enrol, report, sell.</summary>
internal sealed class RowAttack(AttackRow row) : Attack
{
    private const int MaxSales = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override string Name => row.Name;

    public override AttackClass Class => row.Class;

    public override string Story => row.Story;

    public override string Goal => row.Class is AttackClass.Benign ? "-" : row.Goal;

    public override string Layer => row.Layer;

    public override string Cost => row.Class is AttackClass.Benign ? "-" : row.Cost;

    public override IReadOnlyList<string> SeenAs => row.SeenAs;

    public override string? Unseen => row.Unseen;

    public override async Task<AttackOutcome> RunAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using VirtualTerminal.VirtualTerminal phone = await ground.OpenAsync(cancellation, row.Phone, row.Card).ConfigureAwait(false);
        TrustResult enrolment = await Sandbox.ActivateAsync(phone, ground.Backend, cancellation).ConfigureAwait(false);
        if (Named(enrolment, "enrolment") is { } refused)
        {
            return refused;
        }

        if (!enrolment.CanPay)
        {
            return AttackOutcome.SeenBy(enrolment.Reason!.Code, "enrolment");
        }

        TrustResult heartbeat = await phone.HeartbeatAsync(cancellation).ConfigureAwait(false);
        if (Named(heartbeat, "heartbeat") is { } reported)
        {
            return reported;
        }

        PaymentResult sale = await SellAsync(phone, ground, cancellation).ConfigureAwait(false);
        return row.SeenAs.Contains(sale.Card?.CardholderVerification ?? string.Empty)
            ? AttackOutcome.SeenBy(sale.Card!.CardholderVerification, "card")
            : AttackOutcome.Of(sale, row.Class is AttackClass.Card ? "card" : "payment");
    }

    /// <summary>Sells; when an attack before this one has broken the acquirer's connection, again once it is back.</summary>
    private async Task<PaymentResult> SellAsync(VirtualTerminal.VirtualTerminal phone, AttackGround ground, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            PaymentResult sale = await phone.PayAsync(new PaymentOrder { AmountMinor = row.AmountMinor }, null, cancellation).ConfigureAwait(false);
            if (sale.Reason.Code != ReasonCodes.AcquirerUnavailable || attempt == MaxSales)
            {
                return sale;
            }

            await Task.Delay(Pause, ground.Clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The expected finding, when it came up with a response that stops or limits.</summary>
    private AttackOutcome? Named(TrustResult trust, string step)
    {
        MerchantFinding? finding = trust.Findings.FirstOrDefault(each => row.SeenAs.Contains(each.Reason) && each.Response >= FindingResponse.Limit);
        return finding is null ? null
            : AttackOutcome.SeenBy(finding.Reason, step, trust.CanPay ? "sales up to the limit, no PIN" : AttackOutcome.Nothing);
    }
}
