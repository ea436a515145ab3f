namespace SoftPos.Attestation.Claims;

/// <summary>All claims of one appraisal, by their place in the <see cref="ClaimCatalogue"/>, so that a rule costs an array look-up.</summary>
public sealed class ClaimSet
{
    private readonly ClaimValue[] _values = new ClaimValue[ClaimCatalogue.All.Count];

    /// <summary>Value by name; missing for a name outside the catalogue.</summary>
    public ClaimValue this[string name] => ClaimCatalogue.Find(name) is { } claim ? _values[claim.Index] : default;

    /// <summary>Claims that are there, in the order of the catalogue.</summary>
    public IEnumerable<KeyValuePair<Claim, ClaimValue>> Present =>
        ClaimCatalogue.All.Where(claim => _values[claim.Index].Kind is not ClaimKind.Missing).Select(claim =>
            KeyValuePair.Create(claim, _values[claim.Index]));

    internal ClaimValue this[int index] => _values[index];

    internal void Set(Claim claim, bool? value) => _values[claim.Index] = ClaimValue.Of(value);

    internal void Set(Claim claim, double? value) => _values[claim.Index] = ClaimValue.Of(value);

    internal void Set(Claim claim, string? value) => _values[claim.Index] = ClaimValue.Of(value);

    internal void Set(Claim claim, IReadOnlyList<string>? values) => _values[claim.Index] = ClaimValue.Of(values);

    /// <summary>Sets a claim by name, for recorded claims and policy test cases; false when name or type is not in the catalogue.</summary>
    public bool TrySet(string name, ClaimValue value)
    {
        if (ClaimCatalogue.Find(name) is not { } claim || claim.Kind != value.Kind)
        {
            return false;
        }

        _values[claim.Index] = value;
        return true;
    }
}
