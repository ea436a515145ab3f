using System.Reflection;

namespace SoftPos.Contract.Tests;

public class ReasonCatalogueTests
{
    [Fact]
    public void Every_code_that_the_program_names_is_in_the_catalogue()
    {
        string[] codes = [.. typeof(ReasonCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];
        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.True(ReasonCatalogue.Contains(code), code));
    }

    [Fact]
    public void Every_reason_says_what_happened_and_what_to_do()
    {
        Assert.All(ReasonCatalogue.All, reason =>
        {
            Assert.Matches("^[A-Z][A-Z0-9_]+$", reason.Code);
            Assert.False(string.IsNullOrWhiteSpace(reason.TextIn("en")), reason.Code);
            Assert.False(string.IsNullOrWhiteSpace(reason.FixIn("en")), reason.Code);
            Assert.InRange(reason.Status, 200, 599);
            Assert.Contains(reason.Retry, (string[])["never", "same", "new"]);
        });
    }

    [Fact]
    public void The_merchant_redaction_holds_neither_claim_nor_value()
    {
        Finding finding = new()
        {
            Rule = "boot.locked", Reason = "BOOT_UNLOCKED", Claim = "android.rootOfTrust.deviceLocked", Value = "false-and-secret",
            EvidenceHash = new string('a', 64), Severity = Severity.Critical, Response = FindingResponse.Deny, Detail = "operator only",
        };
        string merchant = finding.ForMerchant("en").ToString();
        Assert.DoesNotContain("false-and-secret", merchant, StringComparison.Ordinal);
        Assert.DoesNotContain("rootOfTrust", merchant, StringComparison.Ordinal);
        Assert.DoesNotContain("operator only", merchant, StringComparison.Ordinal);
    }
}
