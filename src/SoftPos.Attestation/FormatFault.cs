namespace SoftPos.Attestation;

/// <summary>Where bytes from outside stop being what they claim to be. Never carries a value of the input.</summary>
/// <param name="Format">What was being read, such as <c>certificate</c> or <c>key description</c>.</param>
/// <param name="Offset">Byte offset inside that input where reading stopped.</param>
/// <param name="Expected">What should have been there.</param>
public sealed record FormatFault(string Format, int Offset, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Format}, offset {Offset}: expected {Expected}";
}
