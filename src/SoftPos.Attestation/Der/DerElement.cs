using System.Formats.Asn1;

namespace SoftPos.Attestation.Der;

/// <summary>One tag-length-value of DER with its place in the input. The default value stands for "not there" after a fault.</summary>
internal readonly ref struct DerElement(Asn1Tag tag, ReadOnlySpan<byte> encoded, int contentStart, int offset)
{
    private readonly int _contentStart = contentStart;

    public Asn1Tag Tag { get; } = tag;

    /// <summary>Tag, length and content.</summary>
    public ReadOnlySpan<byte> Encoded { get; } = encoded;

    public ReadOnlySpan<byte> Content => Encoded[_contentStart..];

    /// <summary>Offset of the tag.</summary>
    public int Offset { get; } = offset;

    public int ContentOffset => Offset + _contentStart;

    /// <summary>Where <see cref="Encoded"/> lies in the input that the parse began with.</summary>
    public Range Span => Offset..(Offset + Encoded.Length);

    /// <summary>Where <see cref="Content"/> lies in the input that the parse began with.</summary>
    public Range ContentSpan => ContentOffset..(Offset + Encoded.Length);
}
