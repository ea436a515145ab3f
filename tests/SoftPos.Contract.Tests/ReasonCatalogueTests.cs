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
    public void Every_code_has_a_text_and_a_fix_in_every_shipped_language()
    {
        Assert.Equal(["en", "af", "ar", "de", "fr", "pt", "st", "sw", "xh", "zu"], ReasonCatalogue.Languages);
        foreach (string language in ReasonCatalogue.Languages)
        {
            Assert.All(ReasonCatalogue.All, reason =>
            {
                Assert.True(reason.Text.TryGetValue(language, out string? text) && !string.IsNullOrWhiteSpace(text), $"{reason.Code} {language}");
                Assert.True(reason.Fix.TryGetValue(language, out string? fix) && !string.IsNullOrWhiteSpace(fix), $"{reason.Code} {language}");
                Assert.True(language == "en" || text != reason.Text["en"], $"{reason.Code} {language} is English");
            });
        }
    }

    [Fact]
    public void Languages_that_no_speaker_has_read_are_marked_and_an_unknown_one_falls_back_to_English()
    {
        Assert.True(ReasonCatalogue.IsReviewed("en"));
        Assert.All(ReasonCatalogue.Languages.Skip(1), language => Assert.False(ReasonCatalogue.IsReviewed(language)));
        Assert.False(ReasonCatalogue.IsReviewed("xx"));
        Reason reason = ReasonCatalogue.Get("BATTERY_HOT");
        Assert.Equal(reason.Text["en"], reason.TextIn("xx"));
        Assert.Equal(reason.Fix["en"], reason.FixIn("xx"));
        Assert.NotEqual(reason.Text["en"], reason.TextIn("de"));
    }

    [Fact]
    public void No_merchant_text_names_what_goes_on_inside()
    {
        string[] internals = ["frida", "xposed", "magisk", "su-binary", "zygisk", "keybox", "certificate", "X.509", "COSE", "JWE", "nonce", "HSM", "claim", "Exception", "SQL", "://"];
        foreach (Reason reason in ReasonCatalogue.All)
        {
            foreach (string text in reason.Text.Values.Concat(reason.Fix.Values))
            {
                Assert.DoesNotContain(internals, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Theory]
    [InlineData("de")]
    [InlineData("ar")]
    [InlineData("zu")]
    public void A_finding_reaches_the_merchant_in_the_asked_language(string language)
    {
        Finding finding = new()
        {
            Rule = "boot.locked", Reason = "BOOT_UNLOCKED", Claim = "c", EvidenceHash = new string('a', 64),
            Severity = Severity.Critical, Response = FindingResponse.Deny, Detail = "operator only",
        };
        Assert.Equal(ReasonCatalogue.Get("BOOT_UNLOCKED").Text[language], finding.ForMerchant(language).Text);
        Assert.NotEqual(finding.ForMerchant("en").Text, finding.ForMerchant(language).Text);
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
