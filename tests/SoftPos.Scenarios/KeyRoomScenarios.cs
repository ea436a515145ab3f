using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SoftPos.Keys;
using SoftPos.Keys.Tests;
using SoftPos.Storage;

namespace SoftPos.Scenarios;

/// <summary>A stack whose keys live in another process: it takes sales, and its memory holds no byte of a base derivation key.</summary>
public sealed class KeyRoomScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("KEY-05", Partly = true)]
    [Requirement("PBE-05")]
    [Requirement("CRY-07", Partly = true)]
    public async Task A_stack_takes_sales_with_its_keys_in_another_process_and_holds_none_of_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory of another process is read as Linux shows it");
        string folder = Directory.CreateTempSubdirectory("softpos-keyprocess-").FullName;
        byte[][] canaries = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];
        using (MasterKey master = MasterKey.OpenOrCreate(Path.Combine(folder, "master.key")))
        using (SoftwareVault vault = new(master))
        {
            await PutAsync(folder, vault, canaries);
        }

        await SellAsync(folder, canaries, isControlled: true);
    }

    [Fact]
    [Requirement("KEY-05")]
    [Requirement("PBE-05")]
    public async Task A_stack_takes_sales_with_its_keys_on_a_token_and_holds_none_of_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory of another process is read as Linux shows it");
        TokenOptions token = SoftHsm.NewToken();
        string folder = Directory.CreateTempSubdirectory("softpos-keytoken-").FullName;
        byte[][] canaries = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32)];
        using (TokenVault vault = TokenVault.Open(token))
        {
            await PutAsync(folder, vault, canaries);
        }

        Environment.SetEnvironmentVariable("SOFTPOS_TOKEN_PIN", token.UserPin);
        await SellAsync(folder, canaries, isControlled: false, "--token", token.Token, "--token-library", token.Library);
    }

    private static async Task SellAsync(string folder, byte[][] canaries, bool isControlled, params string[] more)
    {
        string socket = Path.Combine(folder, "keys.sock");
        await using SoftPosProcess room = SoftPosProcess.Start(["keys", "serve", "--data", folder, "--socket", socket, .. more]);
        await room.WaitForAsync("ready");
        await using Stack stack = await Stack.StartAsync("--keys", $"unix:{socket}");
        for (int i = 0; i < 3; i++)
        {
            (int code, JsonObject sale, string output) = await stack.SaleAsync("12.50");
            Assert.True(code == 0, output + stack.Server.Output + room.Output);
            Assert.Equal("Approved", (string)sale["outcome"]!);
        }

        // The search must be able to find something: what this process surely holds, and the key where it surely is.
        Assert.True(ProcessMemory.Holds(stack.Server.Id, Encoding.Unicode.GetBytes(stack.Data)), "the search does not find what is there");
        Assert.False(ProcessMemory.Holds(stack.Server.Id, [.. canaries.SelectMany(Traces)]), "a base derivation key is in the memory of the payments");
        Assert.True(!isControlled || ProcessMemory.Holds(room.Id, canaries), "the search does not find the key in the key room itself");
        Assert.False(File.Exists(Path.Combine(stack.Data, "master.key")));
    }

    /// <summary>A key in halves, and as digits.</summary>
    private static IEnumerable<byte[]> Traces(byte[] key) =>
    [
        key[..16],
        key[16..],
        Encoding.ASCII.GetBytes(Convert.ToHexString(key)),
        Encoding.Unicode.GetBytes(Convert.ToHexString(key)),
    ];

    private static async Task PutAsync(string folder, IKeyVault vault, byte[][] keys)
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "softpos.db"), TimeProvider.System);
        foreach ((string name, string purpose, byte[] key) in ((string, string, byte[])[])
            [("bdk.data.1", KeyPurposes.AccountData, keys[0]), ("bdk.pin.1", KeyPurposes.Pin, keys[1])])
        {
            VaultKey made = vault.Import(name, VaultKeyKind.BaseDerivation, key);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            KeyRecord record = new()
            {
                Name = name, Purpose = purpose, State = KeyState.Active, SealedKey = made.Resting, CheckValue = made.CheckValue, CreatedAt = now,
                ChangedAt = now, ExpiresAt = now + KeyUse.PeriodOf(purpose),
            };
            await database.CommitAsync(new Change().Put(record), Token);
        }
    }
}
