using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Tests.Discover;

/// <summary>Kernel 6, step by step, with a card that has no keys: a signature of it is always wrong.</summary>
public sealed class Kernel6Tests
{
    [Theory]
    [InlineData(0x6984, OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked)]
    [InlineData(0x6985, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(0x6986, OutcomeKind.EndApplication, OutcomeReason.Stopped)]
    [InlineData(0x6A81, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    public void A_status_of_the_options_command_has_its_outcome(int status, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = Card();
        card.Answers[0xA8] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];

        Assert.Equal((kind, reason), Ends(card));
    }

    [Fact]
    public void An_online_cryptogram_goes_online_with_results_of_zeros()
    {
        Outcome outcome = Card().Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
        Assert.Equal("0000000000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
        Assert.Equal("1F0002", Convert.ToHexString(outcome.DataRecord![EmvTag.CvmResults]!));
    }

    [Theory]
    [InlineData(EmvTag.Atc, null)]
    [InlineData(EmvTag.CryptogramInformation, null)]
    [InlineData(EmvTag.IssuerApplicationData, null)]
    [InlineData(EmvTag.IssuerApplicationData, "011500000000000000")]
    [InlineData(0x9F71, null)]
    [InlineData(0x9F71, "00CB00")]
    public void A_mandatory_object_is_missed_and_the_next_application_tried(uint tag, string? value)
    {
        ScriptedCard card = Card();
        card.Options[tag] = value is null ? null : Convert.FromHexString(value);

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), Ends(card));
        Assert.Equal(0, card.Count(0xB2));
    }

    [Fact]
    public void A_cryptogram_is_there_in_the_clear_or_the_transaction_ends()
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Cryptogram] = null;

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), Ends(card));
    }

    [Theory]
    [InlineData(false, "25004000", OutcomeKind.EndApplication, OutcomeReason.BadCardData)]
    [InlineData(true, "24004000", OutcomeKind.EndApplication, OutcomeReason.BadCardData)]
    [InlineData(true, "25004000", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    public void A_signature_beside_an_online_cryptogram_is_taken_by_a_switch_only(bool isOn, string ttq, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.SignedDynamicData] = new byte[128];
        card.Options[0x9F71] = [0x00, 0x00];
        foreach ((uint tag, string hex) in Certificates)
        {
            card.Record[tag] = Convert.FromHexString(hex);
        }

        card.Combination = card.Combination with { Ttq = Convert.FromHexString(ttq), Kernel6 = new Kernel6Options { OdaForOnline = isOn } };

        Assert.Equal((kind, reason), Ends(card));
    }

    [Fact]
    public void Without_records_the_answer_holds_everything_itself()
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Afl] = null;
        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), Ends(card));

        foreach ((uint tag, string hex) in ((uint Tag, string Hex)[])
        [
            (EmvTag.Track2EquivalentData, "6011000990139424D30122010000000000"), (EmvTag.PanSequenceNumber, "01"),
            (EmvTag.ApplicationUsageControl, "FFC0"), (EmvTag.EffectiveDate, "190101"), (EmvTag.CardVersion, "0001"), (EmvTag.ExpirationDate, "301231"),
        ])
        {
            card.Options[tag] = Convert.FromHexString(hex);
        }

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked), Ends(card));
        Assert.Equal(0, card.Count(0xB2));
    }

    [Theory]

    // Requirements, results of the card, qualifiers, amount; what comes of it. Byte 2: 02 falls back to signature, 01 to none.
    [InlineData("80CB", "00", "24004000", 1000, OutcomeKind.OnlineRequest, CvmKind.OnlinePin)]
    [InlineData("80CB", "00", "22004000", 1000, OutcomeKind.OnlineRequest, CvmKind.ObtainSignature)]
    [InlineData("80C9", "00", "22004000", 1000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("40C8", "00", "22004000", 1000, OutcomeKind.OnlineRequest, CvmKind.ObtainSignature)]
    [InlineData("10CB", "02", "24004000", 1000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("10CB", "02", "24004000", 5000, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("10CB", "03", "26004000", 5000, OutcomeKind.OnlineRequest, CvmKind.ObtainSignature)]
    [InlineData("10CB", "00", "24004000", 5000, OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData("10C8", "03", "24004000", 5000, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("10CB", "02", "24000000", 5000, OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData("00C8", "00", "24004000", 5000, OutcomeKind.EndApplication, CvmKind.NotApplicable)]
    [InlineData("00C8", "00", "34004000", 5000, OutcomeKind.TryAnotherInterface, CvmKind.NotApplicable)]
    [InlineData("00CB", "00", "24004000", 5000, OutcomeKind.Declined, CvmKind.NoCvm)]
    public void The_requirements_of_the_card_choose_the_verification(
        string requirements, string results, string ttq, long amount, OutcomeKind kind, CvmKind cvm)
    {
        ScriptedCard card = Card();
        card.Options[0x9F71] = Convert.FromHexString(requirements);
        card.Options[EmvTag.IssuerApplicationData] = Convert.FromHexString($"0115A0{results}000000000000");
        card.Request = card.Request with { AmountMinor = amount };
        card.Combination = card.Combination with { Ttq = Convert.FromHexString(ttq) };

        Outcome outcome = card.Run();

        Assert.Equal((kind, cvm), (outcome.Kind, outcome.Cvm));
    }

    [Theory]
    [InlineData(true, true, "000808", OutcomeKind.Declined)]
    [InlineData(false, true, "000808", OutcomeKind.OnlineRequest)]
    [InlineData(false, true, "004008", OutcomeKind.EndApplication)]
    [InlineData(false, false, "004008", OutcomeKind.OnlineRequest)]
    public void A_fallback_to_no_verification_is_the_merchants_choice(bool declines, bool needsCapability, string capabilities, OutcomeKind kind)
    {
        ScriptedCard card = Card();
        card.TerminalObjects[EmvTag.TerminalCapabilities] = Convert.FromHexString(capabilities);
        card.Request = card.Request with { AmountMinor = 5000 };
        card.Combination = card.Combination with
        {
            Kernel6 = new Kernel6Options { DeclineNoCvmAboveLimit = declines, NoCvmNeedsCapability = needsCapability },
        };

        Assert.Equal(kind, card.Run().Kind);
    }

    [Theory]

    // Cryptogram, requirements, qualifiers, expiry, effective date, usage; a TC carries a wrong signature.
    [InlineData("80", "0000", "24004000", "251231", "190101", "FFC0", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("80", "0004", "24004000", "251231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.Expired)]
    [InlineData("80", "0008", "24004000", "251231", "190101", "FFC0", OutcomeKind.OnlineRequest, OutcomeReason.OnlineExpired)]
    [InlineData("80", "000C", "24004000", "251231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.Expired)]
    [InlineData("80", "0000", "24004000", "301231", "280101", "FFC0", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    [InlineData("80", "0000", "24004000", "301231", "190101", "0000", OutcomeKind.Declined, OutcomeReason.UsageNotAllowed)]
    [InlineData("80", "0000", "2C004000", "301231", "280101", "FFC0", OutcomeKind.Declined, OutcomeReason.ReaderOfflineOnly)]
    [InlineData("80", "0080", "3C004000", "301231", "280101", "FFC0", OutcomeKind.TryAnotherInterface, OutcomeReason.ReaderOfflineOnly)]
    [InlineData("00", "00CB", "24004000", "301231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.CardDeclined)]
    [InlineData("C0", "0000", "24004000", "301231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.CryptogramTypeUnknown)]
    [InlineData("40", "0000", "24004000", "301231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.OfflineWhereOnlineRequired)]
    [InlineData("40", "0020", "24004000", "301231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    [InlineData("40", "0020", "34004000", "301231", "190101", "FFC0", OutcomeKind.TryAnotherInterface, OutcomeReason.AuthenticationFailed)]
    [InlineData("40", "0040", "24004000", "301231", "190101", "FFC0", OutcomeKind.Declined, OutcomeReason.AuthenticationFailed)]
    public void The_figure_of_the_decision(
        string cid, string requirements, string ttq, string expiry, string effective, string usage, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.CryptogramInformation] = Convert.FromHexString(cid);
        card.Options[0x9F71] = Convert.FromHexString(requirements);
        card.Record[EmvTag.ExpirationDate] = Convert.FromHexString(expiry);
        card.Record[EmvTag.EffectiveDate] = Convert.FromHexString(effective);
        card.Record[EmvTag.ApplicationUsageControl] = Convert.FromHexString(usage);
        card.Combination = card.Combination with { Ttq = Convert.FromHexString(ttq) };
        if (cid == "40")
        {
            card.Options[EmvTag.Cryptogram] = null;
            card.Options[EmvTag.SignedDynamicData] = new byte[128];
            foreach ((uint tag, string hex) in Certificates)
            {
                card.Record[tag] = Convert.FromHexString(hex);
            }
        }

        Assert.Equal((kind, reason), Ends(card));
    }

    [Fact]
    public void A_refusal_with_the_word_loyalty_is_no_approval()
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.CryptogramInformation] = [0x00];
        card.Options[0x9F71] = [0x20, 0x00];
        card.Options[EmvTag.SignedDynamicData] = new byte[128];
        card.Combination = card.Combination with { Kernel6 = new Kernel6Options { LoyaltyApproval = true } };

        // Not without a valid signature, even where the merchant takes it.
        Assert.Equal((OutcomeKind.Declined, OutcomeReason.CardDeclined), Ends(card));
    }

    [Theory]
    [InlineData("0276", 0x10, true)]
    [InlineData("0840", 0x10, true)]
    [InlineData("0276", 0x08, false)]
    public void The_card_says_itself_whether_it_is_at_home(string country, byte result, bool isAllowed)
    {
        ScriptedCard card = Card();
        card.Record[EmvTag.IssuerCountryCode] = Convert.FromHexString(country);
        card.Record[EmvTag.ApplicationUsageControl] = [0x29, 0x00];
        card.Options[EmvTag.IssuerApplicationData] = [0x01, 0x15, 0xA0, result, 0, 0, 0, 0, 0, 0];

        Assert.Equal(isAllowed ? OutcomeKind.OnlineRequest : OutcomeKind.Declined, card.Run().Kind);
    }

    [Fact]
    public void A_listed_account_is_refused()
    {
        ScriptedCard card = Card();
        card.ExceptionFile.Add("6011000990139424");

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ExceptionFile), Ends(card));
    }

    private static readonly (uint Tag, string Hex)[] Certificates =
        [(EmvTag.CaKeyIndex, "01"), (EmvTag.IssuerCertificate, "00"), (EmvTag.IssuerKeyExponent, "03"), (EmvTag.IccCertificate, "00"), (EmvTag.IccKeyExponent, "03")];

    private static (OutcomeKind Kind, OutcomeReason Reason) Ends(ScriptedCard card)
    {
        Outcome outcome = card.Run();
        return (outcome.Kind, outcome.Reason);
    }

    private static ScriptedCard Card()
    {
        ScriptedCard card = new()
        {
            Combination = new Combination
            {
                Aid = Convert.FromHexString("A0000001523010"),
                KernelId = [6],
                Kinds = [TransactionKind.Purchase],
                TransactionLimit = 100_000,
                FloorLimit = 0,
                CvmLimit = 5_000,
                Ttq = Convert.FromHexString("24004000"),
            },
            Pdol = "9F66049F02069F37045F2A02",
        };
        foreach ((uint tag, string hex) in ((uint Tag, string Hex)[])
        [
            (EmvTag.Aip, "1900"), (EmvTag.Afl, "10010101"), (EmvTag.IssuerApplicationData, "0115A000000000000000"),
            (EmvTag.Cryptogram, "1122334455667788"), (EmvTag.CryptogramInformation, "80"), (EmvTag.Atc, "0042"), (0x9F71, "00CB"),
        ])
        {
            card.Options[tag] = Convert.FromHexString(hex);
        }

        foreach ((uint tag, string hex) in ((uint Tag, string Hex)[])
        [
            (EmvTag.Track2EquivalentData, "6011000990139424D30122010000000000"), (EmvTag.Pan, "6011000990139424"), (EmvTag.ExpirationDate, "301231"),
            (EmvTag.EffectiveDate, "190101"), (EmvTag.IssuerCountryCode, "0276"), (EmvTag.ApplicationUsageControl, "FFC0"), (EmvTag.CardVersion, "0001"),
        ])
        {
            card.Record[tag] = Convert.FromHexString(hex);
        }

        return card;
    }
}
