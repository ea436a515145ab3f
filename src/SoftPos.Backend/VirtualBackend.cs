using SoftPos.Backend.Alarms;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// The rooms of one node without a front door and without loops: its owner moves the time and says when the watch looks. The same rooms
/// over the same store as behind <see cref="BackendHost"/>, which opens the folder afterwards; a day of a fleet passes in minutes, and
/// passes the same way each time.
/// </summary>
public sealed class VirtualBackend : IAsyncDisposable
{
    private readonly Rooms _rooms;
    private readonly WatchModule _watch;

    private readonly TimeProvider _clock;
    private readonly TimeSpan _round;
    private DateTimeOffset _rounded;

    private VirtualBackend(Rooms rooms, WatchModule watch, TimeProvider clock, TimeSpan round) =>
        (_rooms, _watch, _clock, _round) = (rooms, watch, clock, round);

    /// <summary>The store.</summary>
    public Database Database => _rooms.Database;

    /// <summary>Challenges.</summary>
    public ChallengeStore Challenges => _rooms.Challenges;

    /// <summary>Enrolment.</summary>
    public Enrolment Enrolment => _rooms.Enrolment;

    /// <summary>Appraisal of evidence.</summary>
    public EvidenceAppraisal Appraisal => _rooms.Appraisal;

    /// <summary>Versions of the policy.</summary>
    public PolicyVersions Policies => _rooms.Policies;

    /// <summary>Roll-outs.</summary>
    public PolicyRollouts Rollouts => _rooms.Rollouts;

    /// <summary>The watch over silence.</summary>
    public SilenceWatch Silence => _watch.Silence;

    /// <summary>Alarms.</summary>
    public AlarmEngine Alarms => _watch.Engine;

    /// <summary>Opens the rooms.</summary>
    /// <exception cref="BackendStartException">The data folder cannot be used; the message says why.</exception>
    public static async Task<VirtualBackend> OpenAsync(BackendOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        Rooms rooms = await Rooms.OpenAsync(options, clock, cancellation);
        WatchModule watch = WatchModule.Create(rooms.Database, rooms.Monitoring, options, clock);
        await watch.OpenAsync(cancellation);
        return new VirtualBackend(rooms, watch, clock, options.Alarms.Round);
    }

    /// <summary>One look of everything that looks by itself in a running node.</summary>
    public async Task<RolloutStep?> LookAsync(CancellationToken cancellation)
    {
        RolloutStep? step = await _rooms.Rollouts.RoundAsync(cancellation);
        await _rooms.Exceptions.RoundAsync(cancellation);
        await Silence.RoundAsync(cancellation);
        if (_clock.GetUtcNow() - _rounded < _round)
        {
            await Alarms.FollowOnceAsync(cancellation);
            return step;
        }

        _rounded = _clock.GetUtcNow();
        await Alarms.LookAsync(cancellation);
        return step;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _rooms.DisposeAsync();
    }
}
