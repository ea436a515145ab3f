using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using SoftPos.Keys;
using SoftPos.Monitoring;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>The server rooms of one node, opened in the order in which they need each other, closed in the reverse.</summary>
internal sealed class Rooms : IAsyncDisposable
{
    /// <summary>Setting that marks a data folder as made by a sandbox.</summary>
    private const string SandboxMark = "sandbox";

    private readonly MasterKey _master;
    private readonly SoftwareKeyRoom _keys;
    private readonly RandomNumberGenerator _random;

    private Rooms(Database database, MasterKey master, SoftwareKeyRoom keys, RandomNumberGenerator random)
    {
        Database = database;
        _master = master;
        _keys = keys;
        _random = random;
        Challenges = new ChallengeStore(TimeProvider.System, random);
    }

    public Database Database { get; }

    public ChallengeStore Challenges { get; }

    public static async Task<Rooms> OpenAsync(BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        throw new NotImplementedException();
    }

    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton(Database);
        services.AddSingleton(Challenges);
    }

    public void Start()
    {
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        _master.Dispose();
        await Database.DisposeAsync();
        _random.Dispose();
    }
}
