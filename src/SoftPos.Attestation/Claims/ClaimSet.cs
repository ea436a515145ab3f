namespace SoftPos.Attestation.Claims;

/// <summary>All claims of one appraisal, by their place in the <see cref="ClaimCatalogue"/>, so that a rule costs an array look-up.</summary>
public sealed class ClaimSet
{
    /// <summary>The catalogue is laid out by source, so that a set of one source needs few of these.</summary>
    private const int BankSize = 16;

    private readonly ClaimValue[]?[] _banks = new ClaimValue[]?[(ClaimCatalogue.All.Count + BankSize - 1) / BankSize];

    /// <summary>Value by name; missing for a name outside the catalogue.</summary>
    public ClaimValue this[string name] => ClaimCatalogue.Find(name) is { } claim ? this[claim.Index] : default;

    /// <summary>Claims that are there, in the order of the catalogue.</summary>
    public IEnumerable<KeyValuePair<Claim, ClaimValue>> Present =>
        ClaimCatalogue.All.Where(claim => this[claim.Index].Kind is not ClaimKind.Missing).Select(claim =>
            KeyValuePair.Create(claim, this[claim.Index]));

    internal ClaimValue this[int index] => _banks[index / BankSize] is { } bank ? bank[index % BankSize] : default;

    internal void Set(Claim claim, bool? value) => Put(claim, ClaimValue.Of(value));

    internal void Set(Claim claim, double? value) => Put(claim, ClaimValue.Of(value));

    internal void Set(Claim claim, string? value) => Put(claim, ClaimValue.Of(value));

    internal void Set(Claim claim, IReadOnlyList<string>? values) => Put(claim, ClaimValue.Of(values));

    /// <summary>Sets a claim by name, for recorded claims and policy test cases; false when name or type is not in the catalogue.</summary>
    public bool TrySet(string name, ClaimValue value)
    {
        if (ClaimCatalogue.Find(name) is not { } claim || claim.Kind != value.Kind)
        {
            return false;
        }

        Put(claim, value);
        return true;
    }

    private void Put(Claim claim, ClaimValue value)
    {
        ref ClaimValue[]? bank = ref _banks[claim.Index / BankSize];
        if (bank is not null || value.Kind is not ClaimKind.Missing)
        {
            (bank ??= new ClaimValue[BankSize])[claim.Index % BankSize] = value;
        }
    }
}
