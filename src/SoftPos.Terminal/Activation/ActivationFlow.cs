using System.Security.Cryptography;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Enrols the phone: keys are made in its hardware for this exchange, certified with the nonce, and kept only when the back end delivers
/// initial keys to them. Until everything is stored, a former enrolment stands.
/// </summary>
internal sealed class ActivationFlow(BackendLink link, TerminalPlatform platform, string language)
{
    private const int MaxCode = 32;
    private const int MaxModel = 64, MaxVersion = 32;

    public async Task<(TrustResult Result, Enrolment? Enrolment)> RunAsync(string typed, CancellationToken cancellation)
    {
        string code = typed.Trim();
        if (code.Length is 0 or > MaxCode)
        {
            return (Refused(ReasonCodes.ActivationCodeInvalid), null);
        }

        LinkAnswer<Challenge> question =
            await AttestationClient.AskAsync(link, ChallengePurpose.Enrolment, terminalId: null, cancellation).ConfigureAwait(false);
        if (question.Value is not { } challenge)
        {
            return (TrustResult.Of(question, language), null);
        }

        string alias = Enrolment.NewAlias(platform.Randomness);
        DeviceKeys keys = platform.Keys.Create(alias, challenge.Nonce);
        Enrolment? enrolment = null;
        try
        {
            TrustResult result;
            (result, enrolment) = await EnrolAsync(code, challenge, alias, keys, cancellation).ConfigureAwait(false);
            return (result, enrolment);
        }
        finally
        {
            if (enrolment is null)
            {
                platform.Keys.Delete(alias);
            }
        }
    }

    private async Task<(TrustResult Result, Enrolment? Enrolment)> EnrolAsync(
        string code, Challenge challenge, string alias, DeviceKeys keys, CancellationToken cancellation)
    {
        ActivationRequest request = RequestOf(code, challenge, keys);
        byte[] message = SignedMessage.Sign(keys.Signing, MessageType.Activation, [], request.Encode());
        LinkAnswer<ActivationAnswer> answered = await link
            .SendAsync(Paths.Activation, message, ContractJson.Default.ActivationAnswer, Paths.PaymentPatience, cancellation).ConfigureAwait(false);
        if (answered.Value is not { } answer)
        {
            return (TrustResult.Of(answered, language), null);
        }

        TrustResult trust = TrustResult.Of(answer.Verdict, answer.Findings, language);
        if (!trust.CanPay)
        {
            return (trust, null);
        }

        using AgreedKeys? agreed = AgreedKeys.Open(answer.DataKey, answer.PinKey, answer.TerminalId, challenge.Nonce, keys.Agreement);
        if (agreed is null || answer.Merchant is not { } merchant || answer.ChannelSecret is not { Length: EnvelopeSender.SecretLength } secret)
        {
            // The verdict is good and the keys are not ours: someone stands between, or the back end is at fault.
            return (Refused(ReasonCodes.Internal), null);
        }

        EnrolledState state = new() { TerminalId = answer.TerminalId, Merchant = merchant, ConfigurationKey = answer.ConfigurationKey };
        Enrolment enrolment = Enrolment.Establish(platform, alias, keys, state, agreed, secret);
        CryptographicOperations.ZeroMemory(secret);
        return (trust, enrolment);
    }

    private ActivationRequest RequestOf(string code, Challenge challenge, DeviceKeys keys)
    {
        PhoneDescription phone = platform.Describe();
        return new ActivationRequest
        {
            Code = code,
            Nonce = challenge.Nonce,
            SigningChain = keys.SigningChain,
            AgreementChain = keys.AgreementChain,
            Model = ClaimText.Bound(phone.Model, MaxModel),
            OsVersion = ClaimText.Bound(phone.OsVersion, MaxVersion),
            SdkVersion = Sdk.Version,
        };
    }

    private TrustResult Refused(string reason) => TrustResult.Refused(TerminalReason.Of(reason, language));
}
