using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.UnionPay;

/// <summary>Kernel 7, where it differs from kernel 3, with a card that has no keys.</summary>
public sealed class Kernel7Tests
{
    [Fact]
    public void Electronic_cash_is_not_offered_and_an_online_cryptogram_is_asked_for()
    {
        ScriptedCard card = Card();

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, CvmKind.NoCvm), (outcome.Kind, outcome.Cvm));
        Assert.Equal(("24804080", "00"), (card.Sent(0xA8, EmvTag.Ttq), card.Sent(0xA8, 0x9F7A)));
        Assert.Equal("0000000000", Convert.ToHexString(outcome.DataRecord![EmvTag.Tvr]!));
    }

    [Fact]
    public void A_card_whose_PDOL_does_not_ask_for_the_qualifiers_is_left()
    {
        ScriptedCard card = Card();
        card.Pdol = "9F02069F3704";

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), Ends(card));
        Assert.Equal(0, card.Count(0xA8));
    }

    [Theory]
    [InlineData(0x6984, false, OutcomeKind.TryAnotherInterface, OutcomeReason.OtherInterfaceAsked)]
    [InlineData(0x6985, false, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    [InlineData(0x6986, false, OutcomeKind.EndApplication, OutcomeReason.Stopped)]
    [InlineData(0x6A81, false, OutcomeKind.EndApplication, OutcomeReason.CardStatus)]
    [InlineData(0x6A81, true, OutcomeKind.EndApplication, OutcomeReason.NoApplication)]
    public void A_status_of_the_options_command_has_its_outcome(int status, bool selectsNext, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = Card();
        card.Combination = card.Combination with { Kernel7 = new Kernel7Options { OtherStatusSelectsNext = selectsNext } };
        card.Answers[0xA8] = _ => [(byte)(status >> 8), (byte)(status & 0xFF)];

        Assert.Equal((kind, reason), Ends(card));
    }

    [Fact]
    public void Format_1_of_the_options_response_is_not_taken()
    {
        ScriptedCard card = Card();
        card.Answers[0xA8] = _ => ScriptedCard.Done(0x80, Convert.FromHexString("7C0010010100"));

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.BadCardData), Ends(card));
    }

    [Theory]
    [InlineData(EmvTag.Cryptogram)]
    [InlineData(EmvTag.Atc)]
    [InlineData(EmvTag.IssuerApplicationData)]
    [InlineData(EmvTag.Track2EquivalentData)]
    public void A_mandatory_object_is_missed(uint tag)
    {
        ScriptedCard card = Card();
        card.Options[tag] = null;

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.MissingCardData), Ends(card));
    }

    [Theory]
    [InlineData("07010103A0A80201", OutcomeKind.OnlineRequest, "80")]
    [InlineData("0701010390A80201", OutcomeKind.Declined, null)]
    [InlineData("0701010380A80201", OutcomeKind.Declined, null)]
    [InlineData("07010103B0A80201", OutcomeKind.Declined, null)]
    public void Without_cryptogram_information_the_results_of_the_card_give_the_type(string iad, OutcomeKind kind, string? information)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.CryptogramInformation] = null;
        card.Options[EmvTag.IssuerApplicationData] = Convert.FromHexString(iad);

        Outcome outcome = card.Run();

        Assert.Equal(kind, outcome.Kind);
        Assert.Equal(information, outcome.DataRecord?[EmvTag.CryptogramInformation] is { } cid ? Convert.ToHexString(cid) : null);
    }

    [Theory]

    // Qualifiers, those of the reader, amount above the limit, PIN beside the device; what comes of it.
    [InlineData("8000", "24004080", 1000, false, OutcomeKind.OnlineRequest, CvmKind.OnlinePin)]
    [InlineData("0080", "24004080", 1000, false, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("0080", "24004080", 5000, false, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("0080", "24004080", 5000, true, OutcomeKind.OnlineRequest, CvmKind.OnlinePin)]
    [InlineData("0080", "24004080", 1000, true, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("0080", "20004080", 5000, true, OutcomeKind.OnlineRequest, CvmKind.ConfirmationCodeVerified)]
    [InlineData("0080", "24000080", 1000, false, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("0080", "24000080", 5000, false, OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData("4000", "26004080", 1000, false, OutcomeKind.OnlineRequest, CvmKind.ObtainSignature)]
    [InlineData("4000", "24004080", 5000, false, OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData("0000", "24004080", 1000, false, OutcomeKind.OnlineRequest, CvmKind.NoCvm)]
    [InlineData("0000", "24004080", 5000, false, OutcomeKind.Declined, CvmKind.NoCvm)]
    public void The_qualifiers_of_the_card_choose_the_verification(
        string qualifiers, string ttq, long amount, bool pinBesideDevice, OutcomeKind kind, CvmKind cvm)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Ctq] = Convert.FromHexString(qualifiers);
        card.Request = card.Request with { AmountMinor = amount };
        card.Combination = card.Combination with { Ttq = Convert.FromHexString(ttq), Kernel7 = new Kernel7Options { PinEvenWithDevice = pinBesideDevice } };

        Outcome outcome = card.Run();

        Assert.Equal((kind, cvm), (outcome.Kind, outcome.Cvm));
    }

    [Theory]
    [InlineData(true, "26004080", OutcomeKind.OnlineRequest, CvmKind.OnlinePin)]
    [InlineData(true, "22004080", OutcomeKind.Declined, CvmKind.NoCvm)]
    [InlineData(false, "26004080", OutcomeKind.Declined, CvmKind.NoCvm)]
    public void A_card_without_qualifiers_is_asked_for_its_PIN_or_declined(bool asksPin, string ttq, OutcomeKind kind, CvmKind cvm)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Ctq] = null;
        card.Request = card.Request with { AmountMinor = 5000 };
        card.Combination = card.Combination with { Ttq = Convert.FromHexString(ttq), Kernel7 = new Kernel7Options { PinForMissingQualifiers = asksPin } };

        Outcome outcome = card.Run();

        Assert.Equal((kind, cvm), (outcome.Kind, outcome.Cvm));
    }

    [Theory]
    [InlineData("01112233440080", OutcomeKind.OnlineRequest)]
    [InlineData("01112233448000", OutcomeKind.Declined)]
    [InlineData("0111223344", OutcomeKind.Declined)]
    public void A_claim_of_the_device_equals_its_signed_copy(string related, OutcomeKind kind)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Ctq] = [0x00, 0x80];
        card.Options[EmvTag.CardAuthenticationData] = Convert.FromHexString(related);

        Assert.Equal(kind, card.Run().Kind);
    }

    [Fact]
    public void A_listed_account_is_refused_although_it_would_go_online()
    {
        ScriptedCard card = Card();
        card.ExceptionFile.Add("6210948000000011");

        Assert.Equal((OutcomeKind.Declined, OutcomeReason.ExceptionFile), Ends(card));
    }

    [Fact]
    public void The_number_of_an_identity_document_is_never_stored()
    {
        ScriptedCard card = Card();
        card.Record[0x9F61] = "CANARY-IDENTITY"u8.ToArray();
        card.Record[0x9F62] = [0x00];
        card.Record[0x9F63] = new byte[16];
        List<string> notes = [];
        card.Reader.Notes = note => notes.Add(note.ToString());

        Outcome outcome = card.Run();

        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.NotNull(outcome.DataRecord![0x9F63]);
        foreach (TlvMap? map in (TlvMap?[])[outcome.DataRecord, outcome.DiscretionaryData, outcome.Account!.Reveal()])
        {
            Assert.False(map?.Contains(0x9F61) ?? false);
            Assert.False(map?.Contains(0x9F62) ?? false);
        }

        Assert.DoesNotContain(notes, note => note.Contains("CANARY", StringComparison.Ordinal) || note.Contains("43414E415259", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("4761739001010010", OutcomeKind.EndApplication, OutcomeReason.BrandMismatch)]
    [InlineData("8171999900000018", OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked)]
    public void A_number_of_another_brand_is_refused(string pan, OutcomeKind kind, OutcomeReason reason)
    {
        ScriptedCard card = Card();
        card.Options[EmvTag.Track2EquivalentData] = Convert.FromHexString(pan + "D30122010000000000");
        card.Record[EmvTag.Pan] = Convert.FromHexString(pan);

        Assert.Equal((kind, reason), Ends(card));
    }

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
                Aid = Convert.FromHexString("A0000003330101"),
                KernelId = [7],
                Kinds = [TransactionKind.Purchase],
                TransactionLimit = 100_000,
                FloorLimit = 0,
                CvmLimit = 5_000,
                Ttq = Convert.FromHexString("24004080"),
            },
            Pdol = "9F66049F02069F37045F2A029F7A01",
        };
        foreach ((uint tag, string hex) in ((uint Tag, string Hex)[])
        [
            (EmvTag.Aip, "7C00"), (EmvTag.Afl, "10010101"), (EmvTag.Track2EquivalentData, "6210948000000011D30122010000000000"),
            (EmvTag.IssuerApplicationData, "07010103A0A80201"), (EmvTag.Cryptogram, "1122334455667788"), (EmvTag.CryptogramInformation, "80"),
            (EmvTag.Atc, "0042"), (EmvTag.Ctq, "0000"),
        ])
        {
            card.Options[tag] = Convert.FromHexString(hex);
        }

        card.Record[EmvTag.Pan] = Convert.FromHexString("6210948000000011");
        card.Record[EmvTag.ExpirationDate] = Convert.FromHexString("301231");
        return card;
    }
}
