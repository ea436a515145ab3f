using SoftPos.Iso8583;

namespace SoftPos.Lab.Acquirer;

/// <summary>How the lab acquirer behaves.</summary>
public sealed record LabAcquirerOptions
{
    /// <summary>TCP port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Dialect.</summary>
    public Iso8583Dialect Dialect { get; init; } = ShippedDialects.Lab;

    /// <summary>Framing.</summary>
    public FrameFormat Framing { get; init; } = FrameFormat.TwoBytes;

    /// <summary>File that keeps the ledger over restarts, or null.</summary>
    public string? LedgerPath { get; init; }

    /// <summary>MAC key (double length DES) shared with the payment back end, or null for messages without MAC.</summary>
    public byte[]? MacKey { get; init; }

    /// <summary>PIN key (double length DES) shared with the payment back end, or null.</summary>
    public byte[]? PinKey { get; init; }

    /// <summary>
    /// How many transaction counters of one card may overtake each other. The default fits one cardholder; a load of many phones that all
    /// tap the same card needs more.
    /// </summary>
    public int CounterWindow { get; init; } = 10;

    /// <summary>Delay of slow answers: well below the usual timer of 30 s.</summary>
    public TimeSpan SlowDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Delay of late answers: beyond the usual timer of 30 s.</summary>
    public TimeSpan LateDelay { get; init; } = TimeSpan.FromSeconds(40);
}
