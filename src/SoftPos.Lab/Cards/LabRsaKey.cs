using System.Numerics;
using System.Text.Json.Nodes;

namespace SoftPos.Lab.Cards;

/// <summary>An RSA key pair of the lab, with the raw private operation that EMV signatures are made with.</summary>
internal sealed class LabRsaKey
{
    private readonly BigInteger _p;
    private readonly BigInteger _q;
    private readonly BigInteger _dp;
    private readonly BigInteger _dq;
    private readonly BigInteger _inverse;

    public LabRsaKey(JsonNode node)
    {
        Modulus = Convert.FromHexString(node["modulus"]!.GetValue<string>());
        Exponent = Convert.FromHexString(node["exponent"]!.GetValue<string>());
        _p = Number(Convert.FromHexString(node["p"]!.GetValue<string>()));
        _q = Number(Convert.FromHexString(node["q"]!.GetValue<string>()));
        BigInteger e = Number(Exponent);
        _dp = Inverse(e, _p - 1);
        _dq = Inverse(e, _q - 1);
        _inverse = Inverse(_q, _p);
    }

    public byte[] Modulus { get; }

    public byte[] Exponent { get; }

    /// <summary>Raises a block of the length of the modulus to the private exponent, by the Chinese remainder theorem.</summary>
    public byte[] Sign(ReadOnlySpan<byte> block)
    {
        if (block.Length != Modulus.Length)
        {
            throw new ArgumentException("expected a block as long as the modulus", nameof(block));
        }

        BigInteger message = Number(block);
        BigInteger atP = BigInteger.ModPow(message, _dp, _p);
        BigInteger atQ = BigInteger.ModPow(message, _dq, _q);
        BigInteger h = (_inverse * (atP - atQ)) % _p;
        BigInteger signature = atQ + ((h.Sign < 0 ? h + _p : h) * _q);
        byte[] bytes = new byte[Modulus.Length];
        int length = signature.GetByteCount(isUnsigned: true);
        signature.TryWriteBytes(bytes.AsSpan(bytes.Length - length), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        (BigInteger previous, BigInteger current, BigInteger a, BigInteger b) = (0, 1, modulus, value % modulus);
        while (b > 0)
        {
            BigInteger quotient = a / b;
            (a, b) = (b, a - (quotient * b));
            (previous, current) = (current, previous - (quotient * current));
        }

        return previous < 0 ? previous + modulus : previous;
    }
}
