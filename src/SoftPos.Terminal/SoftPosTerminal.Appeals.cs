using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What became of an appeal.</summary>
/// <param name="Number">Number by which the provider finds it; null when it did not arrive.</param>
/// <param name="Reason">Why it did not arrive; null when it did.</param>
public sealed record AppealResult(long? Number, TerminalReason? Reason);

/// <summary>The merchant's word against a refusal.</summary>
public sealed partial class SoftPosTerminal
{
    private (string Text, Guid Id)? _lastAppeal;

    /// <summary>Asks a person at the provider to look at a refusal again. Changes nothing by itself.</summary>
    /// <param name="text">What the merchant says, 1 to <see cref="AppealRequest.MaxText"/> characters.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <exception cref="ArgumentException">The text is blank, too long, or holds control characters.</exception>
    public async Task<AppealResult> AppealAsync(string text, CancellationToken cancellation = default)
    {
        if (!AppealRequest.IsText(text))
        {
            throw new ArgumentException($"an appeal has 1 to {AppealRequest.MaxText} characters, none of them a control character", nameof(text));
        }

        using Pass pass = await EnterAsync(cancellation).ConfigureAwait(false);
        if (_enrolment is not { } enrolment)
        {
            return new AppealResult(null, TerminalReason.Of(ReasonCodes.NotActivated, _options.Language));
        }

        // The same words after a lost answer are the same appeal.
        if (_lastAppeal?.Text != text)
        {
            _lastAppeal = (text, TimeOrderedId.Create(_options.Platform.Clock, _options.Platform.Randomness));
        }

        byte[] message = enrolment.Sign(AppealRequest.ContentType, new AppealRequest { AppealId = _lastAppeal.Value.Id, Text = text }.Encode());
        LinkAnswer<AppealAnswer> answer = await _link
            .SendAsync(Paths.Appeals, message, ContractJson.Default.AppealAnswer, Paths.Patience, cancellation).ConfigureAwait(false);
        if (answer.Value is { } taken)
        {
            _lastAppeal = null;
            return new AppealResult(taken.Number, null);
        }

        return new AppealResult(null, answer.Problem is { } problem
            ? TerminalReason.Of(problem.Code, _options.Language, problem)
            : TerminalReason.Of(ReasonCodes.BackendUnreachable, _options.Language));
    }
}
