using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Contract;

/// <summary>What is sealed for the back end.</summary>
public sealed record EnvelopeRequest
{
    /// <summary>Longest media type or language tag.</summary>
    internal const int MaxText = 64;

    /// <summary>HTTP method; not sent inside, but the envelope opens under no other.</summary>
    public required string Method { get; init; }

    /// <summary>Path of the request, from the slash on; not sent inside, but the envelope opens under no other.</summary>
    public required string Path { get; init; }

    /// <summary>Media type of the body.</summary>
    public required string MediaType { get; init; }

    /// <summary>Language of the texts that are asked for, such as <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The message.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whole sequence number and what else is inside, as a canonical CBOR map.</summary>
    internal byte[] Encode(long? sequence) => CborMap.Write(
        writer =>
        {
            if (sequence is { } number)
            {
                writer.Write(1, number);
            }

            writer.Write(2, MediaType);
            writer.Write(3, Language);
            writer.Write(4, Body.Span);
        },
        sequence is null ? 3 : 4).Encode();

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, string method, string path, out EnvelopeRequest request, out long? sequence)
    {
        long? number = null;
        string? type = null, language = null;
        byte[]? body = null;
        bool read = CborMap.TryRead(bytes, (key, reader) =>
        {
            switch (key)
            {
                case 1: number = reader.ReadInt64(); return true;
                case 2: type = reader.ReadTextString(); return true;
                case 3: language = reader.ReadTextString(); return true;
                case 4: body = reader.ReadByteString(); return true;
                default: throw new CborContentException("no other member has a meaning");
            }
        });
        sequence = number;
        bool complete = read && type is { Length: <= MaxText } && language is { Length: <= MaxText } && body is { Length: <= SignedMessage.MaxLength };
        request = complete ? new EnvelopeRequest { Method = method, Path = path, MediaType = type!, Language = language!, Body = body! } : null!;
        return complete;
    }
}

/// <summary>What is sealed for the terminal.</summary>
public sealed record EnvelopeAnswer
{
    /// <summary>HTTP status of the answer; the status outside is always 200.</summary>
    public required int Status { get; init; }

    /// <summary>Media type of the body.</summary>
    public required string MediaType { get; init; }

    /// <summary>Version of the channel document that the back end has.</summary>
    public long ChannelVersion { get; init; }

    /// <summary>The answer.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    internal byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(1, (long)Status);
            writer.Write(2, MediaType);
            writer.Write(3, ChannelVersion);
            writer.Write(4, Body.Span);
        },
        4).Encode();

    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, out EnvelopeAnswer answer)
    {
        long status = 0, version = 0;
        string? type = null;
        byte[]? body = null;
        bool read = CborMap.TryRead(bytes, (key, reader) =>
        {
            switch (key)
            {
                case 1: status = reader.ReadInt64(); return true;
                case 2: type = reader.ReadTextString(); return true;
                case 3: version = reader.ReadInt64(); return true;
                case 4: body = reader.ReadByteString(); return true;
                default: return false;
            }
        });
        bool complete = read && status is >= 100 and <= 599 && version >= 0 && type is { Length: <= EnvelopeRequest.MaxText } && body is not null;
        answer = complete ? new EnvelopeAnswer { Status = (int)status, MediaType = type!, ChannelVersion = version, Body = body! } : null!;
        return complete;
    }
}

/// <summary>
/// Who sends: a terminal, by the secret that it was given at its enrolment, under a number that it has never used before.
/// </summary>
/// <param name="TerminalId">Identity.</param>
/// <param name="Secret">32 bytes.</param>
/// <param name="Sequence">From 1.</param>
public readonly record struct EnvelopeSender(Guid TerminalId, byte[] Secret, long Sequence)
{
    /// <summary>Length of a terminal's secret in bytes.</summary>
    public const int SecretLength = 32;
}

/// <summary>Limits, and what both sides compute alike.</summary>
public static class Envelope
{
    /// <summary>Media type, as RFC 9052 has it; requests are <c>cose-encrypt</c>, answers <c>cose-encrypt0</c>.</summary>
    public const string MediaType = "application/cose";

    /// <summary>Media type of a sealed request.</summary>
    public const string RequestMediaType = "application/cose; cose-type=\"cose-encrypt\"";

    /// <summary>Media type of a sealed answer.</summary>
    public const string AnswerMediaType = "application/cose; cose-type=\"cose-encrypt0\"";

    /// <summary>Largest request: the largest message, and what the layers around it add.</summary>
    public const int MaxRequest = SignedMessage.MaxLength + 1024;

    /// <summary>Largest answer: a reader configuration in JSON is the longest.</summary>
    public const int MaxAnswer = 256 * 1024;

    internal const int KeyLength = 32;

    private const string RequestLabel = "SoftPos request 1";
    private const string AnswerLabel = "SoftPos answer 1";

    /// <summary>What a request's tag covers besides: for which method and path it is.</summary>
    internal static byte[] RequestAssociated(string method, string path)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(3);
        writer.WriteTextString(RequestLabel);
        writer.WriteTextString(method);
        writer.WriteTextString(path);
        writer.WriteEndArray();
        return EnvelopeForm.EncStructure("Encrypt", writer.Encode());
    }

    /// <summary>What the sender's MAC covers besides: method, path, and the very envelope, by its ephemeral key.</summary>
    internal static byte[] SenderAssociated(string method, string path, ReadOnlySpan<byte> recipientHeader)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString(RequestLabel);
        writer.WriteTextString(method);
        writer.WriteTextString(path);
        writer.WriteByteString(recipientHeader);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>What an answer's tag covers besides: which request it answers, and under which number.</summary>
    internal static byte[] AnswerAssociated(ReadOnlySpan<byte> requestHash, long sequence)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(3);
        writer.WriteTextString(AnswerLabel);
        writer.WriteByteString(requestHash);
        writer.WriteInt64(sequence);
        writer.WriteEndArray();
        return EnvelopeForm.EncStructure("Encrypt0", writer.Encode());
    }

    internal static void DeriveRequestKey(ReadOnlySpan<byte> agreed, ReadOnlySpan<byte> recipientHeader, Span<byte> key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, key, [], EnvelopeForm.KdfContext(recipientHeader, Encoding.ASCII.GetBytes(RequestLabel)));

    internal static void DeriveAnswerKey(ReadOnlySpan<byte> agreed, ReadOnlySpan<byte> recipientHeader, ReadOnlySpan<byte> requestHash, Span<byte> key)
    {
        byte[] other = [.. Encoding.ASCII.GetBytes(AnswerLabel), .. requestHash];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, key, [], EnvelopeForm.KdfContext(recipientHeader, other));
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associated)
    {
        byte[] ciphertext = new byte[clear.Length + EnvelopeForm.TagLength];
        using AesGcm aes = new(key, EnvelopeForm.TagLength);
        aes.Encrypt(iv, clear, ciphertext.AsSpan(0, clear.Length), ciphertext.AsSpan(clear.Length), associated);
        return ciphertext;
    }

    /// <summary>The clear bytes; null when the tag is not that of these bytes.</summary>
    internal static byte[]? Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associated)
    {
        int length = ciphertext.Length - EnvelopeForm.TagLength;
        byte[] clear = new byte[length];
        using AesGcm aes = new(key, EnvelopeForm.TagLength);
        try
        {
            aes.Decrypt(iv, ciphertext[..length], ciphertext[length..], clear, associated);
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
