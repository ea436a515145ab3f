using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.AmericanExpress;

/// <summary>An American Express card as a script.</summary>
internal static class ScriptedAmericanExpress
{
    private const string Cdol = "9F02069F03069F1A0295055F2A029A039C019F37049F3501";

    public static ScriptedCard Card()
    {
        ScriptedCard card = new()
        {
            Combination = new Combination
            {
                Aid = Convert.FromHexString("A00000002501"),
                KernelId = [4],
                Kinds = [TransactionKind.Purchase],
                TransactionLimit = 100_000,
                FloorLimit = 0,
                CvmLimit = 5_000,
            },
        };
        Fill(card.Options, (EmvTag.Aip, "1880"), (EmvTag.Afl, "10010101"));
        Fill(
            card.Record,
            (EmvTag.Track2EquivalentData, "374245001741007D30122010000000000F"),
            (EmvTag.Pan, "374245001741007F"),
            (EmvTag.ExpirationDate, "301231"),
            (EmvTag.EffectiveDate, "200101"),
            (EmvTag.IssuerCountryCode, "0276"),
            (EmvTag.PanSequenceNumber, "00"),
            (EmvTag.Cdol1, Cdol),
            (EmvTag.CvmList, "000000000000000042031E031F03"),
            (EmvTag.ApplicationUsageControl, "FFC0"),
            (EmvTag.CardVersion, "0001"),
            (EmvTag.IacDefault, "0000000000"),
            (EmvTag.IacDenial, "0000000000"),
            (EmvTag.IacOnline, "0000000000"));
        Fill(
            card.Cryptogram,
            (EmvTag.Atc, "0042"),
            (EmvTag.Cryptogram, "1122334455667788"),
            (EmvTag.IssuerApplicationData, "06010103A00000"));
        return card;
    }

    private static void Fill(TlvMap map, params (uint Tag, string Hex)[] objects)
    {
        foreach ((uint tag, string hex) in objects)
        {
            map[tag] = Convert.FromHexString(hex);
        }
    }
}
