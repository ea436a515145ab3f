using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using SoftPos.Contract;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Storage;
using MessageType = SoftPos.Contract.MessageType;

namespace SoftPos.Payments.Tests;

/// <summary>One merchant with one enrolled terminal, a database of its own, and doubles at the ports of keys and acquirer.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Pan = "4761739001010119";
    public static readonly byte[] DataKeyId = [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56];

    public static readonly byte[] PinKeyId = [0x0F, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56];

    private readonly SoftwareDeviceKey _device = new();
    private readonly SoftwareDeviceKey _monitoring = new();

    /// <summary>Key that signs permissions for sales while the back end is away.</summary>
    public SoftwareDeviceKey Configuration { get; } = new();

    private uint _counter;
    private int _payments;

    private Shop(string folder)
    {
        Folder = folder;
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        Terminal = new TerminalRecord
        {
            TerminalId = new Guid("0193a000-0000-7000-8000-000000000001"), MerchantId = "m1", DeviceKey = _device.PublicKey, AgreementKey = [1],
            State = TerminalState.Active, Verdict = Verdict.Trusted, AcquirerTerminalId = "SP000001", DataKeyId = DataKeyId, PinKeyId = PinKeyId, EnrolledAt = Clock.GetUtcNow(),
        };
    }

    public string Folder { get; }

    public string Path => System.IO.Path.Combine(Folder, "softpos.db");

    /// <summary>Path of the file that is open now.</summary>
    public string OpenPath { get; private set; } = string.Empty;

    public FakeTimeProvider Clock { get; }

    public TerminalRecord Terminal { get; }

    public MerchantRecord Merchant { get; } = new()
    {
        MerchantId = "m1", Name = "Kafé", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000001", CategoryCode = "5814", Currency = "978",
    };

    public MemoryKeyRoom Keys { get; } = new();

    public ScriptedAcquirer Acquirer { get; } = new();

    public PaymentOptions Options { get; set; } = new() { Dialect = ShippedDialects.Lab, AcquiringInstitution = "12345" };

    public Database Database { get; private set; } = null!;

    public PaymentGateway Gateway { get; private set; } = null!;

    public static async Task<Shop> OpenAsync()
    {
        Shop shop = new(Directory.CreateTempSubdirectory("softpos-payments-").FullName);
        await shop.StartAsync(shop.Path);
        await shop.Database.CommitAsync(new Change().Put(shop.Terminal).Put(shop.Merchant));
        return shop;
    }

    /// <summary>Opens a database file with a gateway on it, as a new process does.</summary>
    public async Task StartAsync(string path)
    {
        OpenPath = path;
        Options = Options with { OfflineKey = Configuration.PublicKey };
        Database = await Database.OpenAsync(path, Clock);
        Gateway = new PaymentGateway(Database, Keys, Acquirer, _monitoring.PublicKey, Options, Clock);
    }

    /// <summary>Opens the same file again with other options.</summary>
    public async Task RestartAsync(PaymentOptions options)
    {
        Options = options;
        await RestartAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync(OpenPath);
        await Gateway.RecoverAsync();
    }

    public async Task StopAsync()
    {
        Gateway.Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>A good request, unless changed.</summary>
    public PaymentRequest Request(long amountMinor = 1250)
    {
        Guid id = Guid.CreateVersion7(Clock.GetUtcNow().AddMilliseconds(++_payments));
        byte[] ksn = [.. DataKeyId, 0, 0, 0, 0];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(ksn.AsSpan(8), ++_counter);
        return new PaymentRequest
        {
            PaymentId = id,
            ResultToken = Token(),
            AmountMinor = amountMinor,
            Currency = "978",
            TransactionType = 0,
            DataKsn = ksn,
            SealedAccountData = Keys.SealAccountData(Pan, "2812", id),
            EmvData = Emv(amountMinor).Encode(),
            MaskedPan = "476173******0119",
            Aid = Convert.FromHexString("A0000000031010"),
            ApplicationLabel = "VISA CREDIT",
            KernelId = 3,
            CardholderVerification = "none",
            DeviceTime = Clock.GetUtcNow(),
        };
    }

    /// <summary>A request of another kind than a plain sale.</summary>
    public PaymentRequest Request(
        long amountMinor, PaymentOperation operation, Guid? original = null, long cashbackMinor = 0, long tipMinor = 0, bool partial = false)
    {
        byte type = operation == PaymentOperation.Refund ? (byte)20 : cashbackMinor > 0 ? (byte)9 : (byte)0;
        TlvMap emv = Emv(amountMinor);
        emv[0x9C] = Convert.FromHexString(type.ToString("D2", CultureInfo.InvariantCulture));
        emv[0x9F03] = Convert.FromHexString(cashbackMinor.ToString("D12", CultureInfo.InvariantCulture));
        return Request(amountMinor) with
        {
            Operation = operation, TransactionType = type, OriginalPaymentId = original, OtherAmountMinor = cashbackMinor, TipMinor = tipMinor,
            AcceptsPartialApproval = partial, EmvData = emv.Encode(),
        };
    }

    /// <summary>A good sale with a PIN, unless changed.</summary>
    public PaymentRequest PinRequest(long amountMinor = 12_000)
    {
        byte[] ksn = [.. PinKeyId, 0, 0, 0, 0];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(ksn.AsSpan(8), ++_counter);
        return Request(amountMinor) with
        {
            CardholderVerification = "OnlinePin", PinKsn = ksn, PinBlock = RandomNumberGenerator.GetBytes(16),
            ResultToken = Token(static token => token with { Purpose = ChallengePurpose.Pin }),
        };
    }

    /// <summary>A signed request to change an approved payment.</summary>
    public byte[] FollowUp(Guid paymentId, FollowUpAction action, long amountMinor = 0, Guid? requestId = null) => SignedMessage.Sign(
        _device,
        PaymentFollowUpRequest.ContentType,
        Terminal.TerminalId.ToByteArray(bigEndian: true),
        new PaymentFollowUpRequest
        {
            RequestId = requestId ?? Guid.CreateVersion7(Clock.GetUtcNow().AddMilliseconds(++_payments)), PaymentId = paymentId, Action = action,
            AmountMinor = amountMinor, ResultToken = Token(), DeviceTime = Clock.GetUtcNow(),
        }.Encode());

    public async Task<PaymentAnswer> ChangeAsync(Guid paymentId, FollowUpAction action, long amountMinor = 0) =>
        Read(await Gateway.FollowUpAsync(FollowUp(paymentId, action, amountMinor)));

    /// <summary>Reason of the refusal of a change.</summary>
    public async Task<string?> ChangeRefusedAsync(Guid paymentId, FollowUpAction action, long amountMinor = 0) =>
        (await Gateway.FollowUpAsync(FollowUp(paymentId, action, amountMinor))).Refusal?.Reason;

    /// <summary>What is kept sealed beside a payment, opened; null when nothing is.</summary>
    public async Task<byte[]?> KeptAsync(Guid paymentId) => (await Database.Payments.FindAsync(paymentId))!.Sealed is { } bytes
        ? await Keys.UnsealFromStorageAsync(bytes, PaymentSteps.BoundTo(paymentId), CancellationToken.None)
        : null;

    public static TlvMap Emv(long amountMinor) => new()
    {
        [0x9F26] = Convert.FromHexString("1122334455667788"),
        [0x9F27] = [0x80],
        [0x9F10] = Convert.FromHexString("06011203A00000"),
        [0x9F37] = Convert.FromHexString("01020304"),
        [0x9F36] = [0, 7],
        [0x95] = new byte[5],
        [0x9A] = [0x26, 0x11, 0x24],
        [0x9C] = [0],
        [0x9F02] = Convert.FromHexString(amountMinor.ToString("D12", CultureInfo.InvariantCulture)),
        [0x9F03] = new byte[6],
        [0x5F2A] = [0x09, 0x78],
        [0x82] = [0x20, 0],
        [0x9F1A] = [0x04, 0x28],
    };

    public byte[] Token(Func<ResultToken, ResultToken>? change = null, IDeviceKey? signer = null)
    {
        ResultToken token = new()
        {
            TerminalId = Terminal.TerminalId, DeviceKeyHash = SHA256.HashData(Terminal.DeviceKey), Audience = ResultToken.Payments,
            Purpose = ChallengePurpose.Tap, Verdict = Verdict.Trusted, PolicyHash = new byte[32], TokenId = new byte[16],
            IssuedAt = Clock.GetUtcNow(), ExpiresAt = Clock.GetUtcNow().AddSeconds(60),
        };
        return (change?.Invoke(token) ?? token).Sign(signer ?? _monitoring);
    }

    public byte[] Sign(PaymentRequest request, IDeviceKey? signer = null) => SignedMessage.Sign(
        signer ?? _device, MessageType.Payment, Terminal.TerminalId.ToByteArray(bigEndian: true), request.Encode());

    /// <summary>Signs a payload of another content type.</summary>
    public byte[] SignOffline(string contentType, byte[] payload) =>
        SignedMessage.Sign(_device, contentType, Terminal.TerminalId.ToByteArray(bigEndian: true), payload);

    public Task<PaymentReply> PayAsync(PaymentRequest request) => Gateway.PayAsync(Sign(request));

    /// <summary>Pays and reads the answer.</summary>
    public async Task<PaymentAnswer> SaleAsync(PaymentRequest? request = null) => Read(await PayAsync(request ?? Request()));

    public async Task<PaymentAnswer> StateAsync(Guid paymentId) => Read(await Gateway.StatusAsync(SignedMessage.Sign(
        _device,
        MessageType.PaymentStatus,
        Terminal.TerminalId.ToByteArray(bigEndian: true),
        new PaymentStatusRequest { PaymentId = paymentId, DeviceTime = Clock.GetUtcNow() }.Encode())));

    public async Task<string[]> KindsAsync(Guid paymentId) =>
        [.. (await Database.Journal.OfSubjectAsync(paymentId.ToString())).Select(e => e.Kind)];

    public static PaymentAnswer Read(PaymentReply reply)
    {
        Assert.Null(reply.Refusal);
        return JsonSerializer.Deserialize(reply.Body!, ContractJson.Default.PaymentAnswer)!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _device.Dispose();
        _monitoring.Dispose();
        Configuration.Dispose();
        Keys.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
