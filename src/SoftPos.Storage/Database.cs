using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>
/// The store of one back end: the journal and the records, in one SQLite file. Writes go through <see cref="CommitAsync"/>, which returns when
/// they are durable; reads see the last commit. Failures are <see cref="StorageException"/>.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>Reading connections: reads are short and the machine's cores bound what more would bring.</summary>
    private const int MaxReaders = 8;

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Committer _committer;
    private readonly ICommitPath? _commitPath;
    private readonly ConcurrentBag<Session> _idleReaders = [];
    private readonly SemaphoreSlim _readers = new(MaxReaders, MaxReaders);
    private bool _closed;

    private Database(string path, FileStream processLock, Session writer, TimeProvider clock, ICommitPath? commitPath)
    {
        _commitPath = commitPath;
        _path = path;
        _lock = processLock;
        Clock = clock;
        Journal = new Journal(this);
        Terminals = new TerminalStore(this);
        TrustStatus = new TrustStatus(this);
        Merchants = new MerchantStore(this);
        ActivationCodes = new ActivationCodeStore(this);
        Payments = new PaymentStore(this);
        Batches = new BatchStore(this);
        Offline = new OfflineStore(this);
        Reconciliations = new ReconciliationStore(this);
        Sequences = new SequenceStore(this);
        EnvelopeSequences = new EnvelopeSequenceStore(this);
        KeySerials = new KeySerialStore(this);
        Keys = new KeyStore(this);
        Ceremonies = new CeremonyStore(this);
        Evidence = new EvidenceStore(this);
        AttestationCertificates = new AttestationCertificateStore(this);
        ConsoleUsers = new ConsoleUserStore(this);
        Settings = new SettingStore(this);
        ApiKeys = new ApiKeyStore(this);
        Idempotency = new IdempotencyStore(this);
        Orders = new PushedOrderStore(this);
        Webhooks = new WebhookStore(this);
        MerchantParts = new MerchantPartStore(this);
        Policies = new PolicyVersionStore(this);
        Rollouts = new RolloutStore(this);
        Exceptions = new PolicyExceptionStore(this, writer);
        EvidenceContexts = new EvidenceContextStore(this);
        Responses = new ResponseOrderStore(this, writer);
        Commands = new RemoteCommandStore(this, writer);
        Attendance = new AttendanceStore(this);
        Health = new HealthStore(this);
        Alarms = new AlarmStore(this);
        AlarmDeliveries = new AlarmDeliveryStore(this);
        Appeals = new AppealStore(this);
        _committer = new Committer(this, writer, clock);
    }

    /// <summary>The append-only journal.</summary>
    public Journal Journal { get; }

    /// <summary>Terminals.</summary>
    public TerminalStore Terminals { get; }

    /// <summary>Terminals as payments ask for them: cached, and never behind a commit.</summary>
    public TrustStatus TrustStatus { get; }

    /// <summary>Merchants.</summary>
    public MerchantStore Merchants { get; }

    /// <summary>One-time activation codes.</summary>
    public ActivationCodeStore ActivationCodes { get; }

    /// <summary>Payments.</summary>
    public PaymentStore Payments { get; }

    /// <summary>Settlement batches.</summary>
    public BatchStore Batches { get; }

    /// <summary>Reconciliation reports.</summary>
    public ReconciliationStore Reconciliations { get; }

    /// <summary>Chains and records of sales that terminals took offline.</summary>
    public OfflineStore Offline { get; }

    /// <summary>Numbers that are never given twice.</summary>
    public SequenceStore Sequences { get; }

    /// <summary>Numbers of terminals' envelopes.</summary>
    public EnvelopeSequenceStore EnvelopeSequences { get; }

    /// <summary>Last counters of initial keys.</summary>
    public KeySerialStore KeySerials { get; }

    /// <summary>Keys, sealed.</summary>
    public KeyStore Keys { get; }

    /// <summary>Ceremonies about keys, and their custodians.</summary>
    public CeremonyStore Ceremonies { get; }

    /// <summary>Raw evidence by hash.</summary>
    public EvidenceStore Evidence { get; }

    /// <summary>Which terminals were enrolled with which attestation certificates.</summary>
    public AttestationCertificateStore AttestationCertificates { get; }

    /// <summary>Users of the console and their one-time sign-in links.</summary>
    public ConsoleUserStore ConsoleUsers { get; }

    /// <summary>Named values of the installation.</summary>
    public SettingStore Settings { get; }

    /// <summary>API keys of integrators.</summary>
    public ApiKeyStore ApiKeys { get; }

    /// <summary>Requests under idempotency keys.</summary>
    public IdempotencyStore Idempotency { get; }

    /// <summary>Orders that are pushed to terminals.</summary>
    public PushedOrderStore Orders { get; }

    /// <summary>Webhook endpoints and deliveries.</summary>
    public WebhookStore Webhooks { get; }

    /// <summary>Stores and users of merchants.</summary>
    public MerchantPartStore MerchantParts { get; }

    /// <summary>Orders of operators against parts of the fleet.</summary>
    public ResponseOrderStore Responses { get; }

    /// <summary>Versions of the appraisal policy.</summary>
    public PolicyVersionStore Policies { get; }

    /// <summary>Roll-outs of policy versions, and rings.</summary>
    public RolloutStore Rollouts { get; }

    /// <summary>Exceptions from rules of the policy.</summary>
    public PolicyExceptionStore Exceptions { get; }

    /// <summary>What appraisals knew besides their evidence.</summary>
    public EvidenceContextStore EvidenceContexts { get; }

    /// <summary>Commands to terminals.</summary>
    public RemoteCommandStore Commands { get; }

    /// <summary>When terminals were heard and must be heard next.</summary>
    public AttendanceStore Attendance { get; }

    /// <summary>Series of health figures.</summary>
    public HealthStore Health { get; }

    /// <summary>Alarms.</summary>
    public AlarmStore Alarms { get; }

    /// <summary>What is owed to the receivers of alarms.</summary>
    public AlarmDeliveryStore AlarmDeliveries { get; }

    /// <summary>Appeals of merchants.</summary>
    public AppealStore Appeals { get; }

    /// <summary>Changes and transactions so far: their ratio is the mean size of a group commit.</summary>
    public (long Changes, long Transactions) Committed => (_committer.Changes, _committer.Batches);

    /// <summary>Changes that wait for the writer.</summary>
    public int Waiting => _committer.Waiting;

    internal TimeProvider Clock { get; }

    internal MerkleFrontier Frontier => _committer.Frontier;

    /// <summary>Opens the file, or makes it; one process at a time.</summary>
    /// <param name="path">Path of the database file; its folder is made when it is not there.</param>
    /// <param name="clock">Source of the journal's times.</param>
    /// <param name="commitPath">What changes pass before the disk in a simulation; null in a back end.</param>
    public static ValueTask<Database> OpenAsync(string path, TimeProvider clock, ICommitPath? commitPath = null)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream processLock = TakeLock(path + ".lock");
        Session? writer = null;
        try
        {
            writer = Session.OpenWriter(path);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            Schema.Migrate(writer);
            return ValueTask.FromResult(new Database(path, processLock, writer, clock, commitPath));
        }
        catch (Exception fault)
        {
            writer?.Dispose();
            processLock.Dispose();
            if (fault is SqliteException sqlite)
            {
                throw StorageException.From(sqlite);
            }

            throw;
        }
    }

    /// <summary>Makes a change durable, together with those of other callers. The task ends after the flush to disk.</summary>
    public Task<Commit> CommitAsync(Change change, CancellationToken cancellation = default) => _commitPath is null
        ? _committer.CommitAsync(change, cancellation)
        : _commitPath.CommitAsync(change, () => _committer.CommitAsync(change, cancellation));

    /// <summary>Copies the whole store into a new file, as of one commit, while reads and commits go on.</summary>
    /// <param name="path">The new file; its folder is made.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <returns>Entries of the journal in the copy.</returns>
    /// <exception cref="StorageException">The file is there already or cannot be written.</exception>
    public ValueTask<long> BackupAsync(string path, CancellationToken cancellation = default)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
        {
            throw new StorageException(StorageFailure.InUse, $"{path} is there already");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return ReadAsync(
            session =>
            {
                using Session copy = Session.OpenWriter(path);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }

                session.Connection.BackupDatabase(copy.Connection);

                // One file, so that it can be carried about.
                copy.Execute("PRAGMA journal_mode=DELETE");
                return copy.First("SELECT count(*) FROM journal", static r => r.GetInt64(0));
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        await _committer.DisposeAsync().ConfigureAwait(false);
        Journal.EndSubscriptions();
        for (int i = 0; i < MaxReaders; i++)
        {
            await _readers.WaitAsync().ConfigureAwait(false);
        }

        while (_idleReaders.TryTake(out Session? session))
        {
            session.Dispose();
        }

        _readers.Dispose();
        Sequences.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Runs a read on a connection of its own; SQLite's calls are synchronous and short.</summary>
    internal async ValueTask<T> ReadAsync<T>(Func<Session, T> read, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        await _readers.WaitAsync(cancellation).ConfigureAwait(false);
        Session? session = null;
        try
        {
            if (!_idleReaders.TryTake(out session))
            {
                session = Session.OpenReader(_path);
            }

            return read(session);
        }
        catch (SqliteException fault)
        {
            throw StorageException.From(fault);
        }
        finally
        {
            if (session is not null)
            {
                _idleReaders.Add(session);
            }

            _readers.Release();
        }
    }

    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (IOException fault)
        {
            throw new StorageException(StorageFailure.InUse, $"another process uses {Path.GetDirectoryName(path)}", fault);
        }
    }
}
