namespace SoftPos.Terminal;

/// <summary>How a request to the back end ended.</summary>
internal enum LinkEnd
{
    /// <summary>The back end answered as asked.</summary>
    Answered,

    /// <summary>The back end refused with a reason.</summary>
    Refused,

    /// <summary>No connection: nothing was sent.</summary>
    NothingSent,

    /// <summary>Something was sent and no whole answer came: it may or may not have been acted on.</summary>
    Uncertain,
}

/// <summary>An answer, a refusal, or the want of both.</summary>
internal readonly record struct LinkAnswer<T>(LinkEnd End, T? Value, BackendProblem? Problem)
    where T : class
{
    public static LinkAnswer<T> Answered(T value) => new(LinkEnd.Answered, value, null);

    public static LinkAnswer<T> Refused(BackendProblem problem) => new(LinkEnd.Refused, null, problem);

    public static LinkAnswer<T> Failed(LinkEnd end) => new(end, null, null);
}
