using SoftPos.Iso8583;

namespace SoftPos.Payments;

/// <summary>Messages to bytes and back by the acquirer's dialect, with its MAC where it has one.</summary>
internal static class AcquirerEncoding
{
    /// <summary>The bytes, sealed by the MAC where there is one.</summary>
    /// <exception cref="Iso8583Exception">A value does not fit the dialect.</exception>
    public static byte[] Encode(this PaymentOptions options, Iso8583Message message) =>
        options.Mac is { } mac ? MessageMac.Seal(message, mac) : message.Encode();

    /// <summary>Reads an answer; false when it cannot be read or its MAC is missing or wrong: such an answer says nothing (ISO 8583, DE 64).</summary>
    public static bool TryRead(this PaymentOptions options, ReadOnlySpan<byte> answer, out Iso8583View view) =>
        Iso8583View.TryRead(answer, options.Dialect, out view, out _) && (options.Mac is not { } mac || MessageMac.Verify(view, mac));
}
