using SoftPos.Emv.Authentication;
using SoftPos.Emv.EntryPoint;

namespace SoftPos.Emv.Rules;

/// <summary>Combined DDA of one transaction: what can be seen before the cryptogram, and the check of the signature after it.</summary>
internal sealed class CombinedAuthentication(KernelActivation activation, IKernelObjects data, StaticDataCollector collector)
{
    private static readonly uint[] Needed =
    [
        EmvTag.CaKeyIndex, EmvTag.IssuerCertificate, EmvTag.IssuerKeyExponent, EmvTag.IccCertificate, EmvTag.IccKeyExponent,
        EmvTag.SdaTagList,
    ];

    private byte[]? _staticData;

    /// <summary>
    /// What CDA needs; a fault of the tag list gives false, all else is for the action codes (Book C-2, S456.24 to S456.28).
    /// </summary>
    /// <param name="clause">Clause of the notes.</param>
    /// <param name="needsTagList">The static data tag list must be there.</param>
    /// <param name="tvr">Bits to set; with "CDA failed" a signature need not be asked for.</param>
    public bool TryPrepare(string clause, bool needsTagList, out Tvr tvr)
    {
        tvr = default;
        if (Needed.Any(tag => !data.IsNotEmpty(tag) && (needsTagList || tag is not EmvTag.SdaTagList)))
        {
            activation.Notes?.Add(clause, "objects for CDA are missing");
            tvr |= Tvr.CardDataMissing | Tvr.CdaFailed;
        }
        else if (activation.Configuration.CaKeys.Find(activation.AdfName.AsSpan(0, 5), data.Card[EmvTag.CaKeyIndex]![0]) is null)
        {
            activation.Notes?.Add(clause, $"CA key {data.Card[EmvTag.CaKeyIndex]![0]:X2} is not known");
            tvr |= Tvr.CdaFailed;
        }

        if (data.IsNotEmpty(EmvTag.SdaTagList) && data.Card[EmvTag.SdaTagList] is not [0x82])
        {
            return false;
        }

        StaticData();
        if (collector.Fault is not null)
        {
            tvr |= Tvr.CdaFailed;
        }

        return true;
    }

    /// <summary>Card objects, static data and keys for a check.</summary>
    public OdaInput Input(string pan) => new(
        data.Card, StaticData(), activation.AdfName.AsMemory(0, 5), pan, activation.Request.Date, activation.Configuration.CaKeys)
    {
        StaticDataFault = collector.Fault,
    };

    /// <summary>Verifies the signature over what was exchanged.</summary>
    public OdaResult Verify(string clause, string pan, CdaInput exchanged)
    {
        OdaResult result = OfflineDataAuthentication.VerifyCda(Input(pan), exchanged);
        string verdict = result.Failure is { } failure ? $"failed at {failure}" : "valid";
        activation.Notes?.Add(clause, $"CDA: {verdict}, keys of {string.Join(", ", result.KeyBits)} bits");
        return result;
    }

    /// <summary>The same for a signature in the answer to GENERATE AC; one that is not there is a failure.</summary>
    public OdaResult Verify(string clause, string pan, GenerateExchange exchange) => data.Card[EmvTag.SignedDynamicData] is null
        ? new OdaResult(OdaMethod.Cda, new OdaFailure(OdaStep.SignedDynamicData, OdaFault.Missing))
        : Verify(
            clause,
            pan,
            new CdaInput(
                exchange.PdolValues,
                exchange.CdolValues,
                exchange.Response,
                data.Card[EmvTag.CryptogramInformation]![0],
                data[EmvTag.UnpredictableNumber]!,
                default));

    /// <summary>Takes cryptogram and dynamic number out of a valid signature; false when another cryptogram came in the clear.</summary>
    public bool Accept(OdaResult valid)
    {
        if (data.Card[EmvTag.Cryptogram] is { } clear && !clear.AsSpan().SequenceEqual(valid.Cryptogram))
        {
            return false;
        }

        data.Card[EmvTag.Cryptogram] = valid.Cryptogram!;
        data.Card[EmvTag.IccDynamicNumber] = valid.IccDynamicNumber!;
        return true;
    }

    private byte[] StaticData() => _staticData ??= collector.Complete(data.Card[EmvTag.SdaTagList], data.Card[EmvTag.Aip]);
}
