using System.Diagnostics.CodeAnalysis;
using SoftPos.Iso7816;

namespace SoftPos.Cryptography;

/// <summary>The data elements that application cryptograms cover, as the card saw them (EMV Book 2, 8.1.1).</summary>
public sealed record CryptogramInput
{
    /// <summary>Longest input in bytes: eleven elements (33) and the longest issuer application data (32).</summary>
    public const int LongestData = 72;

    /// <summary>9F02, 6 bytes.</summary>
    public required ReadOnlyMemory<byte> AmountAuthorised { get; init; }

    /// <summary>9F03, 6 bytes.</summary>
    public required ReadOnlyMemory<byte> AmountOther { get; init; }

    /// <summary>9F1A, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> TerminalCountryCode { get; init; }

    /// <summary>95, 5 bytes.</summary>
    public required ReadOnlyMemory<byte> TerminalVerificationResults { get; init; }

    /// <summary>5F2A, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> TransactionCurrencyCode { get; init; }

    /// <summary>9A, 3 bytes.</summary>
    public required ReadOnlyMemory<byte> TransactionDate { get; init; }

    /// <summary>9C, 1 byte.</summary>
    public required ReadOnlyMemory<byte> TransactionType { get; init; }

    /// <summary>9F37, 4 bytes.</summary>
    public required ReadOnlyMemory<byte> UnpredictableNumber { get; init; }

    /// <summary>82, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> ApplicationInterchangeProfile { get; init; }

    /// <summary>9F36, 2 bytes.</summary>
    public required ReadOnlyMemory<byte> ApplicationTransactionCounter { get; init; }

    /// <summary>9F10, 7 to 32 bytes.</summary>
    public required ReadOnlyMemory<byte> IssuerApplicationData { get; init; }

    /// <summary>ATC as a number; zero when it is not two bytes.</summary>
    public ushort TransactionCounter =>
        ApplicationTransactionCounter.Span is [byte high, byte low] ? (ushort)((high << 8) | low) : (ushort)0;

    /// <summary>Takes the elements from a map of data objects, such as those of an authorisation request (DE 55).</summary>
    /// <param name="elements">Data objects by tag.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="missing">The first tag that is absent or has a wrong length; zero when all is there.</param>
    public static bool TryRead(TlvMap elements, [NotNullWhen(true)] out CryptogramInput? input, out uint missing)
    {
        ArgumentNullException.ThrowIfNull(elements);
        uint wrong = 0;
        ReadOnlyMemory<byte> Take(uint tag, int shortest, int longest)
        {
            byte[]? value = elements[tag];
            if (value is null || value.Length < shortest || value.Length > longest)
            {
                wrong = wrong == 0 ? tag : wrong;
                return default;
            }

            return value;
        }

        input = new CryptogramInput
        {
            AmountAuthorised = Take(0x9F02, 6, 6),
            AmountOther = Take(0x9F03, 6, 6),
            TerminalCountryCode = Take(0x9F1A, 2, 2),
            TerminalVerificationResults = Take(0x95, 5, 5),
            TransactionCurrencyCode = Take(0x5F2A, 2, 2),
            TransactionDate = Take(0x9A, 3, 3),
            TransactionType = Take(0x9C, 1, 1),
            UnpredictableNumber = Take(0x9F37, 4, 4),
            ApplicationInterchangeProfile = Take(0x82, 2, 2),
            ApplicationTransactionCounter = Take(0x9F36, 2, 2),
            IssuerApplicationData = Take(0x9F10, 7, 32),
        };
        missing = wrong;
        if (wrong != 0)
        {
            input = null;
        }

        return wrong == 0;
    }

    /// <summary>Writes what the given version covers; returns the number of bytes.</summary>
    /// <returns>False when an element has a wrong length or the issuer application data does not fit the version.</returns>
    public bool TryWrite(CryptogramVersion version, Span<byte> destination, out int written)
    {
        ArgumentNullException.ThrowIfNull(version);
        written = 0;
        if (!HasRightLengths() || destination.Length < LongestData)
        {
            return false;
        }

        ReadOnlySpan<byte> iad = IssuerApplicationData.Span;
        Span<byte> rest = destination;
        if (version.Content is CryptogramContent.Short)
        {
            Append(ref rest, AmountAuthorised.Span);
            Append(ref rest, UnpredictableNumber.Span);
            Append(ref rest, ApplicationTransactionCounter.Span);
            Append(ref rest, iad.Slice(4, 1));
            written = destination.Length - rest.Length;
            return true;
        }

        AppendEleven(ref rest);
        if (!TryTail(version, iad, out ReadOnlySpan<byte> tail, out ReadOnlySpan<byte> counters))
        {
            return false;
        }

        Append(ref rest, tail);
        Append(ref rest, counters);
        written = destination.Length - rest.Length;
        return true;
    }

    private static bool TryTail(
        CryptogramVersion version, ReadOnlySpan<byte> iad, out ReadOnlySpan<byte> tail, out ReadOnlySpan<byte> counters)
    {
        tail = iad;
        counters = [];
        if (version.Content is CryptogramContent.IssuerApplicationData)
        {
            return true;
        }

        if (version.Scheme is not (CardScheme.Mastercard or CardScheme.Discover))
        {
            // Length of the results (03) is a part of what is covered.
            tail = iad[3..7];
            return iad[3] == 3;
        }

        if (version.Scheme is CardScheme.Discover)
        {
            // Key index, version, eight bytes of results.
            tail = iad.Length >= 10 ? iad[2..10] : [];
            return iad.Length >= 10;
        }

        if (iad.Length < 8)
        {
            return false;
        }

        tail = iad[2..8];
        if (version.Content is CryptogramContent.CardVerificationResults)
        {
            return true;
        }

        // M/Chip: 18 or 20 bytes hold 8 bytes of clear counters, 26 or 28 hold 16 enciphered ones.
        int length = iad.Length switch { 18 or 20 => 8, 26 or 28 => 16, _ => 0 };
        counters = iad.Slice(Math.Min(10, iad.Length), length);
        return length > 0;
    }

    private void AppendEleven(ref Span<byte> rest)
    {
        Append(ref rest, AmountAuthorised.Span);
        Append(ref rest, AmountOther.Span);
        Append(ref rest, TerminalCountryCode.Span);
        Append(ref rest, TerminalVerificationResults.Span);
        Append(ref rest, TransactionCurrencyCode.Span);
        Append(ref rest, TransactionDate.Span);
        Append(ref rest, TransactionType.Span);
        Append(ref rest, UnpredictableNumber.Span);
        Append(ref rest, ApplicationInterchangeProfile.Span);
        Append(ref rest, ApplicationTransactionCounter.Span);
    }

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> value)
    {
        value.CopyTo(rest);
        rest = rest[value.Length..];
    }

    private bool HasRightLengths() =>
        AmountAuthorised.Length == 6 && AmountOther.Length == 6 && TerminalCountryCode.Length == 2
        && TerminalVerificationResults.Length == 5 && TransactionCurrencyCode.Length == 2 && TransactionDate.Length == 3
        && TransactionType.Length == 1 && UnpredictableNumber.Length == 4 && ApplicationInterchangeProfile.Length == 2
        && ApplicationTransactionCounter.Length == 2 && IssuerApplicationData.Length is >= 7 and <= 32;
}
