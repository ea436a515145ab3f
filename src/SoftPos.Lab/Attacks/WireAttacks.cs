namespace SoftPos.Lab.Attacks;

/// <summary>An attack that a method of its own carries out.</summary>
internal sealed class ScriptedAttack(
    string name, AttackClass kind, string story, string goal, string layer, string cost, string[] seenAs,
    Func<AttackGround, CancellationToken, Task<AttackOutcome>> run) : Attack
{
    public override string Name => name;

    public override AttackClass Class => kind;

    public override string Story => story;

    public override string Goal => goal;

    public override string Layer => layer;

    public override string Cost => cost;

    public override IReadOnlyList<string> SeenAs => seenAs;

    public override Task<AttackOutcome> RunAsync(AttackGround ground, CancellationToken cancellation) => run(ground, cancellation);
}

/// <summary>
/// Attacks on the line (of one who sees envelopes, and of one whose channel key is in the app), on copies of a phone, and on the back
/// end's doors.
/// </summary>
internal static class WireAttacks
{
    private const AttackClass Wire = AttackClass.Wire;
    private const string Sale = "sales in another's name";

    public static IReadOnlyList<Attack> All { get; } =
    [
        new ScriptedAttack("replayed-evidence", Wire, "Yesterday's good evidence is sent again.", "a good verdict for a bad phone",
            "attestation", "low", ["NONCE_INVALID", "EVIDENCE_REPLAYED"], EvidenceAttacks.ReplayAsync),
        new ScriptedAttack("changed-evidence", Wire, "One bit of signed evidence is turned.", "a good verdict for a bad phone",
            "attestation", "low", ["SIGNATURE_INVALID", "EVIDENCE_INVALID", "REQUEST_MALFORMED"], EvidenceAttacks.FlipAsync),
        new ScriptedAttack("relayed-challenge", Wire, "A good phone answers the challenge that a bad phone was given.", "a good verdict for a bad phone",
            "attestation", "moderate", ["NONCE_INVALID"], EvidenceAttacks.RelayChallengeAsync),
        new ScriptedAttack("one-challenge-for-ever", Wire, "A proxy gives the same challenge every time, so that one answer would do.",
            "canned evidence", "attestation", "low", ["NONCE_INVALID"], EvidenceAttacks.SameChallengeAsync),
        new ScriptedAttack("answer-says-trusted", Wire, "A proxy turns the verdict of a rooted phone into a good one.", "sales on a bad phone",
            "admission", "low", ["TERMINAL_SUSPENDED", "RESULT_TOKEN_INVALID"], EvidenceAttacks.VerdictChangedAsync),
        new ScriptedAttack("stolen-result", Wire, "The result of a good phone is put into the payment of another.", "sales on a bad phone",
            "admission", "moderate", ["RESULT_TOKEN_INVALID"], EvidenceAttacks.StolenResultAsync),
        new ScriptedAttack("made-up-result", Wire, "A result that nobody signed is put into a payment.", "sales on a bad phone",
            "admission", "low", ["RESULT_TOKEN_INVALID"], EvidenceAttacks.MadeUpResultAsync),
        new ScriptedAttack("changed-payment", Wire, "One bit of a signed payment is turned: the amount, the card, the token.", Sale,
            "admission", "low", ["SIGNATURE_INVALID", "REQUEST_MALFORMED"], PaymentAttacks.FlipAsync),
        new ScriptedAttack("unsigned-payment", Wire, "The signature of a payment is wiped out.", Sale,
            "admission", "low", ["SIGNATURE_INVALID"], PaymentAttacks.UnsignedAsync),
        new ScriptedAttack("replayed-payment", Wire, "A recorded payment is sent again.", "a second charge",
            "payments", "low", ["same bytes, charged once"], PaymentAttacks.ReplayAsync),
        new ScriptedAttack("double-tap-race", Wire, "Fifty copies of one payment arrive at once.", "a second charge",
            "payments", "low", ["same bytes, charged once"], PaymentAttacks.RaceAsync),
        new ScriptedAttack("evidence-as-payment", Wire, "A message of one kind is sent where another is expected.", "confusion",
            "contract", "low", ["REQUEST_MALFORMED"], PaymentAttacks.WrongKindAsync),
        new ScriptedAttack("anothers-payment", Wire, "A terminal asks for the state of another terminal's payment.", "another merchant's sales",
            "payments", "low", ["PAYMENT_UNKNOWN"], PaymentAttacks.ForeignStatusAsync),
        new ScriptedAttack("swallowed-answer", Wire, "The approval of a payment is swallowed on its way.", "goods for a sale that looks failed",
            "terminal", "low", ["asked again, found approved"], PaymentAttacks.SwallowAsync),
        new ScriptedAttack("faked-approval", Wire, "Somebody who has broken TLS turns a decline on the merchant's screen into an approval.",
            "goods without paying", "terminal", "high", ["DECLINED"], EnvelopeAttacks.FakedApprovalAsync),
        new ScriptedAttack("replayed-answer", Wire, "Who has broken TLS gives the approval of one sale as the answer to the next, which is declined.",
            "goods without paying", "terminal", "high", ["DECLINED"], EnvelopeAttacks.ReplayedAnswerAsync),
        new ScriptedAttack("swapped-answers", Wire, "Who has broken TLS gives the approval of one terminal's sale to another terminal, whose sale is declined.",
            "goods without paying", "terminal", "high", ["DECLINED"], EnvelopeAttacks.SwappedAnswersAsync),
        new ScriptedAttack("reordered-answers", Wire, "Who has broken TLS gives each answer to the request after the one that it belongs to.",
            "a terminal that believes what is past", "terminal", "high", ["BACKEND_UNREACHABLE"], EnvelopeAttacks.ReorderedAnswersAsync),
        new ScriptedAttack("replayed-envelope", Wire, "Who has broken TLS sends the recorded envelope of a payment again.", "a second charge",
            "back end", "high", ["ENVELOPE_REPLAYED"], EnvelopeAttacks.ReplayedEnvelopeAsync),
        new ScriptedAttack("moved-envelope", Wire, "Who has broken TLS sends the envelope of one question to another address.", "confusion",
            "contract", "high", ["ENVELOPE_INVALID"], EnvelopeAttacks.MovedEnvelopeAsync),
        new ScriptedAttack("stripped-envelope", Wire, "A signed payment is sent without its envelope, as if the phone knew none.", "a way around the envelope",
            "back end", "moderate", ["ENVELOPE_REQUIRED"], EnvelopeAttacks.StrippedEnvelopeAsync),
        new ScriptedAttack("used-code", Wire, "An activation code is used by two phones.", "a terminal of another merchant",
            "monitoring", "low", ["ACTIVATION_CODE_INVALID"], DoorAttacks.UsedCodeAsync),
        new ScriptedAttack("guessed-code", Wire, "Activation codes are guessed.", "a terminal of another merchant",
            "monitoring", "low", ["ACTIVATION_CODE_INVALID", "RATE_LIMITED"], DoorAttacks.GuessedCodeAsync),
        new ScriptedAttack("replayed-enrolment", Wire, "A recorded enrolment is sent again.", "a second terminal with known keys",
            "monitoring", "low", ["ACTIVATION_CODE_INVALID", "NONCE_INVALID"], DoorAttacks.ReplayedEnrolmentAsync),
        new ScriptedAttack("swapped-keys", Wire, "A proxy gives a new terminal keys that the attacker knows.", "every card of that terminal",
            "keys", "moderate", ["refused by the terminal"], DoorAttacks.SwappedKeysAsync),
        new ScriptedAttack("oversized", Wire, "A message of a megabyte.", "memory", "back end", "low", ["REQUEST_TOO_LARGE", "HTTP 413"], DoorAttacks.OversizedAsync),
        new ScriptedAttack("fuzzed", Wire, "Two hundred messages of random bytes and damaged recordings.", "a crash", "contract", "low",
            ["every one refused"], DoorAttacks.FuzzAsync),
        new ScriptedAttack("flood", Wire, "Strangers enrol as fast as they can, while a merchant sells.", "a stop of all sales", "back end", "low",
            ["RATE_LIMITED"], DoorAttacks.FloodAsync),
        new ScriptedAttack("slowloris", Wire, "Five hundred connections say a byte now and then, while a merchant sells.", "a stop of all sales",
            "back end", "low", ["the sale went through"], DoorAttacks.SlowlorisAsync),
        new ScriptedAttack("operators-door", Wire, "The operator's interface is called from the merchant's side.", "the fleet", "back end", "low",
            ["OPERATOR_UNKNOWN", "HTTP 401", "HTTP 403"], DoorAttacks.OperatorAsync),
        new ScriptedAttack("copied-phone", AttackClass.Clone, "Storage and keys of a phone were copied, and both sell.", Sale, "back end", "high",
            ["KSN_REFUSED", "EVIDENCE_REPLAYED", "CLONED"], CloneAttacks.CopyAsync),
        new ScriptedAttack("rolled-back", AttackClass.Clone, "A phone's storage is set back to yesterday's.", "counters used twice", "back end", "moderate",
            ["KSN_REFUSED", "EVIDENCE_REPLAYED", "CLONED"], CloneAttacks.RollBackAsync),
        new ScriptedAttack("moved-storage", AttackClass.Clone, "Storage without its hardware keys is moved to another phone.", Sale, "terminal", "low",
            ["refused by the terminal", "NOT_ACTIVATED"], CloneAttacks.MoveAsync),
    ];
}
