using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Contract;

/// <summary>
/// Orders measurements by the server's seed and chains their results, so that canned answers show: the order is unknown before the
/// challenge, and each link needs the one before.
/// </summary>
public static class MeasurementOrder
{
    /// <summary>Bytes that are hashed without an array from the pool.</summary>
    private const int Usual = 4096;

    /// <summary>Result and two lengths.</summary>
    private const int HeadLength = 5;

    private const int MaxUtf8PerChar = 3;

    /// <summary>
    /// Shuffles probe identities: sorted by their bytes, then Fisher and Yates from the last place down, with 32-bit big-endian numbers of
    /// HKDF-SHA-512 (RFC 5869; key: the seed, no salt, info: <c>softpos measurement order</c>), each scaled to its place as n * (i + 1) / 2^32.
    /// </summary>
    /// <param name="probes">Probe identities, at most 128.</param>
    /// <param name="seed">16 bytes of the challenge.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> probes, ReadOnlySpan<byte> seed)
    {
        string[] order = [.. probes];
        Shuffle(order, seed);
        return order;
    }

    /// <summary>Whether the measurements stand in the order of the seed, each probe once.</summary>
    public static bool IsKept(IReadOnlyList<Measurement> measurements, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        string[] order = new string[measurements.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = measurements[i].Probe;
        }

        if (order.Length > EvidenceClaims.MaxMeasurements || !Shuffle(order, seed))
        {
            return false;
        }

        for (int i = 0; i < order.Length; i++)
        {
            if (!string.Equals(order[i], measurements[i].Probe, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// SHA-256 over the seed and then, for each measurement in order, result (1 byte), length of the probe (2, big-endian), probe, length of
    /// the detail (2), detail, both in UTF-8. A running hash: what comes later depends on all that came before.
    /// </summary>
    /// <returns>32 bytes.</returns>
    public static byte[] Chain(IReadOnlyList<Measurement> measurements, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        int longest = seed.Length;
        for (int i = 0; i < measurements.Count; i++)
        {
            longest += HeadLength + (MaxUtf8PerChar * (measurements[i].Probe.Length + measurements[i].Detail.Length));
        }

        byte[]? rented = longest > Usual ? ArrayPool<byte>.Shared.Rent(longest) : null;
        Span<byte> buffer = rented ?? stackalloc byte[Usual];
        seed.CopyTo(buffer);
        int at = seed.Length;
        for (int i = 0; i < measurements.Count; i++)
        {
            buffer[at++] = (byte)measurements[i].Result;
            at = Write(buffer, at, measurements[i].Probe);
            at = Write(buffer, at, measurements[i].Detail);
        }

        byte[] chain = SHA256.HashData(buffer[..at]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return chain;
    }

    private static int Write(Span<byte> buffer, int at, string text)
    {
        int length = Encoding.UTF8.GetBytes(text, buffer[(at + sizeof(ushort))..]);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], checked((ushort)length));
        return at + sizeof(ushort) + length;
    }

    /// <summary>Shuffles in place; false when an identity stands twice.</summary>
    private static bool Shuffle(string[] probes, ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probes.Length, EvidenceClaims.MaxMeasurements);
        Array.Sort(probes, string.CompareOrdinal);
        bool distinct = true;
        for (int i = 1; i < probes.Length; i++)
        {
            distinct &= !string.Equals(probes[i - 1], probes[i], StringComparison.Ordinal);
        }

        if (probes.Length < 2)
        {
            return distinct;
        }

        Span<byte> key = stackalloc byte[SHA512.HashSizeInBytes];
        HKDF.Extract(HashAlgorithmName.SHA512, seed, default, key);
        Span<byte> stream = stackalloc byte[(EvidenceClaims.MaxMeasurements - 1) * sizeof(uint)];
        stream = stream[..((probes.Length - 1) * sizeof(uint))];
        HKDF.Expand(HashAlgorithmName.SHA512, key, stream, "softpos measurement order"u8);
        for (int i = probes.Length - 1; i > 0; i--)
        {
            ulong number = BinaryPrimitives.ReadUInt32BigEndian(stream[((probes.Length - 1 - i) * sizeof(uint))..]);
            int other = (int)((number * (ulong)(i + 1)) >> 32);
            (probes[i], probes[other]) = (probes[other], probes[i]);
        }

        return distinct;
    }
}
