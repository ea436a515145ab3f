using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Configuration;

/// <summary>A configuration that is written and read again is the same, every option of it.</summary>
public sealed class ReaderConfigurationWriterTests
{
    private static readonly ReaderConfiguration Everything = new()
    {
        Version = "7",
        Environment = ReaderEnvironment.Lab,
        Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 392, CurrencyExponent = 0, TerminalType = 0x22, Objects = new TlvMap { [0x9F33] = [1, 2, 3] } },
        Combinations =
        [
            new Combination
            {
                Aid = [0xA0, 0, 0, 0, 3], KernelId = [3], Kinds = [TransactionKind.Refund, TransactionKind.CashAdvance], StatusCheck = true,
                ZeroAmountAllowed = false, TransactionLimit = 90, FloorLimit = 80, TerminalFloorLimit = 70, CvmLimit = 60, Ttq = [0x25, 0, 0x40, 0],
                ExtendedSelection = true, Objects = new TlvMap { [0x9F7C] = [9] },
                Kernel3 = new Kernel3Options
                {
                    OdaForOnline = false, DeclineOnOnlineOdaFailure = false, AcceptFddaVersion0 = true, ShowSpendingAmount = true,
                    CheckCashUsage = false, CheckCashbackUsage = false, IssuerUpdate = true, DeclineOfflineWhereOnlineRequired = false, CheckBrand = false,
                    DynamicLimits = [new DynamicLimitSet([0x31]) { StatusCheck = true, ZeroAmountAllowed = false, TransactionLimit = 3, FloorLimit = 2, CvmLimit = 1 }],
                },
                Kernel4 = new Kernel4Options
                {
                    ReaderCapabilities = [0x98, 0xA0, 0, 3], TacDefault = [1, 2, 3, 4, 5], TacDenial = [2, 3, 4, 5, 6], TacOnline = [3, 4, 5, 6, 7],
                    DeclineOnCdaFailure = false, FloorLimitInclusive = false, NoCvmCheck = true, NoCvmResults = [0x3F, 0, 0], SeePhoneOnStatus6986 = false,
                    MostPhoneRestarts = 1, ModeMismatchSelectsNext = false, DeliverMembership = true, CheckBrand = false, DynamicLimitTag = 0x9F70,
                    DynamicLimits = [new DynamicLimitSet([0x20]) { CvmLimit = 4 }],
                },
                Kernel5 = new Kernel5Options
                {
                    InterchangeProfile = [0x10, 0, 0], EmvMode = false, LegacyMode = true, OfflineDataAuthentication = false, TacDefault = [1, 2, 3, 4, 5],
                    TacDenial = [2, 3, 4, 5, 6], TacOnline = [3, 4, 5, 6, 7], TransactionLimit = 20, TransactionLimitOnDevice = 30,
                    LimitAfterVerification = false, FloorLimitInclusive = false, RandomTargetPercent = 5, RandomMaxTargetPercent = 6, RandomThreshold = 7,
                    WithoutPreference = Kernel5Verifications.Signature, MostPhoneRestarts = 1, TornLifetimeSeconds = 61, EchoCommand = [0x80, 0xDF, 0, 1],
                    IssuerUpdate = true, CheckBrand = false,
                },
                Kernel6 = new Kernel6Options
                {
                    OdaForOnline = true, NoCvmNeedsCapability = false, DeclineNoCvmAboveLimit = false, FloorLimitInclusive = true, LoyaltyApproval = true,
                    CheckBrand = false,
                },
                Kernel7 = new Kernel7Options
                {
                    AcceptFddaVersion0 = true, OdaForOnline = true, DeclineOnOnlineOdaFailure = false, OtherStatusSelectsNext = true, PinEvenWithDevice = true,
                    PinForMissingQualifiers = false, IssuerUpdate = true, CheckCashUsage = false, CheckCashbackUsage = false, CheckBrand = false,
                },
                Kernel2 = new Kernel2Options
                {
                    SkipMagStripeRecord = true, MagStripeMode = true, DefaultUdol = [0x9F, 0x6A, 0x04, 0x9A, 0x03], MagStripeCvmRequired = 0x10,
                    MagStripeCvmNotRequired = 0x20, TransactionLimit = 11, FloorLimit = 12, CvmLimit = 10, OnDeviceVerification = false,
                    RelayResistance = true, ReadAllRecords = true, CardDataInput = 1, CvmCapabilityRequired = 0x40, CvmCapabilityNotRequired = 0x28,
                    SecurityCapability = 0x18, TacDefault = [1, 2, 3, 4, 5], TacDenial = [2, 3, 4, 5, 6], TacOnline = [3, 4, 5, 6, 7],
                    TransactionLimitOnDevice = 13, TornLifetimeSeconds = 14, TornRecords = 15, MessageHoldMs = 16, FieldOffMs = 17,
                    PhoneMessages = [0, 0, 0, 0, 0, 0, 7, 0], BalanceBefore = true, BalanceAfter = true, RelayMinGrace = 18, RelayMaxGrace = 19,
                    RelayCommandTime = 1, RelayResponseTime = 21, RelayAccuracy = 22, RelayMismatchPercent = 23, CheckBrand = false,
                },
                Kernel8 = new Kernel8Options
                {
                    FloorLimit = 1, CvmLimit = 2, CardDataInput = 3, CvmCapabilityRequired = 0x60, CvmCapabilityNotRequired = 0x08,
                    SecurityCapability = 0x00, TacDenial = [1, 2, 3, 4, 5], TacOnline = [2, 3, 4, 5, 6], MessageHoldMs = 4, FieldOffMs = 5,
                    RelayResistance = true, RelayMinGrace = 6, RelayMaxGrace = 7, RelayCommandTime = 8, RelayResponseTime = 9, RelayAccuracy = 10,
                    RelayMismatchPercent = 11, ReportLocalAuthentication = false, ReservedTvrMask = [0xFF, 0, 0x84, 0x80, 0xCF],
                    RestartMessages = [0x20], DefaultIadMacOffset = 12, DiscretionaryTags = [0x9F, 0x36], DefaultCdol1 = [0x9F, 0x37, 4],
                    TagMapping = [0x9F, 0x36, 0x9A], LongSecureChannel = true, LongSignatures = false, FreshRelayNumber = false,
                    StrictCardData = false, RequireSignedPan = false, AgainAfterCryptogram = false,
                },
            },
        ],
        CaKeys = new CaKeySet(
            [PublishedCaKeys.Test[0], PublishedCaKeys.Test[^1] with { Expires = new DateOnly(2031, 12, 31) }],
            [new CertificateRevocation([0xA0, 0, 0, 0, 3], 0x92, [1, 2, 3])])
        {
            EccKeys = [new CaEccPublicKey([0xF0, 0, 0, 0, 3], 0xE1, Emvco.ScriptedKernel8.Point(Emvco.ScriptedKernel8.CaKey), CaKeyEnvironment.Test, new DateOnly(2031, 1, 1))],
        },
        ExceptionFile = new HashSet<string> { "4761739001010119872", "5413339000001513" },
    };

    [Fact]
    public void Every_option_comes_back()
    {
        byte[] document = ReaderConfigurationWriter.Write(Everything);

        Assert.True(ReaderConfigurationReader.TryRead(document, "written", out ReaderConfiguration? read, out IReadOnlyList<ConfigurationFault> faults), string.Join("; ", faults));

        Assert.Equal(Show(Everything), Show(read));
        Assert.Equal(document, ReaderConfigurationWriter.Write(read));
    }

    [Theory]
    [InlineData(typeof(Kernel2Options))]
    [InlineData(typeof(Kernel3Options))]
    [InlineData(typeof(Kernel4Options))]
    [InlineData(typeof(Kernel5Options))]
    [InlineData(typeof(Kernel6Options))]
    [InlineData(typeof(Kernel7Options))]
    [InlineData(typeof(Kernel8Options))]
    public void The_configuration_of_this_test_leaves_no_option_at_its_default(Type options)
    {
        Combination combination = Everything.Combinations[0];
        object mine = typeof(Combination).GetProperties().Single(property => property.PropertyType == options).GetValue(combination)!;
        object defaults = Activator.CreateInstance(options)!;

        Assert.All(Properties(options), property => Assert.NotEqual(Show(property.GetValue(defaults)), Show(property.GetValue(mine))));
    }

    [Fact]
    [Requirement("ACC-02")]
    public void Mag_stripe_mode_of_kernel_3_is_refused()
    {
        string document = Encoding.UTF8.GetString(ReaderConfigurationWriter.Write(Everything)).Replace("\"25004000\"", "\"A5004000\"", StringComparison.Ordinal);

        Assert.False(ReaderConfigurationReader.TryRead(Encoding.UTF8.GetBytes(document), "written", out _, out IReadOnlyList<ConfigurationFault> faults));
        Assert.Equal("written: combinations[0].ttq: mag-stripe mode (byte 1 bit 8) is not supported", Assert.Single(faults).ToString());
    }

    private static PropertyInfo[] Properties(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null)];

    private static string Show(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        string or bool or long or int or uint or byte or Enum or DateOnly => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        TlvMap map => Convert.ToHexString(map.Encode()),
        CaKeySet keys => Show(keys.Keys) + Show(keys.EccKeys) + Show(keys.Revocations),
        IReadOnlySet<string> set => string.Join(' ', set.Order(StringComparer.Ordinal)),
        IEnumerable list => string.Join(' ', list.Cast<object>().Select(Show)),
        _ => string.Join(", ", Properties(value.GetType()).Select(property => $"{property.Name} {Show(property.GetValue(value))}")),
    };
}
