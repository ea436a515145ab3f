using System.Security.Cryptography;
using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal;

/// <summary>
/// Everything that the SDK needs of the phone. Platform layers (Android, lab, PC/SC) derive from it; integrators get one from there and
/// hand it in, and can neither look inside nor make their own.
/// </summary>
public abstract class TerminalPlatform
{
    internal TerminalPlatform()
    {
    }

    /// <summary>Clock of the phone.</summary>
    internal abstract TimeProvider Clock { get; }

    /// <summary>Source of unpredictable bytes.</summary>
    internal abstract RandomNumberGenerator Randomness { get; }

    /// <summary>Device-bound keys in secure hardware.</summary>
    internal abstract IDeviceKeyRing Keys { get; }

    /// <summary>Where bytes rest; what rests there is sealed by the SDK first.</summary>
    internal abstract IBlobStore Storage { get; }

    /// <summary>Every probe of this platform. Which of them matter is the back end's policy.</summary>
    internal abstract IReadOnlyList<IProbe> Probes { get; }

    /// <summary>The SDK's PIN screen on this phone; null where there is none, and then a card that asks for a PIN is not accepted.</summary>
    internal virtual IPinScreen? PinScreen => null;

    /// <summary>The contactless reader of the phone.</summary>
    internal abstract CardReader Reader { get; }

    /// <summary>Applications, limits and CA keys of the contactless reader.</summary>
    internal abstract ReaderConfiguration ReaderConfiguration { get; }

    /// <summary>
    /// What carries HTTP instead of sockets; null on every real phone. Only layers that see inside the SDK can give one: the simulator does, whose
    /// network has no sockets. The envelope is the same on any of them.
    /// </summary>
    internal virtual HttpMessageHandler? Wire => null;

    /// <summary>What the phone says of itself and the app.</summary>
    internal abstract PhoneDescription Describe();

    /// <summary>Health figures by name with the unit in it, such as <c>batteryTemperatureCelsius</c>.</summary>
    internal abstract IReadOnlyDictionary<string, double> ReadHealth();
}
