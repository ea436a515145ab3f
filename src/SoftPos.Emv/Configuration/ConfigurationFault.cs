namespace SoftPos.Emv.Configuration;

/// <summary>One fault of a configuration document.</summary>
/// <param name="Document">Name of the document, as its loader called it.</param>
/// <param name="Path">Where, such as <c>combinations[2].ttq</c>.</param>
/// <param name="Rule">What was expected.</param>
public sealed record ConfigurationFault(string Document, string Path, string Rule)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"{Document}: {(Path.Length == 0 ? "document" : Path)}: {Rule}";
}
