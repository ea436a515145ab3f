namespace SoftPos.Monitoring;

/// <summary>Bodies of answers of servers that are not ours.</summary>
internal static class BoundedBody
{
    private const int ReadSize = 16 * 1024;

    /// <summary>The body, or null when it is longer than that; what it claims to be long is not believed.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int longest, CancellationToken cancellation)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellation);
        using MemoryStream body = new();
        byte[] buffer = new byte[ReadSize];
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (body.Length + read > longest)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
