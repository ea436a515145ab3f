using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Certificates;
using SoftPos.Backend;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Storage;
using SoftPos.Terminal;

namespace SoftPos.Bench;

/// <summary>
/// Sales and heartbeats of virtual phones through the whole stack over HTTP, back end, acquirer, phones and cards all in this process,
/// against commits of the same journal by as many callers in the same run. The phones' own work (kernel, offline authentication, signing)
/// is counted in, for there is no second machine.
/// </summary>
internal sealed class StackBench : IBench
{
    private const int Phones = 32;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(8);

    public string Name => "stack";

    public IEnumerable<BenchLine> Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<BenchLine>> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-bench-").FullName;
        double commits = await CommitsAsync(Path.Combine(folder, "floor.db"));
        await using LabAcquirerHost acquirer = new(new LabAcquirerOptions { CounterWindow = 4096 }, TimeProvider.System);
        await using BackendHost host = await BackendHost.StartAsync(Options(folder, acquirer.Port), TimeProvider.System, CancellationToken.None);
        VirtualTerminal[] phones = await Task.WhenAll(Enumerable.Range(0, Phones).Select(i => OpenAsync(host.Address, Path.Combine(folder, $"phone-{i}"))));
        Rate heartbeats = await MeasureAsync(phones, HeartbeatAsync);

        // The issuer takes no counter of the card below the first that it sees, so the first sale goes alone.
        await PayAsync(phones[0]);
        Rate sales = await MeasureAsync(phones, PayAsync);
        foreach (VirtualTerminal phone in phones)
        {
            await phone.DisposeAsync();
        }

        string floor = $"journal commit, {Phones} callers";
        return
        [
            new BenchLine(floor, commits),
            new BenchLine($"heartbeats, {Phones} phones, p50 {heartbeats.P50Ms:N0} ms, p99 {heartbeats.P99Ms:N0} ms", heartbeats.PerSecond, commits, floor),
            new BenchLine($"sales, {Phones} phones, p50 {sales.P50Ms:N0} ms, p99 {sales.P99Ms:N0} ms", sales.PerSecond, commits, floor),
        ];
    }

    private static BackendOptions Options(string folder, int acquirerPort) => new()
    {
        DataFolder = Path.Combine(folder, "data"),
        Port = 0,
        Acquirer = new IPEndPoint(IPAddress.Loopback, acquirerPort),
        Sandbox = true,
        Anchors = TrustAnchors.Google.With(new LabAttestationAuthority().Anchor),
        AppPackages = [LabApp.Package],
        AppSigners = [LabApp.SignerHex],
    };

    private static async Task<VirtualTerminal> OpenAsync(Uri backend, string folder)
    {
        VirtualTerminal phone = await VirtualTerminal.OpenAsync(new VirtualTerminalOptions { Backend = backend, Folder = folder });
        TrustResult trust = await Sandbox.ActivateAsync(phone, backend);
        return trust.CanPay ? phone : throw new InvalidOperationException($"a good phone was refused: {trust.Reason?.Code}");
    }

    private static async Task HeartbeatAsync(VirtualTerminal phone)
    {
        TrustResult trust = await phone.HeartbeatAsync(CancellationToken.None);
        if (!trust.CanPay)
        {
            throw new InvalidOperationException($"a good phone was refused: {trust.Reason?.Code} {trust.Reason?.Detail}");
        }
    }

    private static async Task PayAsync(VirtualTerminal phone)
    {
        PaymentResult sale = await phone.PayAsync(new PaymentOrder { AmountMinor = 1250 }, null, CancellationToken.None);
        if (sale.Outcome is not PaymentOutcome.Approved)
        {
            throw new InvalidOperationException($"a sale was not approved: {sale.Reason.Code} {sale.Reason.Detail} {sale.Answer?.ResponseCode}");
        }
    }

    /// <summary>Every phone does one act after another; an act that does not end well ends the bench.</summary>
    private static async Task<Rate> MeasureAsync(VirtualTerminal[] phones, Func<VirtualTerminal, Task> act)
    {
        await LoadAsync(phones, act, Warm);
        long start = Stopwatch.GetTimestamp();
        double[][] times = await LoadAsync(phones, act, Round);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] sorted = [.. times.SelectMany(each => each).Order()];
        return new Rate(sorted.Length / seconds, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100]);
    }

    private static Task<double[][]> LoadAsync(VirtualTerminal[] phones, Func<VirtualTerminal, Task> act, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        return Task.WhenAll(phones.Select(phone => Task.Run(async () =>
        {
            List<double> times = [];
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                long began = Stopwatch.GetTimestamp();
                await act(phone);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return times.ToArray();
        })));
    }

    private static async Task<double> CommitsAsync(string path)
    {
        const int Each = 500;
        await using Database database = await Database.OpenAsync(path, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Phones).Select(async caller =>
        {
            for (int i = 0; i < Each; i++)
            {
                await database.CommitAsync(new Change().Append("bench.entry", $"s{caller}", new JsonObject { ["n"] = i }));
            }
        }));
        return Phones * Each / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private readonly record struct Rate(double PerSecond, double P50Ms, double P99Ms);
}
