namespace SoftPos.Lab.Acquirer;

/// <summary>The PIN key that the lab's acquirer shares with a sandbox: a key that everybody may know.</summary>
public static class LabAcquirerPin
{
    /// <summary>Name of the key in a sandbox's key store.</summary>
    public const string KeyName = "zpk.lab";

    /// <summary>Double length DES key of the lab.</summary>
    public static byte[] Key() => Convert.FromHexString("2A6D8C15E0F4973B4CB5017ED93862FD");
}
