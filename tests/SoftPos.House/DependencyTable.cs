namespace SoftPos.House;

/// <summary>Who may reference whom. ARCHITECTURE.md explains it; this is what is enforced.</summary>
internal static class DependencyTable
{
    public static readonly IReadOnlyDictionary<string, string[]> May = new Dictionary<string, string[]>
    {
        ["Iso7816"] = [],
        ["Cryptography"] = ["Iso7816"],
        ["Iso8583"] = ["Iso7816"],
        ["Emv"] = ["Iso7816", "Cryptography"],
        ["Contract"] = ["Iso7816", "Cryptography"],
        ["Attestation"] = ["Iso7816", "Cryptography", "Contract"],
        ["Storage"] = ["Contract", "Cryptography"],
        ["Keys"] = ["Cryptography", "Contract", "Storage"],
        ["Monitoring"] = ["Attestation", "Contract", "Storage", "Cryptography", "Iso7816"],
        ["Payments"] = ["Iso8583", "Keys", "Contract", "Storage", "Cryptography", "Iso7816"],
        ["Backend"] = ["Monitoring", "Payments", "Keys", "Storage", "Contract", "Attestation", "Emv", "Iso8583", "Cryptography", "Iso7816"],
        ["Terminal"] = ["Emv", "Contract", "Cryptography", "Iso7816"],
        ["Terminal.Pcsc"] = ["Terminal"],
        ["Terminal.Android"] = ["Terminal"],
        ["Lab"] = ["Terminal", "Emv", "Attestation", "Iso8583", "Contract", "Cryptography", "Iso7816"],
        ["Simulation"] = ["Backend", "Lab"],
        ["Cli"] = ["Backend", "Lab", "Simulation", "Terminal.Pcsc"],
    };

    /// <summary>Rooms that must not meet even through others.</summary>
    public static readonly (string Room, string Never)[] Apart =
    [
        ("Monitoring", "Payments"),
        ("Payments", "Monitoring"),
        ("Monitoring", "Keys"),
        ("Payments", "Attestation"),
        ("Terminal", "Attestation"),
        ("Terminal", "Backend"),
        ("Backend", "Lab"),
        ("Backend", "Terminal"),
    ];
}
