namespace SoftPos.Attestation.Der;

/// <summary>Keeps the first fault of one parse; after it every cursor of that parse reads as empty, so no caller has to test each step.</summary>
internal sealed class DerFaults(string format)
{
    public FormatFault? First { get; private set; }

    public void Fail(int offset, string expected) => First ??= new FormatFault(format, offset, expected);
}
