using System.Globalization;
using SoftPos.Iso7816;

namespace SoftPos.Iso8583;

/// <summary>How a value is shown to people and logs. The default everywhere; showing it whole takes an explicit wish.</summary>
public static class Masking
{
    /// <summary>Longest value that a one-line form shows.</summary>
    private const int LineLimit = 40;

    /// <summary>A value in the form that may be shown: PANs keep six and four digits, secrets only their length, card data its harmless objects.</summary>
    public static string Show(ReadOnlyMemory<byte> content, FieldFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Sensitivity switch
        {
            Sensitivity.Pan => MaskPan(Iso8583Message.TextOf(content.Span, format)),
            Sensitivity.Secret => Stars(content.Length, format),
            Sensitivity.CardData => SensitiveTags.ShowEncoded(content),
            _ => Iso8583Message.TextOf(content.Span, format),
        };
    }

    /// <summary>A PAN with its first six and last four digits; shorter than 13 digits it is starred whole.</summary>
    public static string MaskPan(string pan) => SensitiveTags.MaskPan(pan);

    /// <summary>Short form for logs: card data is given by its length only.</summary>
    internal static string Line(ReadOnlyMemory<byte> content, FieldFormat format)
    {
        if (format.Sensitivity is Sensitivity.CardData)
        {
            return Stars(content.Length, format);
        }

        string text = Show(content, format);
        return text.Length <= LineLimit ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, LineLimit)}…[{text.Length}]");
    }

    private static string Stars(int length, FieldFormat format) => string.Create(
        CultureInfo.InvariantCulture, $"***[{length}{(format.Content is ContentType.Binary ? " bytes" : string.Empty)}]");
}
