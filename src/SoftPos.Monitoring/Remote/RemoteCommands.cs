using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Monitoring;

/// <summary>Commands that wait, or why none are told.</summary>
public sealed record CommandOutcome
{
    /// <summary>The question was refused.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Commands.</summary>
    public CommandAnswer? Answer { get; init; }

    /// <summary>Terminal that asked.</summary>
    public Guid TerminalId { get; init; }
}

/// <summary>
/// Commands to terminals: queued, given at each poll until acknowledged, expired when their time runs out; every step in the journal. Orders
/// that a terminal must carry out itself (wipe, re-attest) become commands of each terminal when it asks. Suspended terminals may ask too.
/// </summary>
public sealed class RemoteCommands(Database database, ChallengeStore challenges, TimeProvider clock)
{
    /// <summary>Longest life of a command: beyond it the reason for it has passed.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    /// <summary>A wipe waits for as long as a phone may lie in a drawer.</summary>
    private static readonly TimeSpan WipeLife = TimeSpan.FromDays(3650);

    /// <summary>Details up to this length stand in the journal; longer ones by their hash.</summary>
    private const int MaxJournalDetail = 256;

    /// <summary>A command as it starts.</summary>
    internal static CommandRecord New(
        Guid terminalId, RemoteCommandKind kind, string? content, TimeSpan life, string by, DateTimeOffset now) => new()
        {
            Command = new RemoteCommand { CommandId = Guid.CreateVersion7(now), Kind = kind, Content = content, ExpiresAt = now + life },
            TerminalId = terminalId,
            State = CommandState.Queued,
            By = by,
            At = now,
        };

    /// <summary>Queues a command for one terminal.</summary>
    /// <returns>The command, or why it cannot be sent.</returns>
    public async Task<(CommandRecord? Command, Refusal? Refusal)> SendAsync(
        Guid terminalId, RemoteCommandKind kind, string? content, TimeSpan life, string by, CancellationToken cancellation)
    {
        if (FaultOf(kind, content, life, by) is { } fault)
        {
            return (null, fault);
        }

        if (await database.Terminals.FindAsync(terminalId, cancellation) is not { State: TerminalState.Active or TerminalState.Suspended } terminal)
        {
            return (null, new Refusal(ReasonCodes.TerminalUnknown, Field: "terminalId"));
        }

        DateTimeOffset now = clock.GetUtcNow();
        Change change = new();
        if (kind is RemoteCommandKind.ReplaceKeys)
        {
            using RandomNumberGenerator random = RandomNumberGenerator.Create();
            content = OneTimeSecret.NewCode(random);
            change.AddActivationCode(content, terminal.MerchantId, now + life, replaces: terminalId);
        }

        CommandRecord record = New(terminalId, kind, content, life, by, now);
        change.Add(record).Append("command.queued", terminalId, EntryOf(record));
        return (await database.CommitAsync(change, cancellation)).Done
            ? (record, null)
            : (null, Refusal.Malformed("terminalId", $"{RemoteCommandStore.MaxOpen} commands wait for this terminal already"));
    }

    /// <summary>Takes a terminal's signed question and gives what waits.</summary>
    public async Task<CommandOutcome> PollAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        (TerminalRecord? terminal, CommandPoll? poll, Refusal? refusal) = await AdmitAsync(message, cancellation);
        if (refusal is not null)
        {
            return new CommandOutcome { Refusal = refusal };
        }

        foreach (CommandAcknowledgement one in poll!.Acknowledgements)
        {
            await AcknowledgeAsync(terminal!, one, cancellation);
        }

        return new CommandOutcome
        {
            TerminalId = terminal!.TerminalId, Answer = new CommandAnswer { Commands = await GiveAsync(terminal, cancellation) },
        };
    }

    /// <summary>Takes a terminal's signed wish to be told at once when commands wait. The same message as a poll; gives no command.</summary>
    public async Task<CommandOutcome> ListenAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        (TerminalRecord? terminal, _, Refusal? refusal) = await AdmitAsync(message, cancellation);
        return new CommandOutcome { TerminalId = terminal?.TerminalId ?? default, Refusal = refusal };
    }

    private async Task<(TerminalRecord? Terminal, CommandPoll? Poll, Refusal? Refusal)> AdmitAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (!SignedMessage.TryDecode(message, out DecodedMessage decoded) || decoded.ContentType != MessageType.Commands
            || decoded.TerminalId is not { } terminalId)
        {
            return Refuse(Refusal.Malformed("message", "expected COSE_Sign1 with ES256 and content type " + MessageType.Commands));
        }

        if (await database.TrustStatus.ReadRecordAsync(terminalId, cancellation) is not { State: TerminalState.Active or TerminalState.Suspended } terminal)
        {
            return Refuse(new Refusal(ReasonCodes.TerminalUnknown));
        }

        if (!decoded.Verify(terminal.DeviceKey))
        {
            return Refuse(new Refusal(ReasonCodes.SignatureInvalid, "not signed by the enrolled key"));
        }

        if (!CommandPoll.TryDecode(decoded.Payload, out CommandPoll poll))
        {
            return Refuse(Refusal.Malformed("payload", "expected nonce and acknowledgements"));
        }

        Redemption redemption = challenges.Redeem(poll.Nonce, ChallengePurpose.Heartbeat, terminalId, out _);
        if (redemption is not Redemption.Redeemed)
        {
            return Refuse(Refusal.Of(redemption));
        }

        return (terminal, poll, null);
    }

    private async Task AcknowledgeAsync(TerminalRecord terminal, CommandAcknowledgement said, CancellationToken cancellation)
    {
        // What was never given to this terminal cannot be acknowledged by it; what was acknowledged stays so.
        if (await database.Commands.FindAsync(said.CommandId, cancellation) is not { State: CommandState.Delivered } record
            || record.TerminalId != terminal.TerminalId)
        {
            return;
        }

        CommandRecord next = record with
        {
            State = said.IsDone ? CommandState.Done : CommandState.Failed, Detail = said.Detail, ChangedAt = clock.GetUtcNow(),
        };
        JsonObject entry = EntryOf(next);
        entry["state"] = next.State.ToString();
        entry[said.Detail.Length <= MaxJournalDetail ? "detail" : "detailHash"] = said.Detail.Length <= MaxJournalDetail
            ? said.Detail
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.Detail)));
        Change change = new Change().Move(record, next).Append("command.acknowledged", terminal.TerminalId, entry);
        if (next is { State: CommandState.Done, Command.Kind: RemoteCommandKind.Wipe })
        {
            Retirement.Add(change, terminal, "wiped", record.By);
        }

        // A refusal means that the same acknowledgement came twice at once.
        await database.CommitAsync(change, cancellation);
    }

    private async Task<List<RemoteCommand>> GiveAsync(TerminalRecord terminal, CancellationToken cancellation)
    {
        await QueueOrdersAsync(terminal, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        List<RemoteCommand> given = [];
        foreach (CommandRecord record in await database.Commands.OpenAsync(terminal.TerminalId, cancellation))
        {
            CommandRecord next = record with
            {
                State = record.Command.ExpiresAt <= now ? CommandState.Expired : CommandState.Delivered, ChangedAt = now,
            };
            if (next.State != record.State)
            {
                Change change = new Change().Move(record, next).Append(
                    next.State is CommandState.Expired ? "command.expired" : "command.delivered", terminal.TerminalId, EntryOf(next));
                await database.CommitAsync(change, cancellation);
            }

            if (next.State is CommandState.Delivered)
            {
                given.Add(next.Command);
            }
        }

        return given;
    }

    /// <summary>An order is a command of this terminal once, under an identity that follows from both.</summary>
    private async Task QueueOrdersAsync(TerminalRecord terminal, CancellationToken cancellation)
    {
        foreach (ResponseOrder order in database.Responses.Of(terminal))
        {
            RemoteCommandKind? kind = order switch
            {
                { IsRehearsal: true } => null,
                { Action: ResponseAction.Wipe } => RemoteCommandKind.Wipe,
                { Action: ResponseAction.Reattest } => RemoteCommandKind.Reattest,
                _ => null,
            };
            Guid id = IdOf(order, terminal.TerminalId);
            if (kind is not { } what || await database.Commands.FindAsync(id, cancellation) is not null)
            {
                continue;
            }

            CommandRecord record = New(
                terminal.TerminalId, what, null, what is RemoteCommandKind.Wipe ? WipeLife : LongestLife, order.By, clock.GetUtcNow());
            record = record with { Command = record.Command with { CommandId = id }, Order = order.Number };
            await database.CommitAsync(new Change().Add(record).Append("command.queued", terminal.TerminalId, EntryOf(record)), cancellation);
        }
    }

    private static Guid IdOf(ResponseOrder order, Guid terminalId)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"softpos order {order.Number} {terminalId}"));
        byte[] hash = SHA256.HashData(text);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    private static Refusal? FaultOf(RemoteCommandKind kind, string? content, TimeSpan life, string by)
    {
        bool needsContent = kind is RemoteCommandKind.Configuration or RemoteCommandKind.Message or RemoteCommandKind.UpdateRequired;
        return !Enum.IsDefined(kind) || kind is RemoteCommandKind.Wipe
            ? Refusal.Malformed("kind", "a kind of the documentation; a wipe is ordered as a response")
            : needsContent != content is { Length: > 0 } ? Refusal.Malformed("content", needsContent ? "this kind needs one" : "this kind has none")
            : content?.Length > RemoteCommand.MaxContent ? Refusal.Malformed("content", $"at most {RemoteCommand.MaxContent} characters")
            : life <= TimeSpan.Zero || life > LongestLife ? Refusal.Malformed("life", $"up to {LongestLife.TotalDays:0} days")
            : by.Length is 0 or > ResponseDecider.MaxBy ? Refusal.Malformed("by", $"who sends it, 1 to {ResponseDecider.MaxBy} characters")
            : null;
    }

    /// <summary>The content stays out of the journal: a code is a secret, and a message may name people.</summary>
    private static JsonObject EntryOf(CommandRecord record) => new()
    {
        ["command"] = record.Command.CommandId.ToString(),
        ["kind"] = record.Command.Kind.ToString(),
        ["by"] = record.By,
        ["order"] = record.Order,
        ["expires"] = record.Command.ExpiresAt,
    };

    private static (TerminalRecord? Terminal, CommandPoll? Poll, Refusal? Refusal) Refuse(Refusal refusal) => (null, null, refusal);
}
