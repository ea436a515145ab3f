namespace SoftPos.Cryptography;

/// <summary>Purpose of a working key; the values are the key usage indicators of X9.24-3.</summary>
public enum DukptKeyUsage
{
    /// <summary>Wraps other keys.</summary>
    KeyEncryption = 0x0002,

    /// <summary>Enciphers PIN blocks.</summary>
    PinEncryption = 0x1000,

    /// <summary>MAC of messages from terminal to host.</summary>
    MacGeneration = 0x2000,

    /// <summary>MAC of messages from host to terminal.</summary>
    MacVerification = 0x2001,

    /// <summary>MAC in both directions; one key with two purposes, for foreign devices only.</summary>
    MacBoth = 0x2002,

    /// <summary>Data from terminal to host.</summary>
    DataEncryption = 0x3000,

    /// <summary>Data from host to terminal.</summary>
    DataDecryption = 0x3001,

    /// <summary>Data in both directions; one key with two purposes, for foreign devices only.</summary>
    DataBoth = 0x3002,
}
