using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <content>The end of a merchant's day.</content>
public sealed partial class SoftPosTerminal
{
    /// <summary>
    /// Tells the back end that the app closes: no evidence is to be expected, and its silence is no alarm. The next payment or preflight
    /// opens it again. To be called when the merchant leaves the app; without it the terminal counts as silent a few minutes later.
    /// </summary>
    /// <returns>The back end knows. False without an enrolment or a network; nothing else follows from it.</returns>
    public async Task<bool> CloseAsync(CancellationToken cancellation = default)
    {
        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        return _enrolment is { } enrolment
            && (await _attestation.AttestAsync(enrolment, ChallengePurpose.Heartbeat, cancellation,
                isClosing: true).ConfigureAwait(false)).Value is not null;
    }
}
