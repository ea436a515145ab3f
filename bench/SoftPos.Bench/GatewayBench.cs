using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Cryptography;
using SoftPos.Iso7816;
using SoftPos.Iso8583;
using SoftPos.Keys;
using SoftPos.Payments;
using SoftPos.Payments.Acquirer;
using SoftPos.Storage;
using MessageType = SoftPos.Contract.MessageType;

namespace SoftPos.Bench;

/// <summary>
/// What one sale costs the back end: signed requests that were made beforehand, with real device keys, result tokens and sealed account data,
/// go through admission, key room, journal and ISO 8583 to an acquirer in this process that approves at once. Held against commits of the same
/// journal by as many callers in the same run; a sale needs three commits, one after the other.
/// </summary>
internal sealed class GatewayBench : IBench
{
    private const int Terminals = 256;
    private const int SalesEach = 60;
    private const int WarmEach = 10;
    private const string Pan = "4761739001010010";

    private static readonly byte[] Account = Convert.FromHexString("57114761739001010010D301220100000000005A0847617390010100105F24033012315F340101");

    public string Name => "gateway";

    public IEnumerable<BenchLine> Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<BenchLine>> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-bench-gateway-").FullName;
        try
        {
            double floor = await CommitsAsync(Path.Combine(folder, "floor.db"));
            await using Database database = await Database.OpenAsync(Path.Combine(folder, "softpos.db"), TimeProvider.System);
            using MasterKey master = MasterKey.OpenOrCreate(Path.Combine(folder, "master.key"));
            using SoftwareKeyRoom keys = await SoftwareKeyRoom.OpenAsync(database, master, TimeProvider.System, CancellationToken.None);
            using Signer monitoring = new();
            PaymentOptions options = new() { Dialect = ShippedDialects.Lab, AcquiringInstitution = "12345" };
            using PaymentGateway gateway = new(database, keys, new Approver(), monitoring.PublicKey, options, TimeProvider.System);
            MerchantRecord merchant = new()
            {
                MerchantId = "m1", Name = "Bench", City = "Riga", Country = "LV", CardAcceptorId = "SOFTPOS00000001", CategoryCode = "5814", Currency = "978",
            };
            (await database.CommitAsync(new Change().Put(merchant))).Require();
            byte[][][] requests = await Task.WhenAll(Enumerable.Range(0, Terminals).Select(i => Task.Run(() => EnrolAsync(database, keys, monitoring, i))));
            await PayAsync(gateway, requests, 0, WarmEach);
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            double[] times = await PayAsync(gateway, requests, WarmEach, SalesEach);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double perSale = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / times.Length;
            Array.Sort(times);
            string what = string.Create(
                CultureInfo.InvariantCulture,
                $"sales, {Terminals} terminals, p50 {times[times.Length / 2]:N0} ms, p99 {times[times.Length * 99 / 100]:N0} ms, {perSale:N0} us of processor each");
            return
            [
                new BenchLine($"journal commit, {Terminals} callers", floor),
                new BenchLine(what, times.Length / seconds, floor, "journal commits"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every terminal sends its requests one after the other.</summary>
    private static async Task<double[]> PayAsync(PaymentGateway gateway, byte[][][] requests, int from, int count) =>
        [.. (await Task.WhenAll(requests.Select(own => Task.Run(async () =>
        {
            double[] times = new double[count];
            for (int i = 0; i < count; i++)
            {
                long began = Stopwatch.GetTimestamp();
                PaymentReply reply = await gateway.PayAsync(own[from + i]);
                times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (reply.Refusal is { } refusal || !reply.Body!.AsSpan().StartsWith("{"u8) || reply.Body.AsSpan().IndexOf("\"Approved\""u8) < 0)
                {
                    throw new InvalidOperationException($"a sale was not approved: {reply.Refusal?.Reason} {reply.Refusal?.Detail}");
                }
            }

            return times;
        })))).SelectMany(static times => times)];

    /// <summary>One terminal with keys of the room, and all its requests, signed.</summary>
    private static async Task<byte[][]> EnrolAsync(Database database, SoftwareKeyRoom keys, Signer monitoring, int number)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Guid terminal = Guid.CreateVersion7(now.AddMilliseconds(number));
        byte[] nonce = RandomNumberGenerator.GetBytes(32);
        using Signer device = new();
        using ECDiffieHellman agreement = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        InitialKeys delivered = await keys.DeliverInitialKeysAsync(terminal, agreement.ExportSubjectPublicKeyInfo(), nonce, CancellationToken.None);
        using AesDukptTerminal dukpt = KeysBench.Open(agreement, delivered.Data, KeyTranscript.Of(nonce, terminal, KeyTranscript.Data));
        TerminalRecord record = new()
        {
            TerminalId = terminal, MerchantId = "m1", DeviceKey = device.PublicKey, AgreementKey = agreement.ExportSubjectPublicKeyInfo(), State = TerminalState.Active,
            Verdict = Verdict.Trusted, AcquirerTerminalId = string.Create(CultureInfo.InvariantCulture, $"SP{number:D6}"),
            DataKeyId = delivered.Data.KeyId, PinKeyId = delivered.Pin.KeyId, EnrolledAt = now,
        };
        (await database.CommitAsync(new Change().Put(record))).Require();
        byte[] token = new ResultToken
        {
            TerminalId = terminal, DeviceKeyHash = SHA256.HashData(device.PublicKey), Audience = ResultToken.Payments, Purpose = ChallengePurpose.Tap,
            Verdict = Verdict.Trusted, PolicyHash = new byte[32], TokenId = RandomNumberGenerator.GetBytes(16), IssuedAt = now, ExpiresAt = now.AddSeconds(110),
        }.Sign(monitoring);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        byte[][] requests = new byte[WarmEach + SalesEach][];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = Request(dukpt, device, terminal, token, random, now);
        }

        return requests;
    }

    private static byte[] Request(AesDukptTerminal dukpt, Signer device, Guid terminal, byte[] token, RandomNumberGenerator random, DateTimeOffset now)
    {
        Guid payment = Guid.CreateVersion7(now);
        if (!dukpt.TryBegin(static _ => { }, out DukptTransaction? transaction))
        {
            throw new InvalidOperationException("the keys of a terminal are used up");
        }

        using (transaction)
        using (DataEncryptionKey key = transaction!.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128))
        {
            PaymentRequest request = new()
            {
                PaymentId = payment, ResultToken = token, AmountMinor = 1250, Currency = "978", TransactionType = 0,
                DataKsn = transaction.SerialNumber.ToBytes(),
                SealedAccountData = AccountDataSeal.Seal(key, transaction.SerialNumber, payment.ToByteArray(bigEndian: true), Account, random),
                EmvData = Emv.Encode(), MaskedPan = SensitiveTags.MaskPan(Pan), Aid = Convert.FromHexString("A0000000031010"),
                ApplicationLabel = "VISA CREDIT", KernelId = 3, CardholderVerification = "none", DeviceTime = now,
            };
            return SignedMessage.Sign(device, MessageType.Payment, terminal.ToByteArray(bigEndian: true), request.Encode());
        }
    }

    private static TlvMap Emv => new()
    {
        [0x9F26] = Convert.FromHexString("1122334455667788"), [0x9F27] = [0x80], [0x9F10] = Convert.FromHexString("06011203A00000"),
        [0x9F37] = Convert.FromHexString("01020304"), [0x9F36] = [0, 7], [0x95] = new byte[5], [0x9A] = [0x26, 0x11, 0x24], [0x9C] = [0],
        [0x9F02] = Convert.FromHexString("000000001250"), [0x9F03] = new byte[6], [0x5F2A] = [0x09, 0x78], [0x82] = [0x20, 0], [0x9F1A] = [0x04, 0x28],
    };

    private static async Task<double> CommitsAsync(string path)
    {
        await using Database database = await Database.OpenAsync(path, TimeProvider.System);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Terminals).Select(async caller =>
        {
            for (int i = 0; i < SalesEach; i++)
            {
                await database.CommitAsync(new Change().Append("bench.entry", $"s{caller}", new JsonObject { ["n"] = i }));
            }
        }));
        return Terminals * SalesEach / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>An acquirer without a wire: reads the request, approves, writes the answer.</summary>
    private sealed class Approver : IAcquirer
    {
        public Task<AcquirerAnswer> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            if (!Iso8583View.TryRead(message.Span, ShippedDialects.Lab, out Iso8583View request, out _))
            {
                throw new InvalidOperationException("the gateway sent what cannot be read");
            }

            Iso8583Message answer = new(ShippedDialects.Lab, request.Type.Response);
            answer.Echo(request, 2, 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49);
            answer[38] = "123456";
            answer[39] = "00";
            return Task.FromResult(new AcquirerAnswer(AnswerKind.Answered, AnswerReason.None, answer.Encode()));
        }
    }

    private sealed class Signer : IDeviceKey, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Signer() => PublicKey = _key.ExportSubjectPublicKeyInfo();

        public byte[] PublicKey { get; }

        public byte[] SignHash(ReadOnlySpan<byte> hash)
        {
            lock (_key)
            {
                return _key.SignHash(hash);
            }
        }

        public void Dispose() => _key.Dispose();
    }
}
