using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SoftPos.Lab.PhonePage;

/// <summary>The phones of the page, each in a folder of its own, found again after a restart. Bounded: a page cannot open any number.</summary>
/// <param name="folder">Folder of the phones.</param>
/// <param name="clock">Clock of the lab.</param>
public sealed class PhoneShelf(string folder, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Phones that run at the same time.</summary>
    internal const int MaxOpen = 8;

    /// <summary>Phones that lie on the shelf.</summary>
    internal const int MaxKept = 64;

    private const string Prefix = "page-";
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, WebPhone> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Uri? _backend;

    /// <summary>Phones talk to this back end from now on.</summary>
    public void Serve(Uri backend) => _backend = backend;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        foreach (WebPhone phone in _open.Values)
        {
            await phone.DisposeAsync();
        }

        _open.Clear();
        _gate.Dispose();
    }

    internal Uri Backend => _backend ?? throw new InvalidOperationException("the back end does not run yet");

    /// <summary>The phone of that identity if it is open.</summary>
    internal WebPhone? Find(string id) => _open.GetValueOrDefault(id);

    /// <summary>Opens a phone of the shelf, or puts a new one there.</summary>
    /// <returns>Its identity; null when there is no room.</returns>
    internal async Task<string?> OpenAsync(string? id, string language, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            bool isKnown = id is { Length: IdBytes * 2 } && id.All(char.IsAsciiHexDigitLower) && Directory.Exists(PathOf(id));
            if (isKnown && _open.ContainsKey(id!))
            {
                return id;
            }

            if (!await HasRoomAsync() || (!isKnown && Kept() >= MaxKept))
            {
                return null;
            }

            id = isKnown ? id! : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
            WebPhone phone = new(Backend, PathOf(id), language, clock);
            _open[id] = phone;
            await phone.StartAsync();
            return id;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The phone that nobody has looked at for longest makes room; one that is looked at stays.</summary>
    private async Task<bool> HasRoomAsync()
    {
        if (_open.Count < MaxOpen)
        {
            return true;
        }

        (string? id, WebPhone? idle) = _open.Where(static pair => !pair.Value.IsWatched).OrderBy(static pair => pair.Value.LastWatched).FirstOrDefault();
        if (idle is null)
        {
            return false;
        }

        _open.TryRemove(id!, out _);
        await idle.DisposeAsync();
        return true;
    }

    private int Kept() => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, Prefix + "*").Count() : 0;

    private string PathOf(string id) => Path.Combine(folder, Prefix + id);
}
