using Microsoft.Extensions.Time.Testing;

namespace SoftPos.Storage.Tests;

/// <summary>A database in a folder of its own, removed with it.</summary>
internal sealed class Scratch : IAsyncDisposable
{
    private Scratch(string folder, FakeTimeProvider clock, Database database)
    {
        Folder = folder;
        Clock = clock;
        Database = database;
    }

    public string Folder { get; }

    public string Path => System.IO.Path.Combine(Folder, "softpos.db");

    public FakeTimeProvider Clock { get; }

    public Database Database { get; private set; }

    public static async Task<Scratch> OpenAsync()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-storage-").FullName;
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        return new Scratch(folder, clock, await Database.OpenAsync(System.IO.Path.Combine(folder, "softpos.db"), clock));
    }

    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        Database = await Database.OpenAsync(Path, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
