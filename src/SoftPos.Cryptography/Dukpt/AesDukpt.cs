using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>
/// AES DUKPT on the host (X9.24-3): base derivation key → initial key → working key. Nothing here allocates. Whether a serial number was
/// seen before is the caller's to know; the counter rules are checked here.
/// </summary>
public static class AesDukpt
{
    /// <summary>Derives the initial key of a terminal; it is as long as the base derivation key.</summary>
    /// <param name="baseDerivationKey">16, 24 or 32 bytes.</param>
    /// <param name="initialKeyId">Left 8 bytes of the key serial number.</param>
    /// <param name="initialKey">Receives as many bytes as the base derivation key has.</param>
    public static void DeriveInitialKey(ReadOnlySpan<byte> baseDerivationKey, ulong initialKeyId, Span<byte> initialKey)
    {
        DukptKeyType type = DukptKeyTypes.OfAesLength(baseDerivationKey.Length);
        if (initialKey.Length != baseDerivationKey.Length)
        {
            throw new ArgumentException("expected the length of the base derivation key", nameof(initialKey));
        }

        DukptDerivation.Derive(baseDerivationKey, DukptDerivation.InitialKey, type, initialKeyId, initialKey);
    }

    /// <summary>Derives a working key of one transaction.</summary>
    /// <param name="initialKey">16, 24 or 32 bytes.</param>
    /// <param name="serialNumber">Key serial number of the transaction.</param>
    /// <param name="usage">Purpose.</param>
    /// <param name="type">Algorithm and length; never longer than the initial key (<see cref="ArgumentException"/>).</param>
    /// <param name="key">Receives the key, exactly as long as its type.</param>
    /// <param name="mostOnes">See <see cref="KeySerialNumber.Check"/>.</param>
    /// <returns>What is wrong with the serial number, if anything; then <paramref name="key"/> stays untouched.</returns>
    public static KeySerialNumberFault DeriveWorkingKey(
        ReadOnlySpan<byte> initialKey,
        KeySerialNumber serialNumber,
        DukptKeyUsage usage,
        DukptKeyType type,
        Span<byte> key,
        int mostOnes = KeySerialNumber.MostOnes)
    {
        CheckLengths(initialKey, type, key);
        KeySerialNumberFault fault = serialNumber.Check(mostOnes);
        if (fault is not KeySerialNumberFault.None)
        {
            return fault;
        }

        Span<byte> intermediate = stackalloc byte[DukptDerivation.LongestKey];
        intermediate = intermediate[..initialKey.Length];
        Walk(initialKey, serialNumber, intermediate);
        DeriveFromIntermediate(intermediate, serialNumber, usage, type, key);
        CryptographicOperations.ZeroMemory(intermediate);
        return KeySerialNumberFault.None;
    }

    /// <summary>The key below which all working keys of one counter hang ("transaction key"). For tests and key tools.</summary>
    public static KeySerialNumberFault DeriveIntermediateKey(
        ReadOnlySpan<byte> initialKey, KeySerialNumber serialNumber, Span<byte> key, int mostOnes = KeySerialNumber.MostOnes)
    {
        CheckLengths(initialKey, DukptKeyTypes.OfAesLength(initialKey.Length), key);
        KeySerialNumberFault fault = serialNumber.Check(mostOnes);
        if (fault is KeySerialNumberFault.None)
        {
            Walk(initialKey, serialNumber, key);
        }

        return fault;
    }

    /// <summary>The update key: wraps the next initial key of the same terminal. It hangs at the counter of 32 ones, out of reach of sales.</summary>
    /// <param name="initialKey">16, 24 or 32 bytes.</param>
    /// <param name="initialKeyId">Id of that key.</param>
    /// <param name="key">Receives as many bytes as the initial key has.</param>
    public static void DeriveUpdateKey(ReadOnlySpan<byte> initialKey, ulong initialKeyId, Span<byte> key)
    {
        DukptKeyType type = DukptKeyTypes.OfAesLength(initialKey.Length);
        CheckLengths(initialKey, type, key);
        Span<byte> intermediate = stackalloc byte[DukptDerivation.LongestKey];
        intermediate = intermediate[..initialKey.Length];
        KeySerialNumber all = new(initialKeyId, uint.MaxValue);
        Walk(initialKey, all, intermediate);
        DeriveFromIntermediate(intermediate, all, DukptKeyUsage.KeyEncryption, type, key);
        CryptographicOperations.ZeroMemory(intermediate);
    }

    internal static void DeriveFromIntermediate(
        ReadOnlySpan<byte> intermediate, KeySerialNumber serialNumber, DukptKeyUsage usage, DukptKeyType type, Span<byte> key) =>
        DukptDerivation.Derive(
            intermediate, (int)usage, type, DukptDerivation.Context(serialNumber.InitialKeyId, serialNumber.Counter), key);

    /// <summary>Sets the bits of the counter from the highest to the lowest, one derivation each.</summary>
    private static void Walk(ReadOnlySpan<byte> initialKey, KeySerialNumber serialNumber, Span<byte> key)
    {
        DukptKeyType type = DukptKeyTypes.OfAesLength(initialKey.Length);
        initialKey.CopyTo(key);
        uint reached = 0;
        for (uint left = serialNumber.Counter; left != 0;)
        {
            uint bit = 1u << (31 - System.Numerics.BitOperations.LeadingZeroCount(left));
            left ^= bit;
            reached |= bit;
            DukptDerivation.Derive(
                key, DukptDerivation.IntermediateKey, type, DukptDerivation.Context(serialNumber.InitialKeyId, reached), key);
        }
    }

    private static void CheckLengths(ReadOnlySpan<byte> initialKey, DukptKeyType type, Span<byte> key)
    {
        _ = DukptKeyTypes.OfAesLength(initialKey.Length);
        if (!type.MayComeFrom(initialKey.Length))
        {
            throw new ArgumentException("a derived key is never stronger than its parent", nameof(type));
        }

        if (key.Length != type.Length())
        {
            throw new ArgumentException("expected the length of the key type", nameof(key));
        }
    }
}
