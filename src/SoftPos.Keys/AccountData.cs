using System.Security.Cryptography;

namespace SoftPos.Keys;

/// <summary>Account data of one payment in clear, for the acquirer message alone. Dispose zeroes it; ToString shows nothing.</summary>
public sealed class AccountData : IDisposable
{
    private readonly byte[] _pan;
    private readonly byte[] _track2;

    /// <summary>Takes the fields over; the caller must not keep the arrays.</summary>
    /// <param name="pan">ASCII digits, 8 to 19.</param>
    /// <param name="expiry">YYMM.</param>
    /// <param name="sequenceNumber">PAN sequence number, 0 to 99, or null.</param>
    /// <param name="track2">Track 2 equivalent as ASCII with '=' as separator, or empty.</param>
    public AccountData(byte[] pan, string expiry, int? sequenceNumber, byte[] track2)
    {
        _pan = pan;
        _track2 = track2;
        Expiry = expiry;
        SequenceNumber = sequenceNumber;
    }

    /// <summary>PAN as ASCII digits.</summary>
    public ReadOnlySpan<byte> Pan => _pan;

    /// <summary>Track 2 as ASCII with '=', or empty.</summary>
    public ReadOnlySpan<byte> Track2 => _track2;

    /// <summary>Expiry, YYMM.</summary>
    public string Expiry { get; }

    /// <summary>PAN sequence number, or null.</summary>
    public int? SequenceNumber { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pan);
        CryptographicOperations.ZeroMemory(_track2);
    }

    /// <inheritdoc/>
    public override string ToString() => "account data";
}
