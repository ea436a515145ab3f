using System.Security.Cryptography;
using System.Text;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Certificates;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Attestation.Tests.Appraisal;

/// <summary>A key that was good at enrolment and is listed later.</summary>
public sealed class LaterRevocationTests : IDisposable
{
    private static readonly Guid Terminal = new("0193a5b0-0000-7000-8000-000000000001");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Theory]
    [Requirement("ATT-07", Partly = true)]
    [InlineData("""{"1f3":{"status":"REVOKED","reason":"KEY_COMPROMISE"}}""", Verdict.Denied, ReasonCodes.ChainRevoked)]
    [InlineData("""{"499":{"status":"REVOKED"}}""", Verdict.Denied, ReasonCodes.ChainRevoked)]
    [InlineData("""{"1f3":{"status":"SUSPENDED"}}""", Verdict.Limited, ReasonCodes.ChainSuspended)]
    [InlineData("""{"1f3":{"status":"SUSPENDED"},"499":{"status":"REVOKED"}}""", Verdict.Denied, ReasonCodes.ChainRevoked)]
    [InlineData("""{"1f4":{"status":"REVOKED"}}""", Verdict.Trusted, null)]
    public void The_next_evidence_is_held_against_the_list(string entries, Verdict verdict, string? reason)
    {
        AppraisalResult result = Appraise(entries, age: TimeSpan.FromHours(1));
        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(reason is null ? [] : [reason], result.Findings.Where(finding => finding.Response > FindingResponse.Notice).Select(finding => finding.Reason));
    }

    [Fact]
    public void A_list_older_than_a_week_proves_nothing_and_blames_nobody_else()
    {
        AppraisalResult result = Appraise("""{"1f4":{"status":"REVOKED"}}""", age: TimeSpan.FromDays(8));
        Assert.Equal(Verdict.Unknown, result.Verdict);
        Finding finding = result.Findings.Single(finding => finding.Reason == ReasonCodes.RevocationUnchecked);
        Assert.Equal(Owner.Us, ReasonCatalogue.Get(finding.Reason).Owner);
    }

    private AppraisalResult Appraise(string entries, TimeSpan age)
    {
        Assert.True(StatusList.TryParse(Encoding.UTF8.GetBytes("{\"entries\":" + entries + "}"), Heartbeats.Now - age, out StatusList? list, out _));
        byte[] nonce = new byte[32], seed = new byte[16];
        byte[] message = Heartbeats.Sign(_key, Heartbeats.Claims(Terminal, 1, nonce, seed));
        HeartbeatAppraiser appraiser = new(DefaultPolicy.For(["org.example.pos"], [Convert.ToHexStringLower(new byte[32])]));
        return appraiser.Appraise(new HeartbeatEvidence
        {
            Evidence = EvidenceVerifier.Verify(message, _key, Terminal),
            TerminalId = Terminal,
            Nonce = nonce,
            Seed = seed,
            LastSequence = 0,
            Enrolled = EnrolledFacts.None with { CertificateSerials = ["1f3", "5a"] },
            StatusList = list,
            Time = Heartbeats.Now,
        }).Result;
    }
}
