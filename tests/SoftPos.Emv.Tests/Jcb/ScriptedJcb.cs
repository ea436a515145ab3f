using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Jcb;

/// <summary>A JCB card as a script: without keys, so that without its own CDA bit it is asked for a cryptogram in the clear.</summary>
internal static class ScriptedJcb
{
    public const byte Echo = 0xDF;
    public const byte Generate = 0xAE;
    private const string Cdol = "9F02069F03069F1A0295055F2A029A039C019F37049F5303";

    public static ScriptedCard Card()
    {
        ScriptedCard card = new()
        {
            Pdol = "9F52019F3704",
            Combination = new Combination
            {
                Aid = Convert.FromHexString("A0000000651010"),
                KernelId = [5],
                Kinds = [TransactionKind.Purchase, TransactionKind.Refund, TransactionKind.CashAdvance],
                TransactionLimit = 100_000,
                FloorLimit = 0,
                CvmLimit = 5_000,
            },
        };
        Fill(card.Options, (EmvTag.Aip, "1880"), (EmvTag.Afl, "10010101"));
        Fill(
            card.Record,
            (EmvTag.Track2EquivalentData, "3540599999991047D30122010000000000"),
            (EmvTag.Pan, "3540599999991047"),
            (EmvTag.ExpirationDate, "301231"),
            (EmvTag.EffectiveDate, "200101"),
            (EmvTag.IssuerCountryCode, "0276"),
            (EmvTag.PanSequenceNumber, "01"),
            (EmvTag.Cdol1, Cdol),
            (EmvTag.ApplicationUsageControl, "FFC0"),
            (EmvTag.CardVersion, "0200"),
            (EmvTag.IacDefault, "0000000000"),
            (EmvTag.IacDenial, "0000000000"),
            (EmvTag.IacOnline, "0000000000"));
        Fill(
            card.Cryptogram,
            (EmvTag.Atc, "0042"),
            (EmvTag.Cryptogram, "1122334455667788"),
            (EmvTag.IssuerApplicationData, "06010203A40000"),
            (0x9F50, "00"));
        return card;
    }

    /// <summary>A card whose PDOL does not ask for 9F52, on a reader that takes such cards.</summary>
    public static ScriptedCard Legacy()
    {
        ScriptedCard card = Card();
        card.Pdol = null;
        card.Answers[0xA8] = _ => ScriptedCard.Done(0x80, Convert.FromHexString("180010010101"));
        card.Cryptogram[0x9F50] = null;
        Change(card, options => options with { LegacyMode = true });
        return card;
    }

    public static void Change(ScriptedCard card, Func<Kernel5Options, Kernel5Options> change) =>
        card.Combination = card.Combination with { Kernel5 = change(card.Combination.Kernel5) };

    /// <summary>The answer to GENERATE AC and to ECHO.</summary>
    public static byte[] Answer(ScriptedCard card, byte information) =>
        ScriptedCard.Done(0x77, [0x9F, 0x27, 0x01, information, .. card.Cryptogram.Encode()]);

    public static (OutcomeKind Kind, OutcomeReason Reason) Ends(ScriptedCard card)
    {
        Outcome outcome = card.Run();
        return (outcome.Kind, outcome.Reason);
    }

    private static void Fill(TlvMap map, params (uint Tag, string Hex)[] objects)
    {
        foreach ((uint tag, string hex) in objects)
        {
            map[tag] = Convert.FromHexString(hex);
        }
    }
}
