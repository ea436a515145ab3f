using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Keys;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// The keys by which terminals know this installation: the channel key, which apps pin; the envelope keys, which it signs; and the root
/// of the terminals' own secrets. All rest sealed by the key room, bound to the kind of the installation, so that those of a sandbox open
/// in no other.
/// </summary>
internal sealed class ChannelKeys : IDisposable
{
    /// <summary>How long a document counts; a terminal that comes later asks for a new one.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>Longest time for which an old key is taken beside a new one.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(90);

    private const string DocumentSetting = "channel.document";
    private const string KeySetting = "key.envelope ";
    private const string RootSetting = "key.terminal-secrets.1";

    private readonly Database _database;
    private readonly IKeyRoom _room;
    private readonly ServiceKey _channelKey;
    private readonly TimeProvider _clock;
    private readonly bool _isSandbox;
    private readonly byte[] _root;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile Standing _standing;

    private sealed record Standing(ChannelDocument Document, byte[] Message, IReadOnlyDictionary<string, EnvelopeKey> Keys);

    private ChannelKeys(Database database, IKeyRoom room, ServiceKey channelKey, TimeProvider clock, bool isSandbox, byte[] root, Standing standing)
    {
        _database = database;
        _room = room;
        _channelKey = channelKey;
        _clock = clock;
        _isSandbox = isSandbox;
        _root = root;
        _standing = standing;
    }

    /// <summary>SubjectPublicKeyInfo of the key that apps pin.</summary>
    public byte[] PublicKey => _channelKey.PublicKey;

    /// <summary>The document in force.</summary>
    public ChannelDocument Document => _standing.Document;

    /// <summary>The document in force, signed.</summary>
    public byte[] Message => _standing.Message;

    /// <exception cref="BackendStartException">A key does not open; database, master key and kind of installation belong together.</exception>
    public static async Task<ChannelKeys> OpenAsync(Database database, IKeyRoom room, BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        ServiceKey channelKey = await ServiceKey.OpenChannelAsync(database, room, cancellation);
        byte[] root = await Setting(database, room, RootSetting, "terminals' secrets", options.Sandbox)
            .FindOrMakeAsync(EnvelopeSender.SecretLength, cancellation);
        Standing? standing = await database.Settings.FindAsync(DocumentSetting, cancellation) is { } message
            ? await ReadAsync(database, room, channelKey, message, options.Sandbox, cancellation)
            : null;
        Standing none = new(new ChannelDocument { Version = 0, IssuedAt = default, ExpiresAt = default, IsSandbox = options.Sandbox, EnvelopeKeys = [] }, [],
            new Dictionary<string, EnvelopeKey>());
        ChannelKeys keys = new(database, room, channelKey, clock, options.Sandbox, root, standing ?? none);
        if (standing is null)
        {
            await keys.RotateAsync(TimeSpan.Zero, cancellation);
        }

        await keys.RenewAsync(cancellation);
        return keys;
    }

    /// <summary>The envelope key of an identifier while it is taken; null for any other.</summary>
    public EnvelopeKey? Find(ReadOnlySpan<byte> keyId)
    {
        Standing standing = _standing;
        DateTimeOffset now = _clock.GetUtcNow();
        foreach (DatedKey dated in standing.Document.EnvelopeKeys)
        {
            if (now < dated.Until && standing.Keys[Convert.ToHexString(dated.Key)] is { } key && keyId.SequenceEqual(key.Id))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The secret of a terminal: it hangs below one root, and by its device key no other enrolment ever has the same.</summary>
    public byte[] SecretOf(Guid terminalId, ReadOnlySpan<byte> deviceKey)
    {
        byte[] secret = GC.AllocateUninitializedArray<byte>(EnvelopeSender.SecretLength, pinned: true);
        byte[] info = [.. "SoftPos terminal secret 1"u8, .. terminalId.ToByteArray(bigEndian: true), .. SHA256.HashData(deviceKey)];
        HKDF.Expand(HashAlgorithmName.SHA256, _root, secret, info);
        return secret;
    }

    /// <summary>Makes a new envelope key. The old ones are taken for the overlap, then refused.</summary>
    public async Task<ChannelDocument> RotateAsync(TimeSpan overlap, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(overlap, LongestOverlap);
        using ECDiffieHellman made = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        byte[] publicKey = made.ExportSubjectPublicKeyInfo();
        byte[] clear = made.ExportPkcs8PrivateKey();
        JsonObject entry = new() { ["purpose"] = "envelope", ["publicKey"] = Convert.ToBase64String(publicKey), ["overlapHours"] = overlap.TotalHours };
        Change writing = await EnvelopeSetting(_database, _room, publicKey, _isSandbox).WritingAsync(clear, entry, cancellation);
        CryptographicOperations.ZeroMemory(clear);
        return await ChangeAsync(
            (document, now) => document with
            {
                EnvelopeKeys =
                [
                    .. Alive(document.EnvelopeKeys, now).Select(key => key with { Until = Earlier(key.Until, now + overlap) }).Where(key => key.Until > now),
                    new DatedKey(publicKey, now, now + Life),
                ],
            },
            new EnvelopeKey(made),
            writing,
            cancellation);
    }

    /// <summary>Puts other pins of TLS into the document; null when they are in force, or what is wrong.</summary>
    public async Task<string?> SetPinsAsync(IReadOnlyList<DatedKey> pins, CancellationToken cancellation)
    {
        // The form is checked on a copy first, so that a wrong list changes nothing.
        if ((Document with { Pins = pins }).Fault is { } fault)
        {
            return fault;
        }

        await ChangeAsync((document, _) => document with { Pins = pins }, null, new Change(), cancellation);
        return null;
    }

    /// <summary>Signs the document anew when half of its life is over; the newest envelope key lives on with it.</summary>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        if (_clock.GetUtcNow() - Document.IssuedAt < Life / 2)
        {
            return;
        }

        await ChangeAsync(
            (document, now) =>
            {
                DatedKey newest = document.EnvelopeKeys.MaxBy(static key => key.From)!;
                return document with
                {
                    EnvelopeKeys = [.. Alive(document.EnvelopeKeys, now).Where(key => key != newest), newest with { Until = now + Life }],
                };
            },
            null,
            new Change(),
            cancellation);
    }

    public void Dispose()
    {
        foreach (EnvelopeKey key in _standing.Keys.Values)
        {
            key.Dispose();
        }

        CryptographicOperations.ZeroMemory(_root);
        _channelKey.Dispose();
        _changing.Dispose();
    }

    private async Task<ChannelDocument> ChangeAsync(
        Func<ChannelDocument, DateTimeOffset, ChannelDocument> next, EnvelopeKey? added, Change change, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            Standing before = _standing;
            DateTimeOffset now = _clock.GetUtcNow();
            ChannelDocument document = next(before.Document, now) with
            {
                Version = before.Document.Version + 1, IssuedAt = now, ExpiresAt = now + Life,
            };
            byte[] message = document.Sign(_channelKey);
            Dictionary<string, EnvelopeKey> keys = new(before.Keys);
            if (added is not null)
            {
                keys[Convert.ToHexString(added.PublicKey)] = added;
            }

            JsonObject entry = new()
            {
                ["version"] = document.Version, ["expires"] = document.ExpiresAt, ["envelopeKeys"] = document.EnvelopeKeys.Count,
                ["pins"] = document.Pins.Count,
                ["document"] = Convert.ToHexStringLower(SHA256.HashData(message)),
            };
            change.PutSetting(DocumentSetting, message).Append("channel.published", "channel", entry);
            (await _database.CommitAsync(change, CancellationToken.None)).Require();
            _standing = new Standing(document, message, keys);
            return document;
        }
        finally
        {
            _changing.Release();
        }
    }

    private static IEnumerable<DatedKey> Alive(IReadOnlyList<DatedKey> keys, DateTimeOffset now) =>
        keys.Where(key => key.Until > now).OrderByDescending(static key => key.From).Take(ChannelDocument.MaxKeys - 1);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static SealedSetting Setting(Database database, IKeyRoom room, string name, string what, bool isSandbox) =>
        new(database, room, name, what, $"{name} {(isSandbox ? "sandbox" : "production")}");

    private static SealedSetting EnvelopeSetting(Database database, IKeyRoom room, byte[] publicKey, bool isSandbox) =>
        Setting(database, room, KeySetting + Convert.ToHexStringLower(EnvelopeKey.IdOf(publicKey)), "envelope key", isSandbox);

    private static async Task<Standing> ReadAsync(
        Database database, IKeyRoom room, ServiceKey channelKey, byte[] message, bool isSandbox, CancellationToken cancellation)
    {
        if (!ChannelDocument.TryVerify(message, channelKey.PublicKey, out ChannelDocument document) || document.IsSandbox != isSandbox)
        {
            throw Setting(database, room, DocumentSetting, "channel document", isSandbox).Foreign;
        }

        Dictionary<string, EnvelopeKey> keys = new(StringComparer.Ordinal);
        foreach (DatedKey dated in document.EnvelopeKeys)
        {
            SealedSetting setting = EnvelopeSetting(database, room, dated.Key, isSandbox);
            byte[] clear = await setting.FindAsync(cancellation) ?? throw setting.Foreign;
            using ECDiffieHellman key = ECDiffieHellman.Create();
            key.ImportPkcs8PrivateKey(clear, out _);
            CryptographicOperations.ZeroMemory(clear);
            keys[Convert.ToHexString(dated.Key)] = new EnvelopeKey(key);
        }

        return new Standing(document, message, keys);
    }
}
