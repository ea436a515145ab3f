using System.Buffers.Binary;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Fetches new initial keys when the back end says that the old ones near their end. Every step can be lost or cut off: what is not confirmed
/// is confirmed the next time, and until then the back end accepts both sets.
/// </summary>
internal sealed class KeyReplacementFlow(BackendLink link)
{
    /// <summary>Goes as far as it comes; true when nothing is left to do.</summary>
    public async Task<bool> RunAsync(Enrolment enrolment, CancellationToken cancellation)
    {
        if (enrolment.UnconfirmedKeyId is { } waiting)
        {
            return await ConfirmAsync(enrolment, waiting, cancellation).ConfigureAwait(false);
        }

        LinkAnswer<Challenge> question =
            await AttestationClient.AskAsync(link, ChallengePurpose.Keys, enrolment.TerminalId, cancellation).ConfigureAwait(false);
        if (question.Value is not { } challenge)
        {
            return false;
        }

        LinkAnswer<KeyReplacementAnswer> answered =
            await SendAsync(enrolment, new KeyReplacementRequest { Nonce = challenge.Nonce }, cancellation).ConfigureAwait(false);
        using AgreedKeys? agreed = answered.Value is { } answer ? enrolment.OpenKeys(answer, challenge.Nonce) : null;
        if (agreed is null)
        {
            return false;
        }

        enrolment.ReplaceKeys(agreed);
        return await ConfirmAsync(enrolment, enrolment.UnconfirmedKeyId!.Value, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> ConfirmAsync(Enrolment enrolment, ulong id, CancellationToken cancellation)
    {
        byte[] keyId = new byte[KeyReplacementRequest.KeyIdLength];
        BinaryPrimitives.WriteUInt64BigEndian(keyId, id);
        LinkAnswer<KeyReplacementAnswer> answered =
            await SendAsync(enrolment, new KeyReplacementRequest { Confirms = keyId }, cancellation).ConfigureAwait(false);
        if (answered.Value is null)
        {
            return false;
        }

        enrolment.ConfirmKeys();
        return true;
    }

    private Task<LinkAnswer<KeyReplacementAnswer>> SendAsync(Enrolment enrolment, KeyReplacementRequest request, CancellationToken cancellation)
    {
        byte[] message = enrolment.Sign(MessageType.KeyReplacement, request.Encode());
        return link.SendAsync(Paths.Keys, message, ContractJson.Default.KeyReplacementAnswer, Paths.Patience, cancellation);
    }
}
