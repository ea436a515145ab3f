using Microsoft.AspNetCore.Components;
using SoftPos.Storage;

namespace SoftPos.Backend.Console.Live;

/// <summary>
/// A page that reads itself again when the journal moves. It reads once to be drawn, and listens only once a browser is connected. Batches that
/// come while it still reads are taken together.
/// </summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? _listening;
    private int _waiting;
    private bool _disposed;

    [Inject]
    internal JournalFeed Feed { get; set; } = null!;

    [Inject]
    internal Database Database { get; set; } = null!;

    [Inject]
    internal TimeProvider Clock { get; set; } = null!;

    /// <summary>The last reading failed: what is shown is what was known before, or nothing.</summary>
    protected bool Failed { get; private set; }

    /// <summary>Time of the last reading; ages are counted from it, so that they move together.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>The batch says that the page may be out of date.</summary>
    protected virtual bool Concerns(FeedBatch batch) => batch.Gap || batch.Pulse || batch.Entries.Count > 0;

    /// <inheritdoc/>
    protected override void OnInitialized() => Now = Clock.GetUtcNow();

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && !_disposed)
        {
            _listening = Feed.Listen(Hear);
        }
    }

    /// <summary>Reads again and draws.</summary>
    protected async Task ReadAsync()
    {
        Now = Clock.GetUtcNow();
        try
        {
            await LoadAsync();
            Failed = false;
        }
        catch (Exception fault) when (fault is StorageException or ObjectDisposedException)
        {
            Failed = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops listening.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        _listening?.Dispose();
    }

    private void Hear(FeedBatch batch)
    {
        if (!Concerns(batch) || Interlocked.Exchange(ref _waiting, 1) == 1)
        {
            return;
        }

        _ = InvokeAsync(async () =>
        {
            Volatile.Write(ref _waiting, 0);
            if (!_disposed)
            {
                await ReadAsync();
                StateHasChanged();
            }
        });
    }
}
