using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>The pair of device-bound keys of one enrolment, with the hardware's certificates for them.</summary>
/// <param name="Signing">Signs every message of the terminal.</param>
/// <param name="SigningChain">DER certificates, leaf first.</param>
/// <param name="Agreement">Receives keys and seals storage.</param>
/// <param name="AgreementChain">DER certificates, leaf first.</param>
internal sealed record DeviceKeys(
    IDeviceKey Signing, IReadOnlyList<byte[]> SigningChain, IAgreementKey Agreement, IReadOnlyList<byte[]> AgreementChain);

/// <summary>The phone's secure hardware: keys come and go, their private halves never leave.</summary>
internal interface IDeviceKeyRing
{
    /// <summary>Makes a pair of keys under a new alias; both chains hold the challenge.</summary>
    DeviceKeys Create(string alias, ReadOnlySpan<byte> attestationChallenge);

    /// <summary>The keys of an alias; null when the hardware does not hold them (restored or cloned storage).</summary>
    DeviceKeys? Open(string alias);

    /// <summary>Destroys the keys of an alias; nothing happens when there are none.</summary>
    void Delete(string alias);
}
