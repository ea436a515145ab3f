using System.Buffers.Text;

namespace SoftPos.Attestation.Certificates;

/// <summary>Certificates as people paste them: PEM, possibly several in one text, or base64 of DER.</summary>
public static class CertificateText
{
    /// <summary>More than any chain; bounds what one paste may cost.</summary>
    private const int MaxCertificates = 32;

    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";

    /// <summary>Reads all certificates of a text, in its order.</summary>
    /// <param name="text">PEM blocks with anything around them, or one certificate as base64 or base64url.</param>
    /// <param name="certificates">DER of each; not parsed yet.</param>
    /// <param name="fault">Where the text is not one of these forms.</param>
    public static bool TryRead(string text, out IReadOnlyList<ReadOnlyMemory<byte>> certificates, out FormatFault? fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<ReadOnlyMemory<byte>> found = [];
        certificates = found;
        fault = null;
        int at = text.IndexOf(Begin, StringComparison.Ordinal);
        if (at < 0)
        {
            return TryDecode(text, 0, found, out fault);
        }

        while (at >= 0)
        {
            int start = at + Begin.Length;
            int end = text.IndexOf(End, start, StringComparison.Ordinal);
            if (end < 0 || found.Count == MaxCertificates)
            {
                fault = new FormatFault("PEM", at, end < 0 ? End : $"at most {MaxCertificates} certificates");
                return false;
            }

            if (!TryDecode(text[start..end], start, found, out fault))
            {
                return false;
            }

            at = text.IndexOf(Begin, end, StringComparison.Ordinal);
        }

        return true;
    }

    private static bool TryDecode(string base64, int offset, List<ReadOnlyMemory<byte>> found, out FormatFault? fault)
    {
        string digits = string.Concat(base64.Where(character => !char.IsWhiteSpace(character)));
        byte[] bytes = new byte[digits.Length];
        if (digits.Length > 0 && Convert.TryFromBase64String(digits, bytes, out int length))
        {
            found.Add(bytes.AsMemory(0, length));
            fault = null;
            return true;
        }

        if (digits.Length > 0 && Base64Url.IsValid(digits))
        {
            found.Add(Base64Url.DecodeFromChars(digits));
            fault = null;
            return true;
        }

        fault = new FormatFault("certificate text", offset, "PEM or base64");
        return false;
    }
}
