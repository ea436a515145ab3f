using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What a look found.</summary>
internal readonly record struct Sight(MeasurementResult Result, string Detail)
{
    public static Sight Clean { get; } = new(MeasurementResult.Clean, string.Empty);

    /// <summary>The system does not say.</summary>
    public static Sight Unavailable { get; } = new(MeasurementResult.Unavailable, string.Empty);

    public static Sight Found(string detail) => new(MeasurementResult.Found, detail);

    /// <summary>Found when there is a detail, clean when there is none.</summary>
    public static Sight Of(string? detail) => detail is null ? Clean : Found(detail);

    /// <summary>As a yes, a no, or an answer that the system did not give.</summary>
    public static Sight Of(bool? found, string detail) => found is not { } known ? Unavailable : known ? Found(detail) : Clean;
}

/// <summary>A probe: a name, and a look at the system. Judges nothing beyond "this is here".</summary>
internal sealed class SystemProbe(string id, Func<Sight> look) : IProbe
{
    public string Id => id;

    public Measurement Run()
    {
        Sight sight = look();
        return new Measurement(id, sight.Result, sight.Detail);
    }
}
