namespace SoftPos.Keys;

/// <summary>A key may not be used: unknown, suspended, compromised, destroyed or past its period. The message names the key, never its value.</summary>
public sealed class KeyRefusedException(string message) : Exception(message);
