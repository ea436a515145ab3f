using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Terminal;

namespace SoftPos.Lab.Attacks;

/// <summary>Attacks on enrolment and on the doors of the back end.</summary>
internal static class DoorAttacks
{
    private const string Activation = "terminal/v1/activation";
    private const string ByTerminal = "refused by the terminal";
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    public static async Task<AttackOutcome> UsedCodeAsync(AttackGround ground, CancellationToken cancellation)
    {
        string code = await CodeAsync(ground, cancellation).ConfigureAwait(false);
        await using VirtualTerminal.VirtualTerminal first = await ground.OpenAsync(cancellation).ConfigureAwait(false);
        await using VirtualTerminal.VirtualTerminal second = await ground.OpenAsync(cancellation).ConfigureAwait(false);
        await first.ActivateAsync(code, cancellation).ConfigureAwait(false);
        return Of(await second.ActivateAsync(code, cancellation).ConfigureAwait(false));
    }

    public static async Task<AttackOutcome> GuessedCodeAsync(AttackGround ground, CancellationToken cancellation)
    {
        const int Guesses = 20;
        string known = await CodeAsync(ground, cancellation).ConfigureAwait(false);
        await using VirtualTerminal.VirtualTerminal phone = await ground.OpenAsync(cancellation).ConfigureAwait(false);
        AttackOutcome outcome = AttackOutcome.Unseen("enrolment", "a terminal");
        for (int i = 0; i < Guesses; i++)
        {
            // A guess has the form of a real code, with other digits.
            string guess = string.Concat(known.Select(letter => char.IsAsciiLetterOrDigit(letter) ? "23456789"[RandomNumberGenerator.GetInt32(8)] : letter));
            outcome = Of(await phone.ActivateAsync(guess, cancellation).ConfigureAwait(false));
            if (!outcome.Seen)
            {
                break;
            }
        }

        return outcome;
    }

    public static async Task<AttackOutcome> ReplayedEnrolmentAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        WireAnswer again = await tap.PostAsync(Activation, tap.Last(Activation).Body, cancellation).ConfigureAwait(false);
        return again.Reason is { } reason ? AttackOutcome.SeenBy(reason, "enrolment") : AttackOutcome.Unseen("enrolment", "a second terminal");
    }

    public static async Task<AttackOutcome> SwappedKeysAsync(AttackGround ground, CancellationToken cancellation)
    {
        await using WireTap other = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal attacker = await ground.EnrolledAsync(cancellation, through: other.Address).ConfigureAwait(false);
        JsonNode theirs = other.Answers.Last(pair => pair.Path == Activation).Answer.Json!["dataKey"]!;
        await using WireTap tap = new(ground.Backend)
        {
            Answer = (message, answer) => message.Path == Activation ? answer.With(json => json["dataKey"] = theirs.DeepClone()) : answer,
        };
        await using VirtualTerminal.VirtualTerminal victim = await ground.OpenAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        TrustResult trust = await Sandbox.ActivateAsync(victim, ground.Backend, cancellation).ConfigureAwait(false);
        return trust.CanPay || victim.IsEnrolled
            ? AttackOutcome.Unseen("enrolment", "a terminal under known keys")
            : AttackOutcome.SeenBy(ByTerminal, "enrolment");
    }

    public static async Task<AttackOutcome> OversizedAsync(AttackGround ground, CancellationToken cancellation)
    {
        try
        {
            WireAnswer answer = await ground.PostAsync(PaymentAttacks.Payments, new byte[1024 * 1024], cancellation).ConfigureAwait(false);
            return answer.Reason is { } reason ? AttackOutcome.SeenBy(reason, "wire") : AttackOutcome.Unseen("wire", "memory");
        }
        catch (HttpRequestException)
        {
            // The back end closes the connection under a body that it will not read.
            return AttackOutcome.SeenBy("HTTP 413", "wire");
        }
    }

    public static async Task<AttackOutcome> FuzzAsync(AttackGround ground, CancellationToken cancellation)
    {
        const int Messages = 200;
        string[] doors = [Activation, EvidenceAttacks.Attestation, PaymentAttacks.Payments, "terminal/v1/payments/status", EvidenceAttacks.Challenge];
        await using WireTap tap = new(ground.Backend);
        await using VirtualTerminal.VirtualTerminal phone = await ground.EnrolledAsync(cancellation, through: tap.Address).ConfigureAwait(false);
        await phone.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        WireMessage[] recorded = [.. tap.Seen];
        for (int i = 0; i < Messages; i++)
        {
            byte[] body = i % 2 == 0 ? RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(600)) : Damaged(recorded[i % recorded.Length].Body);
            string door = doors[i % doors.Length];

            // As bytes that anybody sends, and as what a terminal sealed itself: the readers inside the envelope must hold too.
            WireAnswer answer = i % 4 < 2
                ? await ground.PostAsync(door, body, cancellation).ConfigureAwait(false)
                : await tap.PostAsync(door, body, cancellation).ConfigureAwait(false);
            if (answer.Status is < 400 or >= 500)
            {
                return AttackOutcome.Unseen("wire", $"HTTP {answer.Status} for message {i}");
            }
        }

        return AttackOutcome.SeenBy("every one refused", "wire");
    }

    public static async Task<AttackOutcome> FloodAsync(AttackGround ground, CancellationToken cancellation)
    {
        const int Strangers = 600;
        await using VirtualTerminal.VirtualTerminal merchant = await ground.EnrolledAsync(cancellation).ConfigureAwait(false);
        byte[] garbage = RandomNumberGenerator.GetBytes(300);
        Task<WireAnswer[]> flood = Task.WhenAll(Enumerable.Range(0, Strangers).Select(_ => ground.PostAsync(Activation, garbage, cancellation)));
        PaymentResult sale = await merchant.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
        WireAnswer[] answers = await flood.ConfigureAwait(false);
        int limited = answers.Count(answer => answer.Status == 429);

        // Strangers are let in again at a steady rate; the attacks that follow want the door as it was.
        await Task.Delay(Calm, ground.Clock, cancellation).ConfigureAwait(false);
        return sale.Outcome is PaymentOutcome.Approved && limited > 0
            ? AttackOutcome.SeenBy("RATE_LIMITED", "wire")
            : AttackOutcome.Unseen("wire", $"the merchant's sale: {sale.Outcome}; {limited} of {Strangers} strangers were slowed");
    }

    public static async Task<AttackOutcome> SlowlorisAsync(AttackGround ground, CancellationToken cancellation)
    {
        const int Connections = 500;
        byte[] begun = Encoding.ASCII.GetBytes("POST /terminal/v1/payments HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        await using VirtualTerminal.VirtualTerminal merchant = await ground.EnrolledAsync(cancellation).ConfigureAwait(false);
        List<TcpClient> slow = [];
        try
        {
            for (int i = 0; i < Connections; i++)
            {
                TcpClient client = new();
                slow.Add(client);
                await client.ConnectAsync(ground.Backend.Host, ground.Backend.Port, cancellation).ConfigureAwait(false);
                await client.GetStream().WriteAsync(begun, cancellation).ConfigureAwait(false);
            }

            PaymentResult sale = await merchant.PayAsync(AttackGround.Sale, null, cancellation).ConfigureAwait(false);
            return sale.Outcome is PaymentOutcome.Approved
                ? AttackOutcome.SeenBy("the sale went through", "wire")
                : AttackOutcome.Unseen("wire", "the merchant's sale");
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    public static async Task<AttackOutcome> OperatorAsync(AttackGround ground, CancellationToken cancellation)
    {
        WireAnswer link = await ground.PostAsync("operator/v1/sign-in-links", [], cancellation, "application/json").ConfigureAwait(false);
        return link.Reason is { } reason ? AttackOutcome.SeenBy(reason, "wire") : AttackOutcome.Unseen("wire", "an operator's session");
    }

    private static async Task<string> CodeAsync(AttackGround ground, CancellationToken cancellation)
    {
        WireAnswer answer = await ground.PostAsync("sandbox/v1/activation-codes", [], cancellation, "application/json").ConfigureAwait(false);
        return answer.Json?["code"]?.GetValue<string>() ?? throw new AttackSetupException("the sandbox gives no activation code");
    }

    private static byte[] Damaged(byte[] body)
    {
        byte[] damaged = [.. body];
        for (int i = 0; i < 3 && damaged.Length > 0; i++)
        {
            damaged[RandomNumberGenerator.GetInt32(damaged.Length)] ^= (byte)RandomNumberGenerator.GetInt32(1, 256);
        }

        return damaged;
    }

    private static AttackOutcome Of(TrustResult trust) => trust.CanPay
        ? AttackOutcome.Unseen("enrolment", "a terminal")
        : AttackOutcome.SeenBy(trust.Reason?.Code ?? trust.Verdict.ToString(), "enrolment");
}
