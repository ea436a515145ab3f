using System.Net;
using SoftPos.Attestation.Certificates;
using SoftPos.Backend;
using SoftPos.Cryptography;
using SoftPos.Keys;
using SoftPos.Lab.Acquirer;
using SoftPos.Lab.Phones;
using SoftPos.Payments;

namespace SoftPos.Cli.Commands;

/// <summary>A back end that the lab's phones may use: its root is trusted beside Google's, and its app is the one that is expected.</summary>
internal static class SandboxBackend
{
    public static BackendOptions Options(string folder, IPEndPoint acquirer) => new()
    {
        DataFolder = folder,
        Acquirer = acquirer,
        Sandbox = true,
        Pin = new PinZone(LabAcquirerPin.KeyName, PinBlockFormat.Iso0),
        SandboxZone = new SandboxZoneKey(LabAcquirerPin.KeyName, LabAcquirerPin.Key()),
        Anchors = TrustAnchors.Google.With(new LabAttestationAuthority().Anchor),
        AppPackages = [LabApp.Package],
        AppSigners = [LabApp.SignerHex],
    };
}
