using System.Globalization;
using System.Text;

namespace SoftPos.Lab.Acquirer;

/// <summary>What the lab acquirer does with a request, beyond the response code.</summary>
public enum SandboxBehaviour
{
    /// <summary>Answers at once.</summary>
    Answer,

    /// <summary>Approves half of the amount (DE 39 = 10, DE 4 lower).</summary>
    ApproveHalf,

    /// <summary>Answers late, but before a usual timer ends.</summary>
    Slow,

    /// <summary>Answers after every usual timer has ended.</summary>
    Late,

    /// <summary>Processes the request and never answers.</summary>
    Silent,

    /// <summary>Never answers, and refuses the first reversals with 91.</summary>
    SilentThenRefuseReversals,

    /// <summary>Never answers, and lets the first reversals go unanswered too.</summary>
    SilentThenIgnoreReversals,

    /// <summary>Answers, and lets the first reversals go unanswered: a void with a silent acquirer.</summary>
    IgnoreReversals,

    /// <summary>Answers with another STAN; so the request stays without answer.</summary>
    WrongStan,

    /// <summary>Answers twice.</summary>
    Twice,

    /// <summary>Answers with another amount than was asked.</summary>
    WrongAmount,

    /// <summary>Answers with a wrong DE 64.</summary>
    WrongMac,

    /// <summary>Answers with bytes that are no message.</summary>
    Malformed,

    /// <summary>Closes the connection instead of answering.</summary>
    Disconnect,

    /// <summary>Closes the connection in the middle of the answer.</summary>
    DisconnectMidway,
}

/// <summary>One row of the table.</summary>
/// <param name="Cents">Last two digits of the amount in minor units.</param>
/// <param name="Code">DE 39.</param>
/// <param name="Behaviour">What happens.</param>
/// <param name="Text">For people.</param>
public sealed record SandboxRule(int Cents, string Code, SandboxBehaviour Behaviour, string Text);

/// <summary>
/// Which amounts make the lab acquirer do what. The last two digits of the amount are the response code wherever that code has a meaning
/// for a sale; other rows make faults. Whatever is not in the table is approved. A card that fails its checks is declined whatever the amount.
/// </summary>
public static class SandboxAmounts
{
    /// <summary>Reversals that the two silent rows refuse or ignore before one is taken.</summary>
    public const int ReversalsRefused = 2;

    private const string Approved = "00";

    /// <summary>The table in the order of the cents.</summary>
    public static IReadOnlyList<SandboxRule> Table { get; } =
    [
        Code("01", "refer to issuer"),
        Code("03", "invalid merchant"),
        Code("04", "pick up"),
        Code("05", "do not honour"),
        Code("08", "approved, identification asked"),
        new(10, "10", SandboxBehaviour.ApproveHalf, "approved for half of the amount"),
        Code("11", "approved, VIP"),
        Code("12", "invalid transaction"),
        Code("13", "invalid amount"),
        Code("14", "invalid card number"),
        Code("16", "approved, update track 3"),
        Code("30", "format error"),
        Code("41", "lost card"),
        Code("43", "stolen card"),
        Code("51", "insufficient funds"),
        Code("54", "expired card"),
        Code("55", "wrong PIN"),
        Code("57", "not permitted to cardholder"),
        Code("58", "not permitted to terminal"),
        Code("59", "suspected fraud"),
        Code("61", "exceeds amount limit"),
        Code("62", "restricted card"),
        Code("63", "security violation"),
        Code("65", "exceeds count limit: PIN or another interface is asked"),
        new(66, Approved, SandboxBehaviour.Slow, "approved after some seconds"),
        new(67, Approved, SandboxBehaviour.WrongStan, "answered with a wrong STAN"),
        new(68, Approved, SandboxBehaviour.Late, "approved after the timer has ended"),
        new(69, Approved, SandboxBehaviour.Silent, "no answer"),
        Code("70", "PIN data required"),
        new(71, Approved, SandboxBehaviour.SilentThenRefuseReversals, "no answer; the first two reversals are refused with 91"),
        new(72, Approved, SandboxBehaviour.SilentThenIgnoreReversals, "no answer; the first two reversals are not answered"),
        new(73, Approved, SandboxBehaviour.Disconnect, "connection closed instead of an answer"),
        new(74, Approved, SandboxBehaviour.DisconnectMidway, "connection closed in the middle of the answer"),
        Code("75", "PIN tries exceeded"),
        new(77, Approved, SandboxBehaviour.Malformed, "answered with unreadable bytes"),
        Code("78", "blocked, first use"),
        new(79, Approved, SandboxBehaviour.IgnoreReversals, "approved; the first two reversals are not answered"),
        Code("82", "card authentication failed"),
        Code("90", "cut-off in process"),
        Code("91", "issuer unavailable"),
        Code("92", "no route"),
        Code("94", "duplicate transmission"),
        Code("96", "system malfunction"),
        new(97, Approved, SandboxBehaviour.Twice, "answered twice"),
        new(98, Approved, SandboxBehaviour.WrongMac, "answered with a wrong MAC"),
        new(99, Approved, SandboxBehaviour.WrongAmount, "answered with another amount"),
    ];

    /// <summary>The row of an amount; an approval when there is none.</summary>
    public static SandboxRule Of(long amountMinor)
    {
        int cents = (int)(Math.Abs(amountMinor) % 100);
        return Table.FirstOrDefault(rule => rule.Cents == cents) ?? new SandboxRule(cents, Approved, SandboxBehaviour.Answer, "approved");
    }

    /// <summary>The page <c>docs/reference/sandbox-amounts.md</c>.</summary>
    public static string ToMarkdown()
    {
        StringBuilder page = new();
        page.Append(
            """
            # Sandbox amounts

            The lab acquirer looks at the last two digits of the amount. Every other amount is approved. A card that fails the issuer's
            checks (unknown, expired, wrong cryptogram, counter used before, amount not the one that the card saw) is declined whatever
            the amount.

            | amount ends in | DE 39 | what happens |
            |---|---|---|

            """);
        foreach (SandboxRule rule in Table)
        {
            string code = rule.Behaviour is SandboxBehaviour.Answer or SandboxBehaviour.ApproveHalf or SandboxBehaviour.IgnoreReversals || rule.Code != Approved ? rule.Code : "–";
            page.Append(CultureInfo.InvariantCulture, $"| .{rule.Cents:D2} | {code} | {rule.Text} |\n");
        }

        page.Append(
            """

            The PIN of every lab card is 1234; another PIN gives 55. Rows without a code end without a usable answer: the payment is
            "unknown" and is reversed. This page is made from the table in `SandboxAmounts`; a test holds both equal.

            """);
        return page.ToString();
    }

    private static SandboxRule Code(string code, string text) =>
        new(int.Parse(code, CultureInfo.InvariantCulture), code, SandboxBehaviour.Answer, text);
}
