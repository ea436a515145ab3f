using System.Security.Cryptography;
using SoftPos.Emv.Replay;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A lab phone with the SDK, and what lies on its antenna.</summary>
public sealed record VirtualTerminalOptions
{
    /// <summary>Address of the back end; of the sandbox <c>http</c> on the loopback.</summary>
    public required Uri Backend { get; init; }

    /// <summary>SubjectPublicKeyInfo of the back end's channel key; null asks the sandbox and keeps what it says in the folder.</summary>
    public byte[]? ChannelKey { get; init; }

    /// <summary>Name of the phone in the lab's catalogue.</summary>
    public string Phone { get; init; } = "good";

    /// <summary>Name of the card in the lab's catalogue; not looked at when there is a reader.</summary>
    public string Card { get; init; } = "visa";

    /// <summary>PIN that the virtual cardholder enters, 0 to 9 only; null cancels. Every card of the lab has the same right one.</summary>
    public string? Pin { get; init; } = Cards.LabIssuer.Pin;

    /// <summary>The cardholder uses the guided entry, as people do who do not see the screen.</summary>
    public bool GuidedPin { get; init; }

    /// <summary>A PIN screen with a person before it instead of the virtual cardholder; null for the latter.</summary>
    internal SoftPos.Terminal.IPinScreen? PinScreen { get; init; }

    /// <summary>A real reader instead of a virtual card.</summary>
    public CardReader? Reader { get; init; }

    /// <summary>Folder of the phone: its keys and its state. An enrolled phone is found there again; counters of cards lie beside it.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// How long to wait until no other process has the folder, which is then held: two that use one phone's state look like a clone to the
    /// back end. Null does not ask.
    /// </summary>
    public TimeSpan? FolderPatience { get; init; }

    /// <summary>Language tag of the texts.</summary>
    public string Language { get; init; } = "en";

    /// <summary>How long the terminal waits for a card.</summary>
    public TimeSpan CardTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Is told each tap as a recording; null for nobody.</summary>
    public Action<TapRecording>? Recorded { get; init; }

    /// <summary>Recordings hold the account data of the lab's card, so that they can be repeated bit for bit. Never with a real reader.</summary>
    public bool FullRecordings { get; init; }

    /// <summary>Clock of the lab.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Randomness of the lab; null takes the operating system's.</summary>
    public RandomNumberGenerator? Randomness { get; init; }
}
