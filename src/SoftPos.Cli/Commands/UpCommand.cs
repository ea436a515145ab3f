using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using SoftPos.Backend;
using SoftPos.Contract;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.PhonePage;
using SoftPos.Lab.Phones;
using SoftPos.Lab.VirtualTerminal;
using SoftPos.Monitoring;
using SoftPos.Monitoring.Revocation;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos up</c>: the whole stack on loopback, with a lab acquirer and a small fleet of virtual phones.</summary>
internal static class UpCommand
{
    private const int DefaultFleet = 5;

    /// <summary>A virtual phone costs about a heartbeat each few seconds; a machine of two cores holds some thousands.</summary>
    private const int MaxFleet = 5000;

    /// <summary>No scheme lets a hold stand longer than a month.</summary>
    private const double MaxPreAuthorisationDays = 31;

    /// <summary>Short, so that a person at the sandbox sees a reversal end.</summary>
    private static readonly ReversalSchedule SandboxReversals = new() { FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromSeconds(30) };

    /// <summary>A person who revokes a virtual phone wants to see it.</summary>
    private static readonly TimeSpan SandboxListPeriod = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        Option<int> port = StackOptions.Port();
        Option<string> data = StackOptions.Data();
        Option<int> fleet = new("--fleet") { Description = "Virtual phones to start.", DefaultValueFactory = _ => DefaultFleet };
        Option<string?> acquirer = new("--acquirer")
        {
            Description = "Address and port of an acquirer, instead of the lab's own; more of them by priority, with commas between.",
        };
        Option<bool> mac = new("--acquirer-mac") { Description = "Messages to the acquirer carry a MAC under the lab's key." };
        Option<int?> sales = new("--max-payments-per-hour") { Description = "Most payments of one terminal within an hour." };
        Option<long?> sum = new("--max-sum-per-hour") { Description = "Highest sum of one terminal within an hour, in minor units." };
        Option<double> timeout = new("--acquirer-timeout")
        {
            Description = "Seconds to wait for the acquirer's answer.", DefaultValueFactory = _ => 10,
        };
        Option<string?> keys = new("--keys") { Description = "Key room in another process: unix:PATH of softpos keys serve. The stack then holds no keys." };
        Option<double> keysDue = new("--keys-due-days")
        {
            Description = "Age in days from which terminals fetch new payment keys; beyond 90 days payments under old ones are refused.",
            DefaultValueFactory = _ => 60,
        };
        Option<double> preauth = new("--preauth-days")
        {
            Description = "Days in which a pre-authorisation can be completed.", DefaultValueFactory = _ => 7,
        };
        Option<string[]> currencies = new("--acquirer-currency")
        {
            Description = "Currency that the acquirer takes, three digits of ISO 4217; again for more. Without it any.",
        };
        Option<decimal> cap = new("--surcharge-cap")
        {
            Description = "Highest surcharge of a merchant, in percent.", DefaultValueFactory = _ => 5,
        };
        AlarmReceivers receivers = new();
        Option<bool> verbose = new("--verbose") { Description = "Log every request." };
        Command command = new("up", "Start the whole stack on this machine: back end, console, lab acquirer, virtual phones.")
        {
            port, data, fleet, acquirer, timeout, keys, mac, sales, sum, keysDue, preauth, currencies, cap, verbose,
        };
        receivers.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            new Choices(
                result.GetValue(port),
                result.GetValue(data)!,
                result.GetValue(fleet),
                result.GetValue(acquirer),
                TimeSpan.FromSeconds(result.GetValue(timeout)),
                result.GetValue(keys),
                result.GetValue(mac),
                VelocityOf(result.GetValue(sales), result.GetValue(sum)),
                TimeSpan.FromDays(Math.Clamp(result.GetValue(keysDue), 0, KeyPeriod.Longest.TotalDays)),
                result.GetValue(verbose),
                receivers.Of(result))
            {
                PreAuthorisationLife = TimeSpan.FromDays(Math.Clamp(result.GetValue(preauth), 0, MaxPreAuthorisationDays)),
                Currencies = CurrenciesOf(result.GetValue(currencies) ?? []),
                SurchargeCapHundredths = (int)(Math.Clamp(result.GetValue(cap), 0, SurchargeTerms.MostHundredths / 100m) * 100),
            },
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Choices choices, CancellationToken cancellation)
    {
        if (choices.Fleet is < 0 or > MaxFleet)
        {
            throw new CommandException($"--fleet {choices.Fleet}: expected 0 to {MaxFleet}");
        }

        long started = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(choices.Data);
        await using LabAcquirerHost? lab = choices.Acquirer is null ? StartLab(choices) : null;
        await using LabStatusListHost statusList = new(Path.Combine(choices.Data, "status-list.json"));
        IPEndPoint endPoint = lab is null ? EndPointOf(choices.Acquirer!.Split(',')[0]) : new IPEndPoint(IPAddress.Loopback, lab.Port);
        await using PhoneShelf shelf = new(Path.Combine(choices.Data, "phones"), TimeProvider.System);
        BackendOptions options = SandboxBackend.Options(choices.Data, endPoint) with
        {
            KeyRoomSocket = SocketOf(choices.Keys),
            Port = choices.Port,
            FurtherAcquirers = [.. (choices.Acquirer ?? string.Empty).Split(',').Skip(1).Select(EndPointOf)],
            AcquirerMac = choices.Mac ? LabAcquirerMac.Compute : null,
            Velocity = choices.Velocity,
            PreAuthorisationLife = choices.PreAuthorisationLife,
            AcquirerCurrencies = choices.Currencies,
            SurchargeCapHundredths = choices.SurchargeCapHundredths,
            KeysDueAfter = choices.KeysDueAfter,
            AcquirerTimeout = choices.AcquirerTimeout,
            Reversal = SandboxReversals,
            StatusList = new StatusListOptions { Address = statusList.Address, Period = SandboxListPeriod, ShortestPeriod = SandboxListPeriod },
            Verbose = choices.Verbose,
            AlarmSinks = choices.Receivers.Sinks,
            Alarms = new AlarmOptions { SignOfLife = choices.Receivers.SignOfLife },
            Mail = choices.Receivers.Mail,
            SandboxPages = routes => routes.MapPhonePage(shelf),
        };
        await using BackendHost host = await StartAsync(options, cancellation);
        shelf.Serve(host.Address);
        await using LabFleet phones = new(host.Address, Path.Combine(choices.Data, "phones"), TimeProvider.System);
        phones.Start(choices.Fleet);
        Uri signIn = await host.CreateSignInLinkAsync(cancellation);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.Out.WriteLine($"""

              OpenSoftPOS sandbox is ready ({seconds.ToString("0.0", CultureInfo.InvariantCulture)} s)

              console   {host.Address}
              sign in   {signIn}   (once, within 15 minutes)
              phone     {new Uri(host.Address, "/phone")}   (a virtual phone to pay with, once you are signed in)
              data      {Path.GetFullPath(choices.Data)}
              phones    {choices.Fleet} virtual phones report every few seconds
              acquirer  {options.Acquirer}

              Take a first payment in a second shell:

                ./softpos sale 12.50{(choices.Port == StackOptions.DefaultPort ? string.Empty : $" --port {host.Address.Port}")}

              Ctrl-C stops the stack; its data stay.
            """);
        await WaitForEndAsync(cancellation);
        Console.Out.WriteLine("stopping ...");
        return 0;
    }

    private static async Task<BackendHost> StartAsync(BackendOptions options, CancellationToken cancellation)
    {
        try
        {
            return await BackendHost.StartAsync(options, TimeProvider.System, cancellation);
        }
        catch (BackendStartException fault)
        {
            throw new CommandException(fault.Message);
        }
    }

    private static string? SocketOf(string? keys)
    {
        const string Scheme = "unix:";
        return keys is null ? null
            : keys.StartsWith(Scheme, StringComparison.Ordinal) && keys.Length > Scheme.Length ? keys[Scheme.Length..]
            : throw new CommandException($"--keys {keys}: expected unix:PATH, the socket of softpos keys serve");
    }

    private static IPEndPoint EndPointOf(string text) => IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port > 0
        ? endPoint
        : throw new CommandException($"--acquirer {text}: expected address and port, such as 127.0.0.1:7583");

    /// <summary>The lab's acquirer remembers across restarts what it authorised, as a real one does.</summary>
    private static LabAcquirerHost StartLab(Choices choices)
    {
        LabAcquirerOptions options = new()
        {
            LedgerPath = Path.Combine(choices.Data, "acquirer-ledger.jsonl"), MacKey = choices.Mac ? LabAcquirerMac.Key() : null,
            PinKey = LabAcquirerPin.Key(),
        };
        return new LabAcquirerHost(options, TimeProvider.System);
    }

    private static VelocityLimit? VelocityOf(int? payments, long? sumMinor) =>
        payments is null && sumMinor is null ? null : new VelocityLimit(TimeSpan.FromHours(1), payments, sumMinor);

    private static HashSet<string> CurrenciesOf(string[] given) =>
        given.FirstOrDefault(static code => code.Length != 3 || !code.All(char.IsAsciiDigit)) is { } bad
        ? throw new CommandException($"--acquirer-currency {bad}: expected three digits of ISO 4217, such as 710", 2)
        : [.. given];

    private static async Task WaitForEndAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C, or a request of the system to end.
        }
    }

    private sealed record Choices(
        int Port, string Data, int Fleet, string? Acquirer, TimeSpan AcquirerTimeout, string? Keys, bool Mac, VelocityLimit? Velocity, TimeSpan KeysDueAfter,
        bool Verbose, AlarmChoices Receivers)
    {
        public TimeSpan PreAuthorisationLife { get; init; }

        public IReadOnlySet<string> Currencies { get; init; } = new HashSet<string>();

        public int SurchargeCapHundredths { get; init; }
    }
}
