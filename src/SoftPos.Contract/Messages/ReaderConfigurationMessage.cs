using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// A configuration of the contactless reader as the back end gives it to terminals: COSE_Sign1 by the configuration key over version, scope and
/// the document itself. The version grows with every publication of an installation, whatever its scope, so a terminal refuses what is older
/// than what it has.
/// </summary>
public sealed record ReaderConfigurationMessage
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-reader-configuration+cbor";

    /// <summary>Largest document: a few schemes with their keys take 20 KiB, and the whole must fit a signed message.</summary>
    public const int MaxDocument = 60 * 1024;

    /// <summary>Longest scope.</summary>
    public const int MaxScope = 64;

    /// <summary>Number of the publication, from 1.</summary>
    public required long Version { get; init; }

    /// <summary>Whom it is for: <c>default</c>, <c>country:ZA</c> or <c>merchant:ID</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The document, JSON in UTF-8.</summary>
    public required byte[] Document { get; init; }

    /// <summary>Signs with the configuration key.</summary>
    public byte[] Sign(IDeviceKey configurationKey) => SignedMessage.Sign(configurationKey, ContentType, [], Encode());

    /// <summary>Verifies the signature and decodes; version and scope are the terminal's to check.</summary>
    /// <param name="message">The message.</param>
    /// <param name="configurationKey">SubjectPublicKeyInfo of the configuration key.</param>
    /// <param name="configuration">What it says.</param>
    public static bool TryVerify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> configurationKey, out ReaderConfigurationMessage configuration)
    {
        configuration = null!;
        return SignedMessage.TryDecode(message, out DecodedMessage decoded)
            && decoded.ContentType == ContentType
            && decoded.Verify(configurationKey)
            && TryDecode(decoded.Payload, out configuration);
    }

    private byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, Version);
            writer.Write(2, Scope);
            writer.Write(3, IssuedAt);
            writer.Write(4, Document);
        },
        4).Encode();

    private static bool TryDecode(ReadOnlyMemory<byte> payload, out ReaderConfigurationMessage configuration)
    {
        long? version = null;
        string? scope = null;
        DateTimeOffset? issued = null;
        byte[]? document = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            switch (key)
            {
                case 1: version = reader.ReadInt64(); return true;
                case 2: scope = reader.ReadTextString(); return true;
                case 3: issued = CborMap.ReadTime(reader); return true;
                case 4: document = reader.ReadByteString(); return true;
                default: return false;
            }
        });
        bool complete = read && version is > 0 && scope is { Length: > 0 and <= MaxScope } && issued is not null
            && document is { Length: > 0 and <= MaxDocument };
        configuration = complete
            ? new ReaderConfigurationMessage { Version = version!.Value, Scope = scope!, IssuedAt = issued!.Value, Document = document! }
            : null!;
        return complete;
    }
}

/// <summary>A terminal's signed question for its reader configuration.</summary>
public sealed record ReaderConfigurationQuestion
{
    /// <summary>Content type of the message.</summary>
    public const string ContentType = "application/softpos-reader-configuration-question+cbor";

    /// <summary>Version that the terminal has; 0 for the one that it was built with.</summary>
    public required long Version { get; init; }

    /// <summary>Encodes as a canonical CBOR map.</summary>
    public byte[] Encode() => CborMap.Write(writer => writer.Write(1, Version), 1).Encode();

    /// <summary>Decodes; false for anything malformed.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> payload, out ReaderConfigurationQuestion question)
    {
        long? version = null;
        bool read = CborMap.TryRead(payload, (key, reader) =>
        {
            if (key != 1)
            {
                return false;
            }

            version = reader.ReadInt64();
            return true;
        });
        question = read && version is >= 0 ? new ReaderConfigurationQuestion { Version = version.Value } : null!;
        return question is not null;
    }
}

/// <summary>Answer to a question for a reader configuration.</summary>
public sealed record ReaderConfigurationAnswer
{
    /// <summary>The signed message; null when the terminal has the newest.</summary>
    public byte[]? Message { get; init; }
}
