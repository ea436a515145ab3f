using System.Formats.Asn1;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Android;

/// <summary>Reads the eight fields of a KeyDescription; the lists are read by <see cref="AuthorizationListReader"/>.</summary>
internal static class KeyDescriptionReader
{
    public const string Format = "key description";

    /// <summary>Schema versions are small numbers; this bounds the cast.</summary>
    private const ulong MaxVersion = 100_000;

    public static bool TryRead(ReadOnlyMemory<byte> encoded, out AndroidKeyDescription? description, out FormatFault? fault)
    {
        DerFaults faults = new(Format);
        DerCursor outer = new(encoded.Span, 0, faults);
        DerCursor fields = outer.EnterSequence("KeyDescription");
        outer.End("nothing after the KeyDescription");

        int attestationVersion = ReadVersion(ref fields, "attestationVersion");
        SecurityLevel attestationLevel = (SecurityLevel)fields.ReadEnumerated((int)SecurityLevel.StrongBox, "attestationSecurityLevel of 0 to 2");
        int keyMintVersion = ReadVersion(ref fields, "keyMintVersion");
        SecurityLevel keyMintLevel = (SecurityLevel)fields.ReadEnumerated((int)SecurityLevel.StrongBox, "keyMintSecurityLevel of 0 to 2");
        ReadOnlyMemory<byte> challenge = Slice(encoded, fields.Read(Asn1Tag.PrimitiveOctetString, "attestationChallenge"));
        ReadOnlyMemory<byte> uniqueId = Slice(encoded, fields.Read(Asn1Tag.PrimitiveOctetString, "uniqueId"));
        AuthorizationList software = new AuthorizationListReader(encoded, faults).Read(fields.EnterSequence("softwareEnforced"));
        AuthorizationList hardware = new AuthorizationListReader(encoded, faults).Read(fields.EnterSequence("hardwareEnforced"));
        fields.End("nothing after hardwareEnforced");

        fault = faults.First;
        description = fault is not null ? null : new AndroidKeyDescription
        {
            AttestationVersion = attestationVersion,
            AttestationSecurityLevel = attestationLevel,
            KeyMintVersion = keyMintVersion,
            KeyMintSecurityLevel = keyMintLevel,
            AttestationChallenge = challenge,
            UniqueId = uniqueId,
            SoftwareEnforced = software,
            HardwareEnforced = hardware,
        };
        return fault is null;
    }

    internal static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> encoded, DerElement element) =>
        element.Encoded.IsEmpty ? ReadOnlyMemory<byte>.Empty : encoded[element.ContentSpan];

    private static int ReadVersion(ref DerCursor fields, string expected)
    {
        int at = fields.Offset;
        ulong version = fields.ReadUnsigned(expected);
        if (version <= MaxVersion)
        {
            return (int)version;
        }

        fields.Fail(at, expected);
        return 0;
    }
}
