using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Attestation.Play;

/// <summary>What the back end knows of one request for a verdict.</summary>
public sealed record PlayExpectation
{
    /// <summary>Packages of the app.</summary>
    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>requestHash of a standard request; null for a classic one.</summary>
    public string? RequestHash { get; init; }

    /// <summary>Nonce of a classic request, as it was given to the app; null for a standard one.</summary>
    public string? Nonce { get; init; }

    /// <summary>The token was not seen before; the caller's journal knows.</summary>
    public bool IsFirstUse { get; init; } = true;

    /// <summary>The hardware chain said locked and verified at enrolment; null when not known.</summary>
    public bool? IsBootVerified { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether the verdict answers this very request: one binding, of the kind that was asked for, compared in constant time.</summary>
    internal bool Binds(PlayVerdict verdict) => RequestHash is not null
        ? Same(RequestHash, verdict.RequestHash) && verdict.Nonce is null
        : Nonce is not null && Same(Nonce, verdict.Nonce) && verdict.RequestHash is null;

    private static bool Same(string wanted, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Unpad(wanted)), Encoding.UTF8.GetBytes(Unpad(given)));

    /// <summary>Google may return a nonce with its padding where it was sent without.</summary>
    private static string Unpad(string text) => text.TrimEnd('=');
}
