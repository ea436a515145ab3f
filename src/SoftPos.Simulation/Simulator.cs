using SoftPos.Simulation.Checks;

namespace SoftPos.Simulation;

/// <summary>
/// Runs the whole system in this process under a seed: the same seed gives the same choices, the same faults and the same trace. Not safe for
/// several callers at once; several simulators are.
/// </summary>
public sealed class Simulator : IDisposable
{
    private readonly string _folder;
    private readonly Template _template;

    /// <summary>Makes an installation with enrolled phones that each run starts from.</summary>
    /// <param name="phones">Phones.</param>
    public Simulator(int phones = 3)
    {
        // A simulated crash cuts the file itself, so what lies below need not survive one: memory will do.
        const string Memory = "/dev/shm";
        string under = Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(under, $"softpos-simulation-{Environment.ProcessId}-{Path.GetRandomFileName()}")).FullName;
        _template = Template.Create(Directory.CreateDirectory(Path.Combine(_folder, "template")).FullName, phones);
    }

    /// <summary>Runs one seed.</summary>
    public SimulationReport Run(ulong seed, SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"seed-{seed}")).FullName;
        try
        {
            using World world = new(seed, options, folder, _template);
            foreach (Phones.EnrolledPhone phone in _template.Phones.Take(options.Phones))
            {
                world.AddPhone(_template.ChannelKey, phone);
            }

            InvariantException? broken = null;
            try
            {
                new Run(world).ToEnd();
            }
            catch (InvariantException fault)
            {
                broken = fault;
            }

            return new SimulationReport(seed, world.Trace.Hash, world.Counts, broken?.Invariant, broken?.Detail, broken is null ? [] : world.Trace.Last);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
