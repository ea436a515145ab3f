using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Certificates;
using SoftPos.Contract;

namespace SoftPos.Attestation.Apple;

/// <summary>What an assertion is held against.</summary>
public sealed record AppAssertionEvidence
{
    /// <summary>The CBOR assertion.</summary>
    public required ReadOnlyMemory<byte> Assertion { get; init; }

    /// <summary>SHA-256 of the client data that holds the challenge, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> ClientDataHash { get; init; }

    /// <summary>SubjectPublicKeyInfo of the enrolled key.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>Team identity, a dot, bundle identity.</summary>
    public required string AppId { get; init; }

    /// <summary>Counter of the last accepted assertion; the caller raises it by compare-and-set when this one is accepted.</summary>
    public required long LastCounter { get; init; }
}

/// <summary>A verified assertion, or what is wrong with it.</summary>
public sealed record AppAssertion
{
    /// <summary>Genuine assertions take about 130 bytes.</summary>
    private const int MaxLength = 1024;

    /// <summary>Counter; null when unreadable.</summary>
    public uint? Counter { get; init; }

    /// <summary>Whether it is above the last accepted one.</summary>
    public bool? CounterRises { get; init; }

    /// <summary>What cannot be allowed.</summary>
    public required IReadOnlyList<AttestationProblem> Problems { get; init; }

    /// <summary>SHA-256 of the assertion, lower-case hex.</summary>
    public required string EvidenceHash { get; init; }

    /// <summary>Verifies. The flags are not judged: Apple sets one that means attested data where there are none.</summary>
    public static AppAssertion Verify(AppAssertionEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        string hash = Convert.ToHexStringLower(SHA256.HashData(evidence.Assertion.Span));
        List<AttestationProblem> problems = [];
        if (evidence.Assertion.Length > MaxLength
            || Read(evidence.Assertion) is not { } read
            || !AuthenticatorData.TryParse(read.Data, withCredential: false, out AuthenticatorData? data, out _))
        {
            problems.Add(new AttestationProblem("apple.assertion.form", ReasonCodes.AppAttestInvalid, "not an assertion"));
            return new AppAssertion { Problems = problems, EvidenceHash = hash };
        }

        // The message of the signature is the nonce itself, so it is hashed once more.
        byte[] nonce = SHA256.HashData([.. read.Data.Span, .. evidence.ClientDataHash.Span]);
        bool genuine = PublicKeyInfo.TryParse(evidence.PublicKey, out PublicKeyInfo? key, out _)
            && key!.Kind is KeyKind.P256
            && IssuerKey.From(key).Verify(SignatureScheme.EcdsaSha256, nonce, read.Signature.Span) is SignatureOutcome.Valid;
        if (!genuine)
        {
            problems.Add(new AttestationProblem("apple.assertion.signature", ReasonCodes.SignatureInvalid,
                "not signed by the enrolled key over this client data"));
        }

        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(evidence.AppId)), data!.RpIdHash.Span))
        {
            problems.Add(new AttestationProblem("apple.appId", ReasonCodes.AppAttestInvalid, "made by another app"));
        }

        return new AppAssertion { Counter = data.Counter, CounterRises = data.Counter > evidence.LastCounter, Problems = problems,
            EvidenceHash = hash };
    }

    private static (ReadOnlyMemory<byte> Signature, ReadOnlyMemory<byte> Data)? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            CborReader reader = new(bytes, CborConformanceMode.Strict);
            ReadOnlyMemory<byte>? signature = null, data = null;
            reader.ReadStartMap();
            while (reader.PeekState() is not CborReaderState.EndMap)
            {
                switch (reader.ReadTextString())
                {
                    case "signature":
                        signature = reader.ReadByteString();
                        break;
                    case "authenticatorData":
                        data = reader.ReadByteString();
                        break;
                    default:
                        reader.SkipValue();
                        break;
                }
            }

            reader.ReadEndMap();
            return signature is { } one && data is { } other && reader.BytesRemaining == 0 ? (one, other) : null;
        }
        catch (Exception broken) when (broken is CborContentException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }
}
