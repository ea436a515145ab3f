using System.Formats.Asn1;
using System.Formats.Cbor;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Android;

/// <summary>What the remote provisioning server says of the phone, in the attestation certificate (1.3.6.1.4.1.11129.2.1.30).</summary>
/// <param name="CertificatesIssued">Certificates issued to this phone in about the last 30 days; null when absent.</param>
/// <param name="Manufacturer">Maker, an older field; null when absent.</param>
/// <param name="UnknownKeys">Keys that this library does not know.</param>
public sealed record ProvisioningInfo(long? CertificatesIssued, string? Manufacturer, IReadOnlyList<long> UnknownKeys)
{
    /// <summary>A handful of keys is published; more is noise.</summary>
    private const int MaxKeys = 32;

    /// <summary>Reads the extension value: a CBOR map, in some chains wrapped in one more OCTET STRING.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> value, out ProvisioningInfo? info)
    {
        info = null;
        DerFaults faults = new("provisioning info");
        DerCursor cursor = new(value.Span, 0, faults);
        if (cursor.NextIs(Asn1Tag.PrimitiveOctetString) && value.Length > 1 && value.Span[1] == value.Length - 2)
        {
            value = value[2..];
        }

        try
        {
            CborReader reader = new(value, CborConformanceMode.Lax);
            long? issued = null;
            string? manufacturer = null;
            List<long> unknown = [];
            reader.ReadStartMap();
            for (int i = 0; reader.PeekState() is not CborReaderState.EndMap; i++)
            {
                if (i == MaxKeys)
                {
                    return false;
                }

                long key = reader.ReadInt64();
                switch (key)
                {
                    case 1:
                        issued = reader.ReadInt64();
                        break;
                    case 3 when reader.PeekState() is CborReaderState.TextString:
                        manufacturer = reader.ReadTextString();
                        break;
                    default:
                        unknown.Add(key);
                        reader.SkipValue();
                        break;
                }
            }

            reader.ReadEndMap();
            info = new ProvisioningInfo(issued, manufacturer, unknown);
            return true;
        }
        catch (Exception broken) when (broken is CborContentException or InvalidOperationException or OverflowException)
        {
            return false;
        }
    }

    internal static ProvisioningInfo? Of(AttestationCertificate certificate) =>
        certificate.Find(ObjectIdentifiers.ProvisioningInfo) is { } extension && TryParse(extension.Value, out ProvisioningInfo? info) ? info : null;
}
