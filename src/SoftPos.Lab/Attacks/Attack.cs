using SoftPos.Contract;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>What kind of attacker it takes.</summary>
public enum AttackClass
{
    /// <summary>Somebody changed the phone's system.</summary>
    Device,

    /// <summary>Somebody changed the app, or runs another one beside or around it.</summary>
    App,

    /// <summary>Somebody copied a phone's storage and keys.</summary>
    Clone,

    /// <summary>Somebody stands between phone and back end, or calls the back end directly.</summary>
    Wire,

    /// <summary>The card, or somebody between card and phone.</summary>
    Card,

    /// <summary>The acquirer's side answers wrongly or not at all.</summary>
    Acquirer,

    /// <summary>Odd but honest; must not be refused.</summary>
    Benign,
}

/// <summary>One attack of the catalogue: a small scenario that really tries it, and says what saw it.</summary>
public abstract class Attack
{
    /// <summary>Word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Kind of attacker.</summary>
    public abstract AttackClass Class { get; }

    /// <summary>What is done, in one sentence.</summary>
    public abstract string Story { get; }

    /// <summary>What the attacker gains when nobody sees it.</summary>
    public abstract string Goal { get; }

    /// <summary>What must see it: attestation, admission, kernel, keys, issuer, terminal.</summary>
    public abstract string Layer { get; }

    /// <summary>Rough attack potential: low (a script), moderate (a skilled person, days), high (a team, weeks).</summary>
    public abstract string Cost { get; }

    /// <summary>Reason codes, one of which must come up; empty for a benign one, which must pass.</summary>
    public abstract IReadOnlyList<string> SeenAs { get; }

    /// <summary>Why nothing here can see it; null for an attack that must be seen.</summary>
    public virtual string? Unseen => null;

    /// <summary>Tries it.</summary>
    public abstract Task<AttackOutcome> RunAsync(AttackGround ground, CancellationToken cancellation);
}

/// <summary>How an attack ended.</summary>
/// <param name="Seen">Something refused it or named it.</param>
/// <param name="By">Reason code, or a word for what saw it.</param>
/// <param name="Step">Where: enrolment, heartbeat, tap, payment, card, wire.</param>
/// <param name="Lost">What the attacker had by then.</param>
public sealed record AttackOutcome(bool Seen, string By, string Step, string Lost = AttackOutcome.Nothing)
{
    /// <summary>The attacker went away empty-handed.</summary>
    public const string Nothing = "nothing";

    /// <summary>Milliseconds from the start of the attack to the answer that named it.</summary>
    public long TookMs { get; init; }

    internal static AttackOutcome SeenBy(string by, string step, string lost = Nothing) => new(true, by, step, lost);

    internal static AttackOutcome Unseen(string step, string lost) => new(false, "nothing", step, lost);

    /// <summary>A sale's outcome: an approval is what the attacker wanted.</summary>
    internal static AttackOutcome Of(PaymentResult result, string step = "payment") => result.Outcome is PaymentOutcome.Approved
        ? Unseen(step, "a sale was approved")
        : SeenBy(result.Findings.FirstOrDefault(static finding => finding.Response >= FindingResponse.Limit)?.Reason ?? result.Reason.Code, step);
}
