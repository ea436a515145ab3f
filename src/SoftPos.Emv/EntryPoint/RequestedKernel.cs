namespace SoftPos.Emv.EntryPoint;

/// <summary>The kernel that a directory entry asks for (Book B, 3.3.2.5 C).</summary>
internal static class RequestedKernel
{
    /// <summary>Any kernel of the combination will do.</summary>
    private static readonly byte[] Any = [0];

    /// <summary>
    /// Reads 9F2A, or takes the default of the RID where it is absent or empty. False: the entry must be skipped.
    /// </summary>
    /// <param name="identifier">Value of 9F2A, or null.</param>
    /// <param name="aid">AID of the reader combination that matched.</param>
    /// <param name="kernel">One byte for an international kernel, three for a domestic one, a single zero for any.</param>
    public static bool TryGet(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> aid, out byte[] kernel)
    {
        if (identifier.IsEmpty)
        {
            kernel = Default(aid);
            return true;
        }

        kernel = Any;
        bool domestic = (identifier[0] & 0x80) != 0;
        if (!domestic)
        {
            kernel = [identifier[0]];
            return true;
        }

        // Short kernel ID 0 of a domestic kernel is outside the specification: no kernel of ours is named so.
        if (identifier.Length < 3 || (identifier[0] & 0x3F) == 0)
        {
            return false;
        }

        kernel = identifier[..3].ToArray();
        return true;
    }

    /// <summary>True when the combination's kernel serves the request (3.3.2.5 D).</summary>
    public static bool IsServedBy(ReadOnlySpan<byte> requested, ReadOnlySpan<byte> kernel) =>
        requested is [0] || requested.SequenceEqual(kernel);

    private static byte[] Default(ReadOnlySpan<byte> aid) => aid.Length < 5 ? Any : Convert.ToHexString(aid[..5]) switch
    {
        "A000000004" => [2],
        "A000000003" => [3],
        "A000000025" => [4],
        "A000000065" => [5],
        "A000000152" or "A000000324" => [6],
        "A000000333" => [7],
        _ => Any,
    };
}
