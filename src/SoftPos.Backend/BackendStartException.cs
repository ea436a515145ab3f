namespace SoftPos.Backend;

/// <summary>The back end cannot start; the message is for the person who started it.</summary>
public sealed class BackendStartException(string message, Exception? inner = null) : Exception(message, inner);
