using System.Formats.Asn1;
using System.Numerics;
using System.Text;
using SoftPos.Attestation.Android;

namespace SoftPos.Lab.Phones;

/// <summary>Writes the KeyDescription extension of version 300, as KeyMint 3 does.</summary>
internal static class LabKeyDescription
{
    private const int Version = 300;
    private const int Sha256Digest = 4;
    private const int SignPurpose = 2;

    public static byte[] Write(LabAttestationRequest request)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            WriteEnumerated(writer, (int)request.Level);
            writer.WriteInteger(Version);
            WriteEnumerated(writer, (int)request.Level);
            writer.WriteOctetString(request.Challenge);
            writer.WriteOctetString([]);
            using (writer.PushSequence())
            {
                WriteTag(writer, 701, () => writer.WriteInteger(request.Time.ToUnixTimeMilliseconds()));
                WriteTag(writer, 709, () => writer.WriteOctetString(ApplicationId(request)));
            }

            using (writer.PushSequence())
            {
                WriteHardware(writer, request);
            }
        }

        return writer.Encode();
    }

    private static void WriteHardware(AsnWriter writer, LabAttestationRequest request)
    {
        WriteTag(writer, 1, () => WriteSet(writer, request.Purpose));
        WriteTag(writer, 2, () => writer.WriteInteger(3));
        WriteTag(writer, 3, () => writer.WriteInteger(256));
        if (request.Purpose == SignPurpose)
        {
            WriteTag(writer, 5, () => WriteSet(writer, Sha256Digest));
        }

        WriteTag(writer, 10, () => writer.WriteInteger(1));
        WriteTag(writer, 503, () => writer.WriteNull());
        WriteTag(writer, 702, () => writer.WriteInteger((int)request.Origin));
        WriteTag(writer, 704, () =>
        {
            using (writer.PushSequence())
            {
                writer.WriteOctetString(request.BootState is VerifiedBootState.Unverified ? new byte[32] : request.BootKey);
                writer.WriteBoolean(request.DeviceLocked);
                WriteEnumerated(writer, (int)request.BootState);
                writer.WriteOctetString(request.BootHash);
            }
        });
        WriteTag(writer, 705, () => writer.WriteInteger(request.OsVersion));
        WriteTag(writer, 706, () => writer.WriteInteger(request.OsPatch));
        WriteTag(writer, 718, () => writer.WriteInteger(request.VendorPatch));
        WriteTag(writer, 719, () => writer.WriteInteger(request.BootPatch));
    }

    private static byte[] ApplicationId(LabAttestationRequest request)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSetOf())
            {
                using (writer.PushSequence())
                {
                    writer.WriteOctetString(Encoding.UTF8.GetBytes(request.Package));
                    writer.WriteInteger(request.AppVersion);
                }
            }

            using (writer.PushSetOf())
            {
                if (request.SignerDigest is { } digest)
                {
                    writer.WriteOctetString(digest);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteTag(AsnWriter writer, int tag, Action value)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        {
            value();
        }
    }

    private static void WriteSet(AsnWriter writer, int value)
    {
        using (writer.PushSetOf())
        {
            writer.WriteInteger(value);
        }
    }

    private static void WriteEnumerated(AsnWriter writer, int value) =>
        writer.WriteEncodedValue([0x0A, 0x01, .. new BigInteger(value).ToByteArray()]);
}
