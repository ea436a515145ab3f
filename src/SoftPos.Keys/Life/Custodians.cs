using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Storage;

namespace SoftPos.Keys;

/// <summary>Persons who may take part in ceremonies, each known by a passphrase of their own.</summary>
public sealed class Custodians(Database database, TimeProvider clock)
{
    /// <summary>Dual control starts with two.</summary>
    public const int First = 2;

    /// <summary>Shortest passphrase in characters.</summary>
    public const int ShortestPassphrase = 12;

    private const int SaltLength = 16;
    private const int HashLength = 32;

    /// <summary>PBKDF2 with SHA-256: about a third of a second, once for each step of a ceremony.</summary>
    private const int Iterations = 600_000;

    /// <summary>True while the first two are not there yet: they enter themselves, whoever comes after is proposed and approved.</summary>
    public async Task<bool> AreFirstMissingAsync(CancellationToken cancellation) =>
        (await database.Ceremonies.CustodiansAsync(cancellation).ConfigureAwait(false)).Count < First;

    /// <summary>Enters one of the first two custodians; false when the name is not fit or taken, or both are there.</summary>
    public async Task<bool> EnterFirstAsync(string name, string passphrase, CancellationToken cancellation)
    {
        List<CustodianRecord> all = await database.Ceremonies.CustodiansAsync(cancellation).ConfigureAwait(false);
        if (all.Count >= First || !IsName(name) || passphrase.Length < ShortestPassphrase || all.Exists(other => other.Name == name))
        {
            return false;
        }

        Change change = new Change().Put(FromResting(name, Rest(passphrase), clock.GetUtcNow()))
            .Append("key.custodian-enrolled", name, new JsonObject { ["first"] = all.Count + 1 });
        return (await database.CommitAsync(change, cancellation).ConfigureAwait(false)).Done;
    }

    /// <summary>True when this is a custodian with this passphrase. An unknown name takes as long as a wrong passphrase.</summary>
    public async Task<bool> IsAsync(string name, string passphrase, CancellationToken cancellation)
    {
        CustodianRecord? custodian = (await database.Ceremonies.CustodiansAsync(cancellation).ConfigureAwait(false)).Find(one => one.Name == name);
        byte[] hash = Hash(passphrase, custodian?.Salt ?? new byte[SaltLength]);
        return CryptographicOperations.FixedTimeEquals(hash, custodian?.Hash ?? new byte[HashLength]) && custodian is not null;
    }

    /// <summary>A name of lower-case letters, digits, '.' and '-'.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 32 && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');

    internal static byte[] Rest(string passphrase)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        return [.. salt, .. Hash(passphrase, salt)];
    }

    internal static CustodianRecord FromResting(string name, byte[] resting, DateTimeOffset now) =>
        new(name, resting[..SaltLength], resting[SaltLength..], now);

    private static byte[] Hash(string passphrase, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase.Normalize()), salt, Iterations, HashAlgorithmName.SHA256, HashLength);
}
