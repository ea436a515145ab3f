using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Runs every probe in the order of the challenge's seed and puts what the phone says of itself beside it. Judges nothing.</summary>
internal sealed class EvidenceGatherer(TerminalPlatform platform)
{
    public EvidenceClaims Gather(Challenge challenge, ChallengePurpose purpose, Enrolment enrolment, long sequence, HealthCounts counts)
    {
        PhoneDescription phone = platform.Describe();
        List<Measurement> measurements = Measure(platform.Probes, challenge.Seed);
        return new EvidenceClaims
        {
            Nonce = challenge.Nonce,
            TerminalId = enrolment.TerminalId,
            DeviceTime = platform.Clock.GetUtcNow(),
            Purpose = purpose,
            Sequence = sequence,
            SdkVersion = Sdk.Version,
            Package = ClaimText.Bound(phone.Package),
            SignerDigest = phone.SignerDigest,
            Installer = ClaimText.Bound(phone.Installer),
            Model = ClaimText.Bound(phone.Model),
            OsVersion = ClaimText.Bound(phone.OsVersion),
            OsPatch = phone.OsPatch,
            Measurements = measurements,
            MeasurementChain = MeasurementOrder.Chain(measurements, challenge.Seed),
            Health = BoundHealth(WithCounts(Figures(enrolment.Offline), counts)),
        };
    }

    /// <summary>
    /// The phone's figures, and how many sales it has taken offline: by that the back end sees records that were deleted.
    /// </summary>
    private IReadOnlyDictionary<string, double> Figures(OfflineQueue offline) => offline.Head == 0
        ? platform.ReadHealth()
        : new Dictionary<string, double>(platform.ReadHealth())
        {
            [OfflineFigures.Sequence] = offline.Head, [OfflineFigures.Waiting] = offline.Waiting.Count,
        };

    internal static List<Measurement> Measure(IReadOnlyList<IProbe> probes, ReadOnlySpan<byte> seed)
    {
        Dictionary<string, IProbe> byId = probes.ToDictionary(probe => probe.Id, StringComparer.Ordinal);
        return [.. MeasurementOrder.Of(byId.Keys, seed).Select(id => RunOne(byId[id]))];
    }

    /// <summary>A probe that fails is reported as unavailable, which the policy judges; it never silences the others.</summary>
    private static Measurement RunOne(IProbe probe)
    {
        try
        {
            Measurement measurement = probe.Run();
            return measurement with { Probe = probe.Id, Detail = ClaimText.Bound(measurement.Detail) };
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return new Measurement(probe.Id, MeasurementResult.Unavailable, fault.GetType().Name);
        }
    }

    /// <summary>What the platform says, and what the SDK counted itself.</summary>
    private static Dictionary<string, double> WithCounts(IReadOnlyDictionary<string, double> health, HealthCounts counts)
    {
        Dictionary<string, double> all = new(health, StringComparer.Ordinal);
        foreach ((string figure, int count) in new[]
        {
            ("startsSinceLast", counts.Starts), ("tapsSinceLast", counts.Taps), ("failedTapsSinceLast", counts.FailedTaps),
        })
        {
            all[figure] = all.GetValueOrDefault(figure) + count;
        }

        return all;
    }

    private static Dictionary<string, double> BoundHealth(IReadOnlyDictionary<string, double> health) => health
        .Where(figure => double.IsFinite(figure.Value) && figure.Key.Length <= EvidenceClaims.MaxText)
        .OrderBy(figure => figure.Key, StringComparer.Ordinal)
        .Take(EvidenceClaims.MaxHealth)
        .ToDictionary(StringComparer.Ordinal);
}
