namespace SoftPos.Cryptography;

/// <summary>PIN block formats of ISO 9564-1.</summary>
public enum PinBlockFormat
{
    /// <summary>PIN and PAN mixed, filled with F; 8 bytes.</summary>
    Iso0 = 0,

    /// <summary>No PAN, random fill; 8 bytes.</summary>
    Iso1 = 1,

    /// <summary>No PAN, filled with F, for a chip card only; 8 bytes.</summary>
    Iso2 = 2,

    /// <summary>As format 0 with random fill A to F; 8 bytes.</summary>
    Iso3 = 3,

    /// <summary>PIN and PAN mixed between two AES encipherments; 16 bytes.</summary>
    Iso4 = 4,
}
