namespace SoftPos.Emv.Rules;

/// <summary>What was asked of the card with GENERATE AC, and what it answered.</summary>
/// <param name="Asked">Type that was asked for.</param>
/// <param name="WithCda">A signature was asked for.</param>
/// <param name="TvrAsSent">Verification results that the cryptogram covers: the host gets these, whatever is found out later.</param>
/// <param name="PdolValues">Values sent with GET PROCESSING OPTIONS.</param>
/// <param name="CdolValues">Values sent.</param>
/// <param name="Response">Value of template 77 as received; empty for format 1.</param>
internal readonly record struct GenerateExchange(
    CryptogramType Asked,
    bool WithCda,
    Tvr TvrAsSent,
    ReadOnlyMemory<byte> PdolValues,
    ReadOnlyMemory<byte> CdolValues,
    ReadOnlyMemory<byte> Response);
