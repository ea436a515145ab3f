using System.Security.Cryptography;

namespace SoftPos.Contract.Tests;

/// <summary>Well-formed messages and a software key to sign them.</summary>
internal static class Messages
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly Guid Terminal = Guid.Parse("0193a5b0-0000-7000-8000-000000000001");

    public static byte[] Bytes(int length, byte first = 1) => [.. Enumerable.Range(first, length).Select(value => (byte)value)];

    public static EvidenceClaims Evidence() => new()
    {
        Nonce = Bytes(32),
        TerminalId = Terminal,
        DeviceTime = Now,
        Purpose = ChallengePurpose.Tap,
        Sequence = 7,
        SdkVersion = "0.1.0",
        Package = "org.opensoftpos.merchant",
        SignerDigest = Bytes(32, 9),
        Installer = "com.android.vending",
        Model = "Lab One",
        OsVersion = "16",
        OsPatch = 202611,
        Measurements = [new("root.su-binary", MeasurementResult.Clean), new("debug.tracer", MeasurementResult.Found, "pid 12")],
        MeasurementChain = Bytes(32, 3),
        Health = new Dictionary<string, double> { ["batteryTemperatureCelsius"] = 31.5, ["batteryPercent"] = 80 },
    };

    public static PaymentRequest Payment() => new()
    {
        PaymentId = Guid.CreateVersion7(Now),
        ResultToken = Bytes(100),
        AmountMinor = 1250,
        Currency = "710",
        TransactionType = 0,
        DataKsn = Bytes(12),
        SealedAccountData = Bytes(60),
        EmvData = Bytes(120),
        MaskedPan = "476173******0010",
        Aid = Convert.FromHexString("A0000000031010"),
        ApplicationLabel = "VISA CREDIT",
        KernelId = 3,
        CardholderVerification = "none",
        DeviceTime = Now,
    };

    public static ActivationRequest Activation() => new()
    {
        Code = "ABCD-2345",
        Nonce = Bytes(32),
        SigningChain = [Bytes(200), Bytes(100)],
        AgreementChain = [Bytes(150)],
        Model = "Lab One",
        OsVersion = "16",
        SdkVersion = "0.1.0",
    };

    public static ResultToken Token() => new()
    {
        TerminalId = Terminal,
        DeviceKeyHash = Bytes(32),
        Audience = ResultToken.Payments,
        Purpose = ChallengePurpose.Tap,
        Verdict = Verdict.Trusted,
        PolicyHash = Bytes(32, 5),
        TokenId = Bytes(16),
        IssuedAt = Now,
        ExpiresAt = Now.AddSeconds(60),
    };

    public sealed class SoftwareKey : IDeviceKey, IDisposable
    {
        public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public byte[] PublicKey => Key.ExportSubjectPublicKeyInfo();

        public byte[] SignHash(ReadOnlySpan<byte> hash) => Key.SignHash(hash);

        public void Dispose() => Key.Dispose();
    }
}
