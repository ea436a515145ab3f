namespace SoftPos.Emv.Replay;

/// <summary>What a line of a trace is about.</summary>
public enum TapTraceKind
{
    /// <summary>Configuration and transaction, before everything.</summary>
    Head,

    /// <summary>A step or decision of entry point or kernel, with its clause.</summary>
    Step,

    /// <summary>A command to the card.</summary>
    Command,

    /// <summary>A response of the card.</summary>
    Response,

    /// <summary>Something else that happened to the reader: card in the field, radio fault, host answer.</summary>
    Event,

    /// <summary>Field, display, random number.</summary>
    Effect,

    /// <summary>The outcome.</summary>
    Outcome,

    /// <summary>The run is another than the recording from here on.</summary>
    Departure,
}

/// <summary>One line of an annotated trace with what stands below it. No account data: values are starred as in every log.</summary>
/// <param name="Step">Index of the step in the file; null for a line of the run itself.</param>
/// <param name="AtMicroseconds">Time since the start; null where the line has none of its own.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">The line.</param>
/// <param name="Details">Decoded objects and bits below it, indented by two spaces for each level.</param>
public sealed record TapTraceLine(int? Step, long? AtMicroseconds, TapTraceKind Kind, string Text, IReadOnlyList<string> Details)
{
    /// <summary>Book of the rule, for a <see cref="TapTraceKind.Step"/>.</summary>
    public string? Book { get; init; }

    /// <summary>Clause of the book, for a <see cref="TapTraceKind.Step"/>.</summary>
    public string? Clause { get; init; }

    /// <summary>The run did not do this again: it stands here as recorded.</summary>
    public bool IsRecordedOnly { get; init; }
}
