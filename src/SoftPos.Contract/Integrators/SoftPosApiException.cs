namespace SoftPos.Contract.Integrators;

/// <summary>The back end refused a request of an integrator.</summary>
public sealed class SoftPosApiException : Exception
{
    /// <summary>Makes the exception of a refusal.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Code in the reason catalogue.</param>
    /// <param name="detail">What was expected, and where.</param>
    /// <param name="field">Field at fault, or null.</param>
    public SoftPosApiException(int status, string code, string detail, string? field)
        : base($"{code}: {detail}{(field is null ? string.Empty : $" ({field})")}")
    {
        Status = status;
        Code = code;
        Detail = detail;
        Field = field;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Code in the reason catalogue, such as <c>ORDER_EXPIRED</c>.</summary>
    public string Code { get; }

    /// <summary>What was expected, and where.</summary>
    public string Detail { get; }

    /// <summary>Field at fault, or null.</summary>
    public string? Field { get; }
}
