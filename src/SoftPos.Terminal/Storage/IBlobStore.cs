namespace SoftPos.Terminal;

/// <summary>Named blobs on the phone. A write is atomic and durable when it returns: after a crash the old or the new bytes are there.</summary>
internal interface IBlobStore
{
    /// <summary>The bytes, or null.</summary>
    byte[]? Read(string name);

    /// <summary>Replaces the bytes.</summary>
    void Write(string name, ReadOnlySpan<byte> bytes);

    /// <summary>Removes the blob; nothing happens when there is none.</summary>
    void Delete(string name);
}
