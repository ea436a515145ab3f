using System.Text;
using SoftPos.Contract.Integrators;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>The API key that every sandbox has for the person at its machine, in a file that only its owner may read.</summary>
internal static class SandboxKey
{
    /// <summary>File in the data folder.</summary>
    public const string FileName = "sandbox-api.key";

    /// <summary>Tenant of the sandbox's merchant.</summary>
    public const string Tenant = "sandbox";

    private const int LifeDays = 366;

    /// <summary>Gives the sandbox's merchant to its tenant, and makes the key where there is none that works.</summary>
    public static async Task EnsureAsync(Database database, ApiKeys keys, string folder, CancellationToken cancellation)
    {
        if (await database.Merchants.TenantOfAsync(SandboxMerchant.Id, cancellation) is { Length: 0 })
        {
            (await database.CommitAsync(new Change().GiveFirst(SandboxMerchant.Id, Tenant), cancellation)).Require();
        }

        string path = Path.Combine(folder, FileName);
        if (File.Exists(path) && await keys.FindAsync(await File.ReadAllTextAsync(path, cancellation), cancellation) is not null)
        {
            return;
        }

        ApiKeyInput input = new() { Name = "person at the sandbox", Scopes = ApiScopes.All, LifeDays = LifeDays };
        ApiKeyCreated made = await keys.MakeAsync(Tenant, input, null, null, cancellation);
        File.Delete(path);
        OwnerFile.Create(path, Encoding.ASCII.GetBytes(made.Secret));
    }
}
