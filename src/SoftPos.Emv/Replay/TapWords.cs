namespace SoftPos.Emv.Replay;

/// <summary>Words of a recording for events that are nothing but a word, and for faults of the radio.</summary>
internal static class TapWords
{
    public static IReadOnlyList<(string Word, ReaderEvent Event)> Events { get; } =
    [
        ("card", new ReaderEvent.CardDetected()),
        ("collision", new ReaderEvent.CollisionDetected()),
        ("collision-ended", new ReaderEvent.CollisionEnded()),
        ("proceed", new ReaderEvent.Proceed()),
        ("stop", new ReaderEvent.Stop()),
        ("terminal-timeout", new ReaderEvent.TerminalTimeout()),
    ];

    public static IReadOnlyList<(string Word, CommunicationFault Fault)> Faults { get; } =
    [
        ("timeout", CommunicationFault.Timeout), ("transmission", CommunicationFault.Transmission), ("protocol", CommunicationFault.Protocol),
    ];

    public static string Of(ReaderEvent happened) => Events.First(pair => pair.Event.GetType() == happened.GetType()).Word;

    public static string Of(CommunicationFault fault) => Faults.First(pair => pair.Fault == fault).Word;
}
