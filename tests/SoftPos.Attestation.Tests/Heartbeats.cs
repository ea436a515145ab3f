using System.Security.Cryptography;
using SoftPos.Attestation.Claims;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests;

/// <summary>Evidence as a sound terminal makes it: every known probe clean, in the order of the seed.</summary>
internal static class Heartbeats
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static EvidenceClaims Claims(Guid terminal, long sequence, byte[] nonce, byte[] seed)
    {
        Measurement[] measurements = [.. MeasurementOrder.Of(ProbeClaims.Probes, seed).Select(probe =>
            new Measurement(probe, MeasurementResult.Clean))];
        return new EvidenceClaims
        {
            Nonce = nonce,
            TerminalId = terminal,
            DeviceTime = Now,
            Purpose = ChallengePurpose.Heartbeat,
            Sequence = sequence,
            SdkVersion = "1.0.0",
            Package = "org.example.pos",
            SignerDigest = new byte[32],
            Installer = "com.android.vending",
            Model = "maker model",
            OsVersion = "16",
            OsPatch = 202611,
            Measurements = measurements,
            MeasurementChain = MeasurementOrder.Chain(measurements, seed),
            Health = new Dictionary<string, double> { ["batteryLevelPercent"] = 80, ["batteryTemperatureCelsius"] = 30 },
        };
    }

    public static byte[] Sign(ECDsa key, EvidenceClaims claims) =>
        SignedMessage.Sign(new Key(key), MessageType.Evidence, claims.TerminalId.ToByteArray(bigEndian: true), claims.Encode());

    private sealed class Key(ECDsa key) : IDeviceKey
    {
        public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => key.SignHash(hash.ToArray());
    }
}
