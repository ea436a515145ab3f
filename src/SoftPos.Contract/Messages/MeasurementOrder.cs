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
    /// <summary>Sorts probe identities by HMAC-SHA-256 of their name under the seed.</summary>
    /// <param name="probes">Probe identities.</param>
    /// <param name="seed">16 bytes of the challenge.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> probes, ReadOnlySpan<byte> seed)
    {
        byte[] key = seed.ToArray();
        return [.. probes.OrderBy(probe => Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(probe))), StringComparer.Ordinal)];
    }

    /// <summary>h(0) = SHA-256(seed), h(n) = SHA-256(h(n−1) ‖ result ‖ length ‖ probe ‖ detail).</summary>
    /// <returns>32 bytes.</returns>
    public static byte[] Chain(IEnumerable<Measurement> measurements, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        byte[] link = SHA256.HashData(seed);
        Span<byte> head = stackalloc byte[5];
        foreach (Measurement measurement in measurements)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] probe = Encoding.UTF8.GetBytes(measurement.Probe);
            head[0] = (byte)measurement.Result;
            BinaryPrimitives.WriteInt32BigEndian(head[1..], probe.Length);
            hash.AppendData(link);
            hash.AppendData(head);
            hash.AppendData(probe);
            hash.AppendData(Encoding.UTF8.GetBytes(measurement.Detail));
            link = hash.GetHashAndReset();
        }

        return link;
    }
}
