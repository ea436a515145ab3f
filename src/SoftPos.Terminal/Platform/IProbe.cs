using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>One small measurement of the phone. It says what it saw and never judges.</summary>
internal interface IProbe
{
    /// <summary>Identity, such as <c>root.su-binary</c>.</summary>
    string Id { get; }

    /// <summary>Looks. Takes at most some milliseconds.</summary>
    Measurement Run();
}
