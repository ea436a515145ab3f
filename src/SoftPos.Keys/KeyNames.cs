using System.Globalization;

namespace SoftPos.Keys;

/// <summary>Names of base derivation keys: <c>bdk.data.1</c> stands for the identifier 0D000001, <c>bdk.pin.1</c> for 0F000001.</summary>
public static class KeyNames
{
    private const string Data = "bdk.data.";
    private const string Pin = "bdk.pin.";
    private const uint VersionMask = 0x00FFFFFF;

    /// <summary>Name of a version of the line that serves a purpose, or null when the purpose is no base derivation key.</summary>
    public static string? LineOfPurpose(string purpose) => purpose switch
    {
        KeyPurposes.AccountData => Data,
        KeyPurposes.Pin => Pin,
        _ => null,
    };

    internal static string LineOf(uint id) => (id & ~VersionMask) == KeyRoom.DataLine ? Data : Pin;

    internal static string OfRoot(uint id) => string.Create(CultureInfo.InvariantCulture, $"{LineOf(id)}{id & VersionMask}");

    internal static uint RootId(string name) =>
        TryReadRoot(name, out uint id) ? id : throw new ArgumentException("no base derivation key", nameof(name));

    internal static bool TryReadRoot(string name, out uint id)
    {
        id = 0;
        string? line = name.StartsWith(Data, StringComparison.Ordinal) ? Data : name.StartsWith(Pin, StringComparison.Ordinal) ? Pin : null;
        if (line is null
            || !uint.TryParse(name.AsSpan(line.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint version)
            || version is 0 or > VersionMask
            || name[line.Length] == '0')
        {
            return false;
        }

        id = (line == Data ? KeyRoom.DataLine : KeyRoom.PinLine) | version;
        return true;
    }
}
