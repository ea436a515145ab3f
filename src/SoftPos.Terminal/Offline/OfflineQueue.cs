using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>
/// Sales that were taken while the back end was away, on the phone: each signed by the device key, numbered, bound to the one before it,
/// sealed under the phone's hardware. A record is durable before the book that counts it; one that the book does not count yet is taken up
/// when the terminal is opened. A record that is gone or does not open stays counted, so the back end hears of it.
/// </summary>
internal sealed class OfflineQueue
{
    private const string BookName = "offline";

    /// <summary>How far the phone's clock may go back by itself, as clocks do when they are set by the network.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    private readonly SealedStore _store;
    private readonly Guid _terminalId;
    private readonly Func<string, byte[], byte[]> _sign;
    private readonly TimeProvider _clock;
    private readonly byte[]? _permissionKey;
    private OfflineBook _book;

    private OfflineQueue(
        SealedStore store, Guid terminalId, byte[]? permissionKey, Func<string, byte[], byte[]> sign, TimeProvider clock, OfflineBook book)
    {
        _store = store;
        _terminalId = terminalId;
        _permissionKey = permissionKey;
        _sign = sign;
        _clock = clock;
        _book = book;
    }

    /// <summary>Number of the newest record.</summary>
    public long Head => _book.Head;

    /// <summary>Hash of the newest record.</summary>
    public byte[] HeadHash => _book.HeadHash;

    /// <summary>Sales that wait, oldest first.</summary>
    public IReadOnlyList<WaitingSale> Waiting => _book.Waiting;

    /// <summary>Sales that were taken under the permission in force, and their sum.</summary>
    public (int Count, long Minor) Used => (_book.UsedCount, _book.UsedMinor);

    /// <summary>The back end's time, as far as the phone can know it without asking.</summary>
    public DateTimeOffset BackendTime => _book.BackendTime + (_clock.GetUtcNow() - _book.PhoneTime);

    /// <summary>Names of every blob that the queue may have, for their destruction.</summary>
    public static IEnumerable<string> BlobNames =>
        Enumerable.Range(0, OfflineTerms.MostRecords).Select(static slot => Slot(slot)).Prepend(BookName);

    /// <summary>Opens the queue of an enrolment, and takes up what a crash left uncounted.</summary>
    /// <param name="store">Sealed storage of the enrolment.</param>
    /// <param name="terminalId">Terminal.</param>
    /// <param name="permissionKey">SubjectPublicKeyInfo of the key that signs permissions, or null.</param>
    /// <param name="sign">Signs a payload of a content type by the device key.</param>
    /// <param name="clock">Clock of the phone.</param>
    public static OfflineQueue Open(
        SealedStore store, Guid terminalId, byte[]? permissionKey, Func<string, byte[], byte[]> sign, TimeProvider clock)
    {
        OfflineBook? book = null;
        try
        {
            book = store.Read(BookName) is { } bytes ? JsonSerializer.Deserialize(bytes, OfflineJson.Default.OfflineBook) : null;
        }
        catch (JsonException)
        {
            // As if there were none: the back end, which knows the numbers, sees that.
        }

        OfflineQueue queue = new(
            store, terminalId, permissionKey, sign, clock, book ?? new OfflineBook { HeadHash = OfflineRecord.Genesis(terminalId) });
        queue.TakeUp();
        return queue;
    }

    /// <summary>Takes what the back end said with a good attestation: a permission, or none, which closes the former.</summary>
    /// <param name="message">The signed permission, or null.</param>
    /// <param name="deviceKeyHash">SHA-256 of this terminal's device key.</param>
    /// <param name="merchant">Merchant of the terminal.</param>
    /// <param name="backendTime">The back end's time now.</param>
    public void Take(byte[]? message, byte[] deviceKeyHash, MerchantRecord merchant, DateTimeOffset backendTime)
    {
        OfflinePermission? permission = message is not null && Verify(message) is { } read && read.TerminalId == _terminalId
            && read.DeviceKeyHash.AsSpan().SequenceEqual(deviceKeyHash) && read.MerchantId == merchant.MerchantId ? read : null;
        if (permission is null)
        {
            Close();
            return;
        }

        OfflineBook next = _book with
        {
            Permission = message, PhoneTime = _clock.GetUtcNow(), BackendTime = backendTime, LastSeen = _clock.GetUtcNow(), UsedCount = 0,
                UsedMinor = 0,
        };

        // The back end's word on where the chain stands: after a lost store the numbers go on from there.
        Save(_book.Waiting.Count == 0 ? next with { Head = permission.Acknowledged, HeadHash = permission.Head } : next);
    }

    /// <summary>Closes the permission; sales that wait go on waiting.</summary>
    public void Close()
    {
        if (_book.Permission is not null)
        {
            Save(_book with { Permission = null });
        }
    }

    /// <summary>A permission was given and not closed; it may have ended since.</summary>
    public bool HasPermission => _book.Permission is not null;

    /// <summary>The permission in force now; null when there is none.</summary>
    public OfflinePermission? Permission()
    {
        if (_book.Permission is not { } message || Verify(message) is not { Verdict: Verdict.Trusted } permission)
        {
            return null;
        }

        DateTimeOffset now = _clock.GetUtcNow();
        bool putBack = now < _book.LastSeen - ClockTolerance;
        return putBack || BackendTime >= permission.ExpiresAt ? null : permission;
    }

    /// <summary>Why an amount cannot be taken now, as a reason code; null when it can.</summary>
    public string? Refusal(long amountMinor, string currency)
    {
        if (Permission() is not { } permission || permission.Currency != currency)
        {
            return ReasonCodes.OfflineNotPermitted;
        }

        OfflineTerms terms = permission.Terms;
        bool within = amountMinor <= terms.MaxAmountMinor && _book.UsedCount < terms.MaxCount && _book.UsedMinor
            + amountMinor <= terms.MaxTotalMinor;
        return !within ? ReasonCodes.OfflineLimitReached
            : _book.Waiting.Count >= OfflineTerms.MostRecords ? ReasonCodes.OfflineStoreFull
            : null;
    }

    /// <summary>The bytes of the permission, which stand in an offline request in the place of a result token.</summary>
    public byte[] PermissionMessage => _book.Permission ?? throw new InvalidOperationException("there is no permission");

    /// <summary>Stores a sale; durable when it returns.</summary>
    public WaitingSale Add(PaymentRequest request)
    {
        OfflineRecord record = new()
        {
            Sequence = _book.Head + 1,
            Previous = _book.HeadHash,
            TakenAt = DateTimeOffset.FromUnixTimeMilliseconds(BackendTime.ToUnixTimeMilliseconds()),
            Request = request.Encode(),
        };
        byte[] payload = record.Encode();
        _store.Write(Slot(record.Sequence), _sign(OfflineRecord.ContentType, payload));
        return Count(record, request, payload);
    }

    /// <summary>The signed record of a number; empty when it is gone or does not open.</summary>
    public byte[] Read(long sequence) => _store.Read(Slot(sequence)) is { } bytes && Decode(bytes) is { } found
        && found.Record.Sequence == sequence ? bytes : [];

    /// <summary>Forgets what the back end has.</summary>
    /// <param name="acknowledged">Number of the last record that it has.</param>
    public void Forget(long acknowledged)
    {
        WaitingSale[] gone = [.. _book.Waiting.Where(sale => sale.Sequence <= acknowledged)];
        if (gone.Length == 0)
        {
            return;
        }

        // The book first: a record that it does not count and that is not the next one is only overwritten later.
        Save(_book with { Waiting = [.. _book.Waiting.Where(sale => sale.Sequence > acknowledged)] });
        foreach (WaitingSale sale in gone)
        {
            _store.Delete(Slot(sale.Sequence));
        }
    }

    private static string Slot(long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"offline-{sequence % OfflineTerms.MostRecords}");

    private OfflinePermission? Verify(byte[] message) =>
        _permissionKey is { } key && OfflinePermission.TryVerify(message, key, out OfflinePermission permission) ? permission : null;

    private static (OfflineRecord Record, PaymentRequest Request, byte[] Payload)? Decode(byte[] bytes) =>
        SignedMessage.TryDecode(bytes.AsSpan(), out DecodedMessage decoded) && decoded.ContentType == OfflineRecord.ContentType
        && OfflineRecord.TryDecode(decoded.Payload, out OfflineRecord record)
            && PaymentRequest.TryDecode(record.Request, out PaymentRequest request, out _)
            ? (record, request, decoded.Payload.ToArray())
            : null;

    /// <summary>
    /// Records that are durable and that the book does not count: a crash came between the two, or the book alone was put back.
    /// </summary>
    private void TakeUp()
    {
        for (int i = 0; i < OfflineTerms.MostRecords; i++)
        {
            if (_store.Read(Slot(_book.Head + 1)) is not { } bytes || Decode(bytes) is not { } found
                || found.Record.Sequence != _book.Head + 1
                || !found.Record.Previous.AsSpan().SequenceEqual(_book.HeadHash))
            {
                return;
            }

            Count(found.Record, found.Request, found.Payload);
        }
    }

    private WaitingSale Count(OfflineRecord record, PaymentRequest request, byte[] payload)
    {
        WaitingSale sale = new(record.Sequence, request.PaymentId, request.AmountMinor, request.Currency, record.TakenAt);
        bool counts = _book.Permission is { } permission && request.ResultToken.AsSpan().SequenceEqual(permission);
        Save(_book with
        {
            Head = record.Sequence,
            HeadHash = OfflineRecord.HashOf(payload),
            UsedCount = _book.UsedCount + (counts ? 1 : 0),
            UsedMinor = _book.UsedMinor + (counts ? request.AmountMinor : 0),
            LastSeen = Later(_book.LastSeen, _clock.GetUtcNow()),
            Waiting = [.. _book.Waiting, sale],
        });
        return sale;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private void Save(OfflineBook book)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(book, OfflineJson.Default.OfflineBook);
        _store.Write(BookName, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        _book = book;
    }
}
