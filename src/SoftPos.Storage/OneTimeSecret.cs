using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Storage;

/// <summary>Secrets that are shown once and stored as a hash only.</summary>
public static class OneTimeSecret
{
    /// <summary>Symbols without look-alikes (no I, L, O, U): 5 bits each.</summary>
    private const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Symbols of a code that a person types: 60 bits, out of reach of guessing within a code's life.</summary>
    private const int CodeSymbols = 12;

    /// <summary>Bytes of a token in a link.</summary>
    private const int TokenBytes = 32;

    /// <summary>A code for a person: <c>XXXX-XXXX-XXXX</c>.</summary>
    public static string NewCode(RandomNumberGenerator random)
    {
        byte[] bytes = new byte[CodeSymbols];
        random.GetBytes(bytes);
        char[] symbols = [.. bytes.Select(static b => Symbols[b & 31])];
        return string.Join('-', symbols.Chunk(4).Select(static c => new string(c)));
    }

    /// <summary>A token for a link: 64 hex digits.</summary>
    public static string NewToken(RandomNumberGenerator random)
    {
        byte[] bytes = new byte[TokenBytes];
        random.GetBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>What is stored. Case, spaces and hyphens do not count; O reads as 0, I and L as 1.</summary>
    public static byte[] HashOf(string secret)
    {
        StringBuilder plain = new(secret.Length);
        foreach (char c in secret.ToUpperInvariant())
        {
            _ = c switch { ' ' or '-' => plain, 'O' => plain.Append('0'), 'I' or 'L' => plain.Append('1'), _ => plain.Append(c) };
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(plain.ToString()));
    }
}
