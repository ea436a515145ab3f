using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// By which keys this terminal knows its back end: the channel document that it holds, signed by the key that the app pins. It is kept on
/// the phone, where its signature and its version protect it; one that is older, over, or of another environment is never taken.
/// </summary>
internal sealed class ChannelTrust
{
    /// <summary>Name of the blob. It is public and signed, and outlasts an enrolment.</summary>
    public const string Name = "channel-document";

    private readonly TerminalOptions _options;
    private readonly Lock _gate = new();
    private ChannelDocument? _held;

    public ChannelTrust(TerminalOptions options)
    {
        _options = options;
        if (options.Platform.Storage.Read(Name) is { } stored)
        {
            _held = Check(stored, out ChannelDocument? document) is ChannelFault.None ? document : null;
        }
    }

    /// <summary>Version of the document that is held; 0 for none.</summary>
    public long Version => _held?.Version ?? 0;

    /// <summary>The envelope key to seal for; null when none counts now.</summary>
    public byte[]? EnvelopeKey => _held?.EnvelopeKeyAt(_options.Platform.Clock.GetUtcNow());

    /// <summary>
    /// The pins of TLS that count now: those of the document, or while it has none or is over, those that the app was built with.
    /// </summary>
    public IReadOnlyList<byte[]> Pins => _held?.PinsAt(_options.Platform.Clock.GetUtcNow()) is { Count: > 0 } pins ? pins : _options.ServerKeyPins;

    /// <summary>Takes a document, or says why not. The one that is held stays until a newer one is durable.</summary>
    public ChannelFault Take(byte[] message)
    {
        lock (_gate)
        {
            ChannelFault fault = Check(message, out ChannelDocument? document);
            if (fault is ChannelFault.None && document!.Version > Version)
            {
                _options.Platform.Storage.Write(Name, message);
                _held = document;
            }

            return fault;
        }
    }

    private ChannelFault Check(byte[] message, out ChannelDocument? document)
    {
        // Clear text is for the loopback of a sandbox, and there alone a sandbox's keys count.
        bool isSandbox = _options.Backend.Scheme == Uri.UriSchemeHttp;
        return !ChannelDocument.TryVerify(message, _options.ChannelKey, out document) ? ChannelFault.NotSigned
            : document.IsSandbox != isSandbox ? ChannelFault.OtherEnvironment
            : document.Version < Version ? ChannelFault.Older
            : document.EnvelopeKeyAt(_options.Platform.Clock.GetUtcNow()) is null ? ChannelFault.NotNow
            : ChannelFault.None;
    }
}

/// <summary>Why a channel document is not taken.</summary>
internal enum ChannelFault
{
    None,

    /// <summary>Not signed by the pinned channel key, or not of its form.</summary>
    NotSigned,

    /// <summary>Of a sandbox where payments are real, or the reverse.</summary>
    OtherEnvironment,

    /// <summary>Older than the one that is held.</summary>
    Older,

    /// <summary>Over, or not yet in force, by the phone's clock.</summary>
    NotNow,
}
