using System.Text.Json;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What a command asks of the terminal around it. Each is called while the terminal's gate is held.</summary>
internal sealed record RemoteActions
{
    /// <summary>Destroys the enrolment.</summary>
    public required Action Wipe { get; init; }

    /// <summary>Opens the enrolment anew; false when it does not open.</summary>
    public required Func<bool> Restart { get; init; }

    /// <summary>Sends evidence.</summary>
    public required Func<Enrolment, CancellationToken, Task<TrustResult>> Attest { get; init; }

    /// <summary>Enrols again with a code; the result says whether it worked.</summary>
    public required Func<string, CancellationToken, Task<TrustResult>> Activate { get; init; }

    /// <summary>Tells the merchant.</summary>
    public required Action<MerchantNotice> Notify { get; init; }
}

/// <summary>
/// Fetches commands and carries them out. At least once: a command whose acknowledgement got lost comes again and is done again, which all
/// of them bear.
/// </summary>
internal sealed class RemoteControl(BackendLink link, TerminalPlatform platform, RemoteActions actions)
{
    /// <summary>Polls in a row, as acknowledgements bring further commands; a back end that never ends is left until the next turn.</summary>
    private const int MaxRounds = 4;

    /// <summary>Asks for commands, carries them out and acknowledges, until none waits.</summary>
    public async Task RunAsync(Enrolment enrolment, CancellationToken cancellation)
    {
        List<CommandAcknowledgement> done = [];
        for (int round = 0; round < MaxRounds; round++)
        {
            LinkAnswer<CommandAnswer> answer = await PollAsync(enrolment, done, cancellation).ConfigureAwait(false);
            if (answer.Value is not { Commands.Count: > 0 } given)
            {
                return;
            }

            done = [];
            foreach (RemoteCommand command in given.Commands.Take(CommandPoll.MaxAcknowledgements))
            {
                if (command.Kind is RemoteCommandKind.Wipe or RemoteCommandKind.Restart or RemoteCommandKind.ReplaceKeys)
                {
                    // These end the enrolment that this loop works with; what is left waits for the next turn.
                    await EndAsync(enrolment, command, done, cancellation).ConfigureAwait(false);
                    return;
                }

                (bool isDone, string detail) = await DoAsync(enrolment, command, cancellation).ConfigureAwait(false);
                done.Add(new CommandAcknowledgement(command.CommandId, isDone, detail));
            }
        }
    }

    private async Task EndAsync(
        Enrolment enrolment, RemoteCommand command, List<CommandAcknowledgement> done, CancellationToken cancellation)
    {
        if (command.Kind is RemoteCommandKind.ReplaceKeys)
        {
            // Acknowledged by the enrolment of the new keys, so only a failure is told.
            if (done.Count > 0)
            {
                await PollAsync(enrolment, done, cancellation).ConfigureAwait(false);
            }

            TrustResult replaced = await actions.Activate(command.Content ?? string.Empty, cancellation).ConfigureAwait(false);
            if (!replaced.CanPay)
            {
                string why = replaced.Reason?.Code ?? replaced.Verdict.ToString();
                await PollAsync(enrolment, [new(command.CommandId, false, why)], cancellation).ConfigureAwait(false);
            }

            return;
        }

        // Signed and sealed while there are keys, and sent when it is done.
        bool isWipe = command.Kind is RemoteCommandKind.Wipe;
        done.Add(new(command.CommandId, true, isWipe ? "keys and state destroyed" : "state opened anew"));
        byte[]? message = await SignAsync(enrolment, done, cancellation).ConfigureAwait(false);
        using SealedRequest? request = message is null ? null : link.Seal(Paths.Commands, message);
        bool isOpen = isWipe || actions.Restart();
        if (isWipe)
        {
            actions.Wipe();
        }

        if (request is not null && isOpen)
        {
            await link.SendAsync(Paths.Commands, request, ContractJson.Default.CommandAnswer, Paths.Patience, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(bool IsDone, string Detail)> DoAsync(Enrolment enrolment, RemoteCommand command, CancellationToken cancellation)
    {
        string content = command.Content ?? string.Empty;
        switch (command.Kind)
        {
            case RemoteCommandKind.Message or RemoteCommandKind.UpdateRequired:
                actions.Notify(new MerchantNotice(content, command.Kind is RemoteCommandKind.UpdateRequired, platform.Clock.GetUtcNow()));
                return (true, "shown");
            case RemoteCommandKind.Configuration:
                return Configure(enrolment, content);
            case RemoteCommandKind.Diagnostics:
                return (true, DiagnosticsBundle.Of(platform, enrolment));
            case RemoteCommandKind.Reattest:
                TrustResult attested = await actions.Attest(enrolment, cancellation).ConfigureAwait(false);
                return (attested.Reason is null, attested.Reason?.Code ?? attested.Verdict.ToString());
            default:
                return (false, "this version does not know the command");
        }
    }

    private static (bool IsDone, string Detail) Configure(Enrolment enrolment, string content)
    {
        try
        {
            if (JsonSerializer.Deserialize(content, ContractJson.Default.MerchantRecord) is { } merchant)
            {
                enrolment.SetMerchant(merchant);
                return (true, "merchant set");
            }
        }
        catch (JsonException)
        {
            // Told below: the back end sent what is no merchant.
        }

        return (false, "expected the merchant's data");
    }

    private async Task<LinkAnswer<CommandAnswer>> PollAsync(
        Enrolment enrolment, IReadOnlyList<CommandAcknowledgement> done, CancellationToken cancellation) =>
        await SignAsync(enrolment, done, cancellation).ConfigureAwait(false) is { } message
            ? await SendAsync(message, cancellation).ConfigureAwait(false)
            : LinkAnswer<CommandAnswer>.Failed(LinkEnd.NothingSent);

    private Task<LinkAnswer<CommandAnswer>> SendAsync(byte[] message, CancellationToken cancellation) =>
        link.SendAsync(Paths.Commands, message, ContractJson.Default.CommandAnswer, Paths.Patience, cancellation);

    private async Task<byte[]?> SignAsync(
        Enrolment enrolment, IReadOnlyList<CommandAcknowledgement> done, CancellationToken cancellation)
    {
        LinkAnswer<Challenge> question = await AttestationClient
            .AskAsync(link, ChallengePurpose.Heartbeat, enrolment.TerminalId, cancellation).ConfigureAwait(false);
        return question.Value is { } challenge
            ? enrolment.Sign(MessageType.Commands, new CommandPoll { Nonce = challenge.Nonce, Acknowledgements = done }.Encode())
            : null;
    }
}
