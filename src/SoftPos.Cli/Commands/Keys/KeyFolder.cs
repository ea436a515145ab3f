using System.CommandLine;
using SoftPos.Keys;
using SoftPos.Lab.Acquirer;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands.Keys;

/// <summary>Options by which the key commands find the folder of a key room, and the token where there is one.</summary>
internal sealed class KeyFolderOptions
{
    /// <summary>The token's PIN, for a room that starts with no person at hand.</summary>
    public const string PinVariable = "SOFTPOS_TOKEN_PIN";

    private readonly Option<string> _data = StackOptions.Data();
    private readonly Option<string?> _token = new("--token") { Description = "Label of the PKCS#11 token that holds the keys, instead of software." };
    private readonly Option<string> _library = new("--token-library")
    {
        Description = "PKCS#11 library of the token.", DefaultValueFactory = _ => "/usr/lib/softhsm/libsofthsm2.so",
    };
    private readonly Option<bool> _production = new("--production")
    {
        Description = "Refuse published test keys, and make no key without a ceremony.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_token);
        command.Options.Add(_library);
        command.Options.Add(_production);
    }

    public Task<KeyFolder> OpenAsync(ParseResult parsed, ICeremonyTerminal terminal, CancellationToken cancellation)
    {
        TokenOptions? token = parsed.GetValue(_token) is { } label
            ? new TokenOptions
            {
                Library = parsed.GetValue(_library)!,
                Token = label,
                UserPin = Environment.GetEnvironmentVariable(PinVariable) ?? terminal.AskHidden($"PIN of token {label}"),
            }
            : null;
        return KeyFolder.OpenAsync(parsed.GetValue(_data)!, token, parsed.GetValue(_production), TimeProvider.System, cancellation);
    }
}

/// <summary>Database, vault and key room of one folder, open for this process alone.</summary>
internal sealed class KeyFolder : IAsyncDisposable
{
    private const string KindSetting = "installation.kind";

    private readonly MasterKey? _master;

    private KeyFolder(Database database, MasterKey? master, KeyRoom room, bool isProduction)
    {
        Database = database;
        _master = master;
        Room = room;
        IsProduction = isProduction;
        Custodians = new Custodians(database, TimeProvider.System);
        Ceremonies = new KeyCeremonies(database, room.Vault, isProduction, TimeProvider.System);
    }

    public Database Database { get; }

    public KeyRoom Room { get; }

    public bool IsProduction { get; }

    public Custodians Custodians { get; }

    public KeyCeremonies Ceremonies { get; }

    /// <exception cref="CommandException">In use, of the other kind, or keys and vault do not belong together.</exception>
    public static async Task<KeyFolder> OpenAsync(
        string data, TokenOptions? token, bool isProduction, TimeProvider clock, CancellationToken cancellation)
    {
        Database? database = null;
        MasterKey? master = null;
        try
        {
            database = await Database.OpenAsync(Path.Combine(data, "softpos.db"), clock);
            await CheckKindAsync(database, data, isProduction, cancellation);
            KeyRoomPolicy policy = new(isProduction, NeedsCeremonies: isProduction)
            {
                // A sandbox's own key room shares the lab acquirer's PIN key, as the stack's does.
                Zone = isProduction ? null : new SandboxZoneKey(LabAcquirerPin.KeyName, LabAcquirerPin.Key()),
            };
            if (token is not null)
            {
                return new KeyFolder(database, null, await TokenKeyRoom.OpenAsync(database, token, policy, clock, cancellation), isProduction);
            }

            master = MasterKey.OpenOrCreate(Path.Combine(data, "master.key"));
            return new KeyFolder(database, master, await SoftwareKeyRoom.OpenAsync(database, master, policy, clock, cancellation), isProduction);
        }
        catch (Exception fault)
        {
            master?.Dispose();
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            if (fault is StorageException { Failure: StorageFailure.InUse })
            {
                throw new CommandException($"another process has {data} open; a ceremony is held while the key room is stopped");
            }

            if (fault is StorageException or InvalidDataException)
            {
                throw new CommandException(fault.Message);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Room.Dispose();
        _master?.Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>Sandbox and production never mix: a folder stays what it was made as.</summary>
    private static async Task CheckKindAsync(Database database, string data, bool isProduction, CancellationToken cancellation)
    {
        string kind = isProduction ? "production" : "sandbox";
        if (await database.Settings.FindAsync(KindSetting, cancellation) is { } stored)
        {
            string made = System.Text.Encoding.UTF8.GetString(stored);
            if (made != kind)
            {
                throw new InvalidDataException($"the keys in {data} are those of a {made}; {(isProduction ? "leave --production away" : "say --production")}");
            }

            return;
        }

        Change change = new Change()
            .PutSetting(KindSetting, System.Text.Encoding.UTF8.GetBytes(kind))
            .Append("installation.created", kind, new System.Text.Json.Nodes.JsonObject { ["kind"] = kind, ["of"] = "key room" });
        (await database.CommitAsync(change, cancellation)).Require();
    }
}
