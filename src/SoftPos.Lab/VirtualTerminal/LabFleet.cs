using System.Globalization;
using SoftPos.Contract;
using SoftPos.Lab.Phones;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>
/// A small fleet of virtual phones that report while the sandbox runs. Most are good; some are hot, old or attacked, so that the console has
/// something to show.
/// </summary>
public sealed class LabFleet(Uri backend, string folder, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Often, so that a person sees the fleet live; a real terminal reports every five minutes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Names of phones in the order in which the fleet takes them; every sixth is something else than good.</summary>
    private static readonly string[] Mix = ["good", "good", "hot", "good", "good", "rooted"];

    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _phones = [];

    /// <summary>Starts so many phones; each enrols on its own.</summary>
    public void Start(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string name = Mix[i % Mix.Length];
            string place = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"fleet-{i:D4}-{name}"));
            _phones.Add(RunAsync(name, place, _closing.Token));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_phones);
        _closing.Dispose();
    }

    private async Task RunAsync(string name, string place, CancellationToken closing)
    {
        if (LabPhoneDescription.Find(name) is null)
        {
            throw new InvalidOperationException($"the fleet names a phone that the lab has not: {name}");
        }

        try
        {
            await using VirtualTerminal phone = await VirtualTerminal.OpenAsync(
                new VirtualTerminalOptions { Backend = backend, Folder = place, Phone = name, Clock = clock }, closing);
            try
            {
                using PeriodicTimer timer = new(Pause, clock);
                while (await ReportAsync(phone, closing))
                {
                    await timer.WaitForNextTickAsync(closing);
                }
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                await phone.CloseAsync();
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The sandbox is being stopped.
        }
    }

    /// <summary>One turn; false when the phone was refused at its enrolment: what was refused is not asked again every few seconds.</summary>
    private async Task<bool> ReportAsync(VirtualTerminal phone, CancellationToken closing)
    {
        try
        {
            if (!phone.IsEnrolled && (await Sandbox.ActivateAsync(phone, backend, closing)).Verdict is Verdict.Denied)
            {
                return false;
            }

            if (phone.IsEnrolled)
            {
                await phone.HeartbeatAsync(closing);
            }
        }
        catch (HttpRequestException)
        {
            // The back end is away or busy; the phone tries again at its next turn.
        }

        return true;
    }
}
