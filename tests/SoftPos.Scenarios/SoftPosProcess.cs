using System.Diagnostics;
using System.Text;

namespace SoftPos.Scenarios;

/// <summary>A real <c>softpos</c> process, ended by its own identity.</summary>
internal sealed class SoftPosProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly SemaphoreSlim _more = new(0);

    private SoftPosProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    /// <summary>The program as it was built with these tests.</summary>
    public static string Program { get; } = FindProgram();

    /// <summary>Everything that it printed so far, on both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    /// <summary>Starts it and goes on at once.</summary>
    public static SoftPosProcess Start(params string[] arguments) => StartWith(new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with more variables in its environment.</summary>
    public static SoftPosProcess StartWith(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(new ProcessStartInfo(Program, arguments), environment);

    /// <summary>Starts it through another command that ends as this program, under the same identity.</summary>
    public static SoftPosProcess StartUnder(string[] wrapper, string[] arguments) => wrapper is [string first, .. string[] rest]
        ? Start(new ProcessStartInfo(first, [.. rest, Program, .. arguments]), new Dictionary<string, string>())
        : Start(arguments);

    private static SoftPosProcess Start(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        SoftPosProcess process = new(new Process { StartInfo = start });
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using SoftPosProcess process = Start(arguments);
        int code = await process.WaitAsync();
        return (code, process.Output);
    }

    /// <summary>Waits until it has printed the text.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(patience.Token);
                Assert.True(Output.Contains(text, StringComparison.Ordinal), $"ended with {_process.ExitCode} before it printed '{text}':\n{Output}");
                return Output;
            }

            try
            {
                await _more.WaitAsync(TimeSpan.FromMilliseconds(200), patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"did not print '{text}' within {Patience.TotalSeconds} s:\n{Output}");
            }
        }

        return Output;
    }

    /// <summary>Waits for its end; gives its exit code.</summary>
    public async Task<int> WaitAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"did not end within {Patience.TotalSeconds} s:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C.</summary>
    public async Task<int> InterruptAsync()
    {
        using Process kill = System.Diagnostics.Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string FindProgram()
    {
        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string program = Path.Combine(at.FullName, "src", "SoftPos.Cli", "bin", configuration, "net10.0", "softpos");
            if (File.Exists(program))
            {
                return program;
            }
        }

        throw new InvalidOperationException("softpos has not been built");
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }

            _more.Release();
        }
    }
}
