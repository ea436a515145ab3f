namespace SoftPos.Cryptography;

/// <summary>
/// Derivation data of AES DUKPT (X9.24-3), for security modules that encipher it themselves: the derived key is the left part of what comes
/// out (PKCS#11: <c>CKM_AES_ECB_ENCRYPT_DATA</c>). No secret is in it.
/// </summary>
public static class DukptData
{
    /// <summary>Below the base derivation key: the initial key.</summary>
    /// <param name="keyLength">Length of the base derivation key: 16, 24 or 32.</param>
    /// <param name="initialKeyId">Initial key id.</param>
    public static byte[] OfInitialKey(int keyLength, ulong initialKeyId) =>
        Of(DukptDerivation.InitialKey, DukptKeyTypes.OfAesLength(keyLength), initialKeyId);

    /// <summary>Below the initial or an intermediate key: the intermediate key of the counter bits reached so far.</summary>
    public static byte[] OfIntermediateKey(int keyLength, ulong initialKeyId, uint reached) =>
        Of(DukptDerivation.IntermediateKey, DukptKeyTypes.OfAesLength(keyLength), DukptDerivation.Context(initialKeyId, reached));

    /// <summary>Below the last intermediate key: a working key.</summary>
    public static byte[] OfWorkingKey(DukptKeyUsage usage, DukptKeyType type, KeySerialNumber serialNumber) =>
        Of((int)usage, type, DukptDerivation.Context(serialNumber.InitialKeyId, serialNumber.Counter));

    private static byte[] Of(int usage, DukptKeyType type, ulong context)
    {
        byte[] data = new byte[2 * AesOneTime.BlockLength];
        return data[..DukptDerivation.WriteData(usage, type, context, data)];
    }
}
