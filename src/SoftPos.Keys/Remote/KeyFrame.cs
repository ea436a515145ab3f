using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Keys;

/// <summary>What a client asks of a key room in another process. The numbers are the protocol.</summary>
internal enum KeyOperation : byte
{
    DeliverInitialKeys = 1,
    OpenAccountData = 2,
    TranslatePin = 3,
    Seal = 4,
    Unseal = 5,
    Kind = 6,
}

/// <summary>How the room answered.</summary>
internal enum KeyAnswer : byte
{
    Done = 0,

    /// <summary>It does not open; no more is said.</summary>
    Nothing = 1,

    /// <summary>The key may not be used; one text follows.</summary>
    Refused = 2,

    /// <summary>The room could not do it; one text follows.</summary>
    Failed = 3,
}

/// <summary>
/// One message between the processes: length (4 bytes, big-endian, of what follows) ‖ one byte operation or answer ‖ fields, each with a
/// length of 4 bytes. Bounded, so that neither side can be made to hold more than one frame of the other.
/// </summary>
internal sealed class KeyFrame : IDisposable
{
    /// <summary>Longest frame: sealed bytes of a payment message take some kilobytes.</summary>
    public const int Longest = 64 * 1024;

    private const int MostFields = 8;
    private const int LengthField = 4;

    private readonly List<byte[]> _fields;

    public KeyFrame(byte code, params IEnumerable<byte[]> fields)
    {
        Code = code;
        _fields = [.. fields];
    }

    public byte Code { get; }

    public int Count => _fields.Count;

    public byte[] this[int index] => _fields[index];

    public string Text(int index) => Encoding.UTF8.GetString(_fields[index]);

    public static KeyFrame Ask(KeyOperation operation, params IEnumerable<byte[]> fields) => new((byte)operation, fields);

    public static KeyFrame Answer(KeyAnswer answer, params IEnumerable<byte[]> fields) => new((byte)answer, fields);

    public static KeyFrame Answer(KeyAnswer answer, string text) => new((byte)answer, Encoding.UTF8.GetBytes(text));

    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellation)
    {
        int length = 1 + _fields.Sum(field => LengthField + field.Length);
        if (length > Longest)
        {
            throw new ArgumentException($"a frame of {length} bytes is longer than {Longest}");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(LengthField + length, pinned: true);
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        bytes[LengthField] = Code;
        int at = LengthField + 1;
        foreach (byte[] field in _fields)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), field.Length);
            field.CopyTo(bytes, at + LengthField);
            at += LengthField + field.Length;
        }

        try
        {
            await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Reads one frame; null at the end of the stream between frames.</summary>
    /// <exception cref="InvalidDataException">Not a frame.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within one.</exception>
    public static async ValueTask<KeyFrame?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] prefix = new byte[LengthField];
        int read = await stream.ReadAtLeastAsync(prefix, LengthField, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        int length = read == LengthField ? BinaryPrimitives.ReadInt32BigEndian(prefix) : throw new EndOfStreamException();
        if (length is < 1 or > Longest)
        {
            throw new InvalidDataException($"a frame of {length} bytes; 1 to {Longest} are allowed");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        try
        {
            await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            return Parse(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public void Dispose() => _fields.ForEach(static field => CryptographicOperations.ZeroMemory(field));

    public override string ToString() => $"frame {Code}";

    private static KeyFrame Parse(ReadOnlySpan<byte> bytes)
    {
        List<byte[]> fields = [];
        ReadOnlySpan<byte> rest = bytes[1..];
        while (rest.Length > 0)
        {
            int length = rest.Length >= LengthField ? BinaryPrimitives.ReadInt32BigEndian(rest) : -1;
            if (length < 0 || length > rest.Length - LengthField || fields.Count == MostFields)
            {
                throw new InvalidDataException("a field of a frame is cut off");
            }

            fields.Add(rest.Slice(LengthField, length).ToArray());
            rest = rest[(LengthField + length)..];
        }

        return new KeyFrame(bytes[0], fields);
    }
}
