using SoftPos.Iso7816;

namespace SoftPos.Emv.Configuration;

/// <summary>What the terminal says about itself, the same for every combination.</summary>
public sealed record TerminalProfile
{
    /// <summary>Terminal country code 9F1A, ISO 3166 number, such as 276.</summary>
    public required int CountryCode { get; init; }

    /// <summary>Currency 5F2A, ISO 4217 number, such as 978.</summary>
    public required int CurrencyCode { get; init; }

    /// <summary>Digits after the decimal point of the currency (5F36), 0–3.</summary>
    public int CurrencyExponent { get; init; } = 2;

    /// <summary>Terminal type 9F35, two digits: 21 attended online only, 22 attended offline with online.</summary>
    public byte TerminalType { get; init; } = 0x21;

    /// <summary>More data objects by tag, such as 9F33, 9F40, 9F4E, 9F16, 9F1C, 9F1E, 9F15.</summary>
    public TlvMap Objects { get; init; } = [];

    /// <summary>True when the type says that every approval comes from a host (EMV Book 4, A1).</summary>
    public bool IsOnlineOnly => (TerminalType & 0x0F) is 1 or 4;

    /// <summary>True when the type says that the terminal never goes online.</summary>
    public bool IsOfflineOnly => (TerminalType & 0x0F) is 3 or 6;
}
