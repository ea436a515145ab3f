namespace SoftPos.Fuzz;

/// <summary>One parser of bytes from outside. Any exception that leaves it is a defect: declared faults are values.</summary>
/// <param name="Name">Word on the command line.</param>
/// <param name="Seeds">Small inputs that reach its depth; grow by what <c>--corpus</c> adds.</param>
/// <param name="Run">Takes one input.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Run);
