using System.Formats.Asn1;
using System.Text;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Certificates;

/// <summary>An X.501 name: compared by its bytes, read for the few attributes that makers put meaning into.</summary>
/// <param name="Encoded">DER of the name.</param>
public sealed record DistinguishedName(ReadOnlyMemory<byte> Encoded)
{
    /// <summary>Most attributes that are read; genuine names have at most six.</summary>
    private const int MaxAttributes = 16;

    /// <summary>First common name, or null.</summary>
    public string? CommonName => Find(ObjectIdentifiers.CommonName);

    /// <summary>First organization, or null; TEE or StrongBox on remotely provisioned attestation keys.</summary>
    public string? Organization => Find(ObjectIdentifiers.Organization);

    /// <summary>First serialNumber attribute, or null; the mark of a factory chain.</summary>
    public string? SerialNumber => Find(ObjectIdentifiers.SerialNumber);

    /// <summary>First title, or null; TEE or StrongBox on many factory attestation keys.</summary>
    public string? Title => Find(ObjectIdentifiers.Title);

    /// <summary>Whether both names have the same bytes.</summary>
    public bool Matches(DistinguishedName other) => Encoded.Span.SequenceEqual(other.Encoded.Span);

    /// <summary>Whether any attribute contains the text, in any case.</summary>
    public bool Mentions(string text)
    {
        foreach ((ReadOnlyMemory<byte> _, string value) in Attributes())
        {
            if (value.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Attributes().Select(pair => $"{Label(pair.Oid.Span)}={Printable(pair.Value)}"));

    private string? Find(ReadOnlySpan<byte> oid)
    {
        foreach ((ReadOnlyMemory<byte> key, string value) in Attributes())
        {
            if (key.Span.SequenceEqual(oid))
            {
                return value;
            }
        }

        return null;
    }

    private List<(ReadOnlyMemory<byte> Oid, string Value)> Attributes()
    {
        List<(ReadOnlyMemory<byte>, string)> found = [];
        DerFaults faults = new("name");
        DerCursor names = new DerCursor(Encoded.Span, 0, faults).EnterSequence("Name");
        while (names.HasData && found.Count < MaxAttributes)
        {
            DerCursor set = names.Enter(Asn1Tag.SetOf, "RelativeDistinguishedName");
            while (set.HasData)
            {
                DerCursor pair = set.EnterSequence("AttributeTypeAndValue");
                DerElement type = pair.Read(Asn1Tag.ObjectIdentifier, "attribute type");
                DerElement value = pair.ReadAny("attribute value");
                if (faults.First is null)
                {
                    found.Add((Encoded[type.ContentSpan], Encoding.UTF8.GetString(value.Content)));
                }
            }
        }

        return found;
    }

    private static string Label(ReadOnlySpan<byte> oid) =>
        oid.SequenceEqual(ObjectIdentifiers.CommonName) ? "CN"
        : oid.SequenceEqual(ObjectIdentifiers.Organization) ? "O"
        : oid.SequenceEqual(ObjectIdentifiers.SerialNumber) ? "serialNumber"
        : oid.SequenceEqual(ObjectIdentifiers.Title) ? "title"
        : oid is [0x55, 0x04, 0x06] ? "C"
        : oid is [0x55, 0x04, 0x07] ? "L"
        : oid is [0x55, 0x04, 0x08] ? "ST"
        : oid is [0x55, 0x04, 0x0B] ? "OU"
        : Convert.ToHexStringLower(oid);

    private static string Printable(string text) =>
        string.Concat(text.Take(64).Select(character => char.IsControl(character) ? '?' : character));
}
