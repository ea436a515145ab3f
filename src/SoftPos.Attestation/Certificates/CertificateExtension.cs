namespace SoftPos.Attestation.Certificates;

/// <summary>One extension of a certificate.</summary>
/// <param name="ObjectIdentifier">Encoded content of its object identifier.</param>
/// <param name="Critical">As the certificate says.</param>
/// <param name="Value">Content of its OCTET STRING.</param>
/// <param name="Offset">Offset of <paramref name="Value"/> in the certificate.</param>
internal readonly record struct CertificateExtension(ReadOnlyMemory<byte> ObjectIdentifier, bool Critical, ReadOnlyMemory<byte> Value, int Offset);
