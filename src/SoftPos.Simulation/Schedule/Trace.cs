using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Simulation.Schedule;

/// <summary>
/// What happened, line by line: choices, points and outcomes, never a random byte. Two runs of one seed have one hash. The last lines are kept.
/// </summary>
internal sealed class Trace(VirtualClock clock, Action<string>? listener) : IDisposable
{
    private const int Kept = 60;

    private readonly Queue<string> _last = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Lock _gate = new();

    public int Lines { get; private set; }

    /// <summary>The newest lines, oldest first.</summary>
    public IReadOnlyList<string> Last => [.. _last];

    /// <summary>Hash of all lines so far.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Add(string what)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed / TimeSpan.TicksPerMillisecond,9} {what}");
        lock (_gate)
        {
            _hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
            _last.Enqueue(line);
            if (_last.Count > Kept)
            {
                _last.Dequeue();
            }

            Lines++;
            listener?.Invoke(line);
        }
    }

    public void Dispose() => _hash.Dispose();
}
