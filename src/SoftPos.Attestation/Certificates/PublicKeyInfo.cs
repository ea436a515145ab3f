using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Certificates;

/// <summary>A SubjectPublicKeyInfo, classified but not yet used.</summary>
/// <param name="Encoded">DER of the SubjectPublicKeyInfo.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bits">Key size in bits: modulus, field, or 0 where unknown.</param>
/// <param name="KeyBits">The subjectPublicKey bits: RSAPublicKey DER, or an uncompressed point.</param>
public sealed record PublicKeyInfo(ReadOnlyMemory<byte> Encoded, KeyKind Kind, int Bits, ReadOnlyMemory<byte> KeyBits)
{
    internal const string Format = "public key";

    /// <summary>Reads a SubjectPublicKeyInfo that stands alone.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> encoded, out PublicKeyInfo? key, out FormatFault? fault)
    {
        DerFaults faults = new(Format);
        DerCursor cursor = new(encoded.Span, 0, faults);
        DerElement element = cursor.Read(System.Formats.Asn1.Asn1Tag.Sequence, "SubjectPublicKeyInfo");
        cursor.End("nothing after the SubjectPublicKeyInfo");
        key = Read(ref cursor, element, encoded, faults);
        fault = faults.First;
        return fault is null;
    }

    internal static PublicKeyInfo? Read(ref DerCursor outer, DerElement element, ReadOnlyMemory<byte> input, DerFaults faults)
    {
        DerCursor body = outer.Inside(element);
        DerCursor algorithm = body.EnterSequence("AlgorithmIdentifier of the key");
        ReadOnlySpan<byte> oid = ContentOf(algorithm.Read(System.Formats.Asn1.Asn1Tag.ObjectIdentifier, "key algorithm"), faults);
        ReadOnlySpan<byte> curve = default;
        if (algorithm.HasData)
        {
            DerElement parameters = algorithm.ReadAny("key parameters");
            curve = parameters.Tag == System.Formats.Asn1.Asn1Tag.ObjectIdentifier ? ContentOf(parameters, faults) : default;
        }

        algorithm.End("nothing after the key parameters");
        DerElement bits = body.ReadBits("subjectPublicKey");
        body.End("nothing after the subjectPublicKey");
        if (faults.First is not null)
        {
            return null;
        }

        Range keyRange = (bits.ContentOffset + 1)..bits.ContentSpan.End.Value;
        ReadOnlyMemory<byte> keyBits = input[keyRange];
        KeyKind kind = Classify(oid, curve);
        return new PublicKeyInfo(input[element.Span], kind, SizeOf(kind, keyBits.Span), keyBits);
    }

    private static KeyKind Classify(ReadOnlySpan<byte> oid, ReadOnlySpan<byte> curve)
    {
        if (oid.SequenceEqual(ObjectIdentifiers.EcKey))
        {
            return curve.SequenceEqual(ObjectIdentifiers.P256) ? KeyKind.P256
                : curve.SequenceEqual(ObjectIdentifiers.P384) ? KeyKind.P384
                : KeyKind.OtherCurve;
        }

        return oid.SequenceEqual(ObjectIdentifiers.RsaKey) ? KeyKind.Rsa
            : oid.SequenceEqual(ObjectIdentifiers.Ed25519) || oid.SequenceEqual(ObjectIdentifiers.X25519) ? KeyKind.Curve25519
            : IsMlDsa(oid) ? KeyKind.MlDsa
            : KeyKind.Unknown;
    }

    internal static bool IsMlDsa(ReadOnlySpan<byte> oid) =>
        oid.Length == ObjectIdentifiers.NistSignatures.Length + 1 && oid.StartsWith(ObjectIdentifiers.NistSignatures) && oid[^1] is 17 or 18 or 19;

    private static int SizeOf(KeyKind kind, ReadOnlySpan<byte> keyBits)
    {
        switch (kind)
        {
            case KeyKind.P256 or KeyKind.Curve25519:
                return 256;
            case KeyKind.P384:
                return 384;
            case KeyKind.Rsa:
                DerFaults faults = new(Format);
                DerCursor key = new DerCursor(keyBits, 0, faults).EnterSequence("RSAPublicKey");
                ReadOnlySpan<byte> modulus = ContentOf(key.ReadInteger("modulus"), faults).TrimStart((byte)0);
                return modulus.IsEmpty ? 0 : ((modulus.Length - 1) * 8) + (32 - System.Numerics.BitOperations.LeadingZeroCount((uint)modulus[0]));
            default:
                return 0;
        }
    }

    private static ReadOnlySpan<byte> ContentOf(DerElement element, DerFaults faults) => faults.First is null ? element.Content : default;
}
