using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;

namespace SoftPos.Monitoring;

/// <summary>The policy in force, compiled, with the appraisers over it. Replaced as a whole: an appraisal is wholly under one version.</summary>
public sealed class LivePolicy
{
    private readonly VerifiedIssuers _issuers = new();
    private Engines _engines;

    /// <summary>Starts with a policy.</summary>
    public LivePolicy(CompiledPolicy policy) => _engines = EnginesOf(policy);

    /// <summary>The policy in force.</summary>
    public CompiledPolicy Current => Volatile.Read(ref _engines).Policy;

    internal HeartbeatAppraiser Heartbeats => Volatile.Read(ref _engines).Heartbeats;

    internal EnrolmentAppraiser Enrolments => Volatile.Read(ref _engines).Enrolments;

    internal void Use(CompiledPolicy policy) => Volatile.Write(ref _engines, EnginesOf(policy));

    private Engines EnginesOf(CompiledPolicy policy) =>
        new(policy, new HeartbeatAppraiser(policy), new EnrolmentAppraiser(policy, _issuers));

    private sealed record Engines(CompiledPolicy Policy, HeartbeatAppraiser Heartbeats, EnrolmentAppraiser Enrolments);
}
