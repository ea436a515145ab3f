namespace SoftPos.Attestation.Policy;

/// <summary>One thing wrong with a policy document.</summary>
/// <param name="Path">Where, such as <c>rules[3].require.atLeast</c>.</param>
/// <param name="Message">What was expected.</param>
public sealed record PolicyFault(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
