using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SoftPos.Cryptography;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Bench;

/// <summary>What a payment asks of the key room: account data opened, a PIN translated. In software, behind a Unix socket, in a PKCS#11 token.</summary>
internal sealed partial class KeysBench : IBench
{
    private const string Zone = "zpk.bench";

    private static readonly string[] TokenLibraries = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];

    public string Name => "keys";

    public IEnumerable<BenchLine> Run()
    {
        string folder = Directory.CreateTempSubdirectory("softpos-bench-keys-").FullName;
        try
        {
            List<BenchLine> lines = MeasureAsync(folder).GetAwaiter().GetResult();
            double floor = lines[0].PerSecond;
            return lines.Select(line => line with { FloorPerSecond = floor, Floor = "opening in software" });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<BenchLine>> MeasureAsync(string folder)
    {
        List<BenchLine> lines = [];
        await using (Database database = await Database.OpenAsync(Path.Combine(folder, "software.db"), TimeProvider.System))
        {
            using MasterKey master = MasterKey.OpenOrCreate(Path.Combine(folder, "master.key"));
            using SoftwareKeyRoom room = await SoftwareKeyRoom.OpenAsync(database, master, TimeProvider.System, CancellationToken.None);
            await PutZoneKeyAsync(database, room.Vault);
            lines.AddRange(await LinesAsync("in software", room, room));
            string socket = Path.Combine(folder, "keys.sock");
            await using KeyRoomServer server = KeyRoomServer.Start(room, socket);
            using RemoteKeyRoom remote = await RemoteKeyRoom.ConnectAsync(socket, isProduction: false, TimeProvider.System, CancellationToken.None);
            lines.AddRange(await LinesAsync("behind a Unix socket", remote, remote));
        }

        if (TokenLibraries.FirstOrDefault(File.Exists) is { } library)
        {
            TokenOptions token = NewToken(folder, library);
            await using Database database = await Database.OpenAsync(Path.Combine(folder, "token.db"), TimeProvider.System);
            using TokenKeyRoom room = await TokenKeyRoom.OpenAsync(database, token, KeyRoomPolicy.Sandbox, TimeProvider.System, CancellationToken.None);
            await PutZoneKeyAsync(database, room.Vault);
            lines.AddRange(await LinesAsync("in a PKCS#11 token, SoftHSM 2", room, room));
        }

        return lines;
    }

    private static async Task<BenchLine[]> LinesAsync(string where, IKeyRoom room, IPinRoom pins)
    {
        PinTranslationRequest request = await RequestAsync(room);
        return
        [
            Harness.Line($"account data opened, {where}", () =>
            {
                using AccountData? account = room.OpenAccountDataAsync(request.DataKsn, request.SealedAccountData, request.AssociatedData, default).AsTask().Result;
                Demand(account is not null);
            }),
            Harness.Line($"PIN translated, format 4 to 0, {where}", () => Demand(pins.TranslatePinAsync(request, default).AsTask().Result is not null)),
        ];
    }

    /// <summary>A terminal gets its keys, seals account data and enciphers a PIN.</summary>
    private static async Task<PinTranslationRequest> RequestAsync(IKeyRoom room)
    {
        const string Pan = "4761739001010010";
        byte[] account = Convert.FromHexString("57114761739001010010D301220100000000005A0847617390010100105F24033012315F340101");
        byte[] payment = RandomNumberGenerator.GetBytes(16), nonce = RandomNumberGenerator.GetBytes(32);
        Guid terminal = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        using ECDiffieHellman device = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        InitialKeys keys = await room.DeliverInitialKeysAsync(terminal, device.ExportSubjectPublicKeyInfo(), nonce, default);
        using DukptTransaction data = Begin(device, keys.Data, Contract.KeyTranscript.Of(nonce, terminal, Contract.KeyTranscript.Data));
        using DukptTransaction pin = Begin(device, keys.Pin, Contract.KeyTranscript.Of(nonce, terminal, Contract.KeyTranscript.Pin));
        using DataEncryptionKey dataKey = data.DeriveDataKey(DukptKeyUsage.DataEncryption, DukptKeyType.Aes128);
        using PinEncryptionKey pinKey = pin.DerivePinKey(DukptKeyType.Aes128);
        byte[] block = new byte[16];
        PinCipherText.Encipher(pinKey, PinBlockFormat.Iso4, "1234", Pan, random, block);
        return new PinTranslationRequest
        {
            PinKsn = pin.SerialNumber.ToBytes(), PinBlock = block, DataKsn = data.SerialNumber.ToBytes(),
            SealedAccountData = AccountDataSeal.Seal(dataKey, data.SerialNumber, payment, account, random), AssociatedData = payment,
            ZoneKey = Zone, Format = PinBlockFormat.Iso0,
        };
    }

    private static DukptTransaction Begin(ECDiffieHellman device, Contract.DeliveredKey delivered, byte[] transcript)
    {
        using AesDukptTerminal terminal = Open(device, delivered, transcript);
        Demand(terminal.TryBegin(static _ => { }, out DukptTransaction? transaction));
        return transaction!;
    }

    /// <summary>What a terminal makes of the key that was delivered to it.</summary>
    public static AesDukptTerminal Open(ECDiffieHellman device, Contract.DeliveredKey delivered, byte[] transcript)
    {
        WrappedInitialKey wrapped = new(delivered.EphemeralKey, delivered.KeyBlock);
        Demand(DeviceKeyWrap.TryUnwrap(wrapped, device.ExportSubjectPublicKeyInfo(), transcript, Agree, out InitialKey? key));
        using (key)
        {
            return AesDukptTerminal.Load(key!);
        }

        bool Agree(ReadOnlySpan<byte> other, Span<byte> secret)
        {
            using ECDiffieHellman peer = ECDiffieHellman.Create();
            peer.ImportSubjectPublicKeyInfo(other, out _);
            device.DeriveRawSecretAgreement(peer.PublicKey).CopyTo(secret);
            return true;
        }
    }

    private static async Task PutZoneKeyAsync(Database database, IKeyVault vault)
    {
        VaultKey key = vault.Import(Zone, VaultKeyKind.ZonePinTdes, RandomNumberGenerator.GetBytes(16));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        KeyRecord record = new()
        {
            Name = Zone, Purpose = KeyPurposes.ZonePinTdes, State = KeyState.Active, SealedKey = key.Resting, CheckValue = key.CheckValue,
            CreatedAt = now, ChangedAt = now, ExpiresAt = now.AddDays(7),
        };
        (await database.CommitAsync(new Change().Put(record))).Require();
    }

    private static TokenOptions NewToken(string folder, string library)
    {
        const string Label = "bench", UserPin = "729113";
        Directory.CreateDirectory(Path.Combine(folder, "tokens"));
        string configuration = Path.Combine(folder, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
        ProcessStartInfo start = new("softhsm2-util", ["--init-token", "--free", "--label", Label, "--pin", UserPin, "--so-pin", "58204476"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["SOFTHSM2_CONF"] = configuration;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        Demand(process.ExitCode == 0);

        // The library reads the C environment, which this process's own call does not change.
        Demand(SetVariable("SOFTHSM2_CONF", configuration, 1) == 0);
        return new TokenOptions { Library = library, Token = Label, UserPin = UserPin };
    }

    private static void Demand(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("not what the bench counts on");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
