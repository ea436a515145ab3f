using System.Security.Cryptography;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Authentication;

/// <summary>Everything that offline data authentication needs beside the objects that the card gave.</summary>
/// <param name="Card">Objects from the card: 8F, 90, 92, 9F32, 9F46, 9F47, 9F48, 93, 9F4B, 9F69, 9F36, 9F4A, 82.</param>
/// <param name="StaticData">Collected records with the AIP where the tag list asks for it.</param>
/// <param name="Rid">First five bytes of the DF name.</param>
/// <param name="Pan">Digits of the PAN.</param>
/// <param name="Date">Transaction date.</param>
/// <param name="Keys">CA keys and revocations.</param>
public sealed record OdaInput(TlvMap Card, ReadOnlyMemory<byte> StaticData, ReadOnlyMemory<byte> Rid, string Pan, DateOnly Date, CaKeySet Keys)
{
    /// <summary>Fault found while the static data was collected.</summary>
    public OdaFault? StaticDataFault { get; init; }

    /// <summary>Leaves the PAN out.</summary>
    public override string ToString() => $"OdaInput {Convert.ToHexString(Rid.Span)}";
}

/// <summary>What kernel 2 has exchanged, to be found again in a CDA signature.</summary>
/// <param name="PdolValues">Values sent in GET PROCESSING OPTIONS.</param>
/// <param name="CdolValues">Values sent in GENERATE AC.</param>
/// <param name="ResponseValue">Value of template 77 of the GENERATE AC response, as received.</param>
/// <param name="CryptogramInformation">9F27 of the response.</param>
/// <param name="UnpredictableNumber">9F37.</param>
/// <param name="RelayData">Fourteen bytes of relay resistance data when it was performed, else empty.</param>
public sealed record CdaInput(
    ReadOnlyMemory<byte> PdolValues,
    ReadOnlyMemory<byte> CdolValues,
    ReadOnlyMemory<byte> ResponseValue,
    byte CryptogramInformation,
    ReadOnlyMemory<byte> UnpredictableNumber,
    ReadOnlyMemory<byte> RelayData);

/// <summary>SDA, fDDA and CDA with RSA (EMV Book 2, 5 and 6; Book C-3, annex C).</summary>
public static class OfflineDataAuthentication
{
    private const byte SignedStaticFormat = 0x03;
    private const byte SignedDynamicFormat = 0x05;

    /// <summary>Format of a dynamic signature that goes with an online cryptogram.</summary>
    private const byte OnlineDynamicFormat = 0x95;

    /// <summary>Verifies fDDA (C-3). Version 0 signs the unpredictable number only, version 1 also amount, currency and 9F69.</summary>
    /// <param name="input">Card objects and keys.</param>
    /// <param name="unpredictableNumber">9F37 as sent.</param>
    /// <param name="amount">9F02 as sent.</param>
    /// <param name="currency">5F2A as sent.</param>
    /// <param name="withOnlineCryptogram">The card returned an ARQC; the signature may then have format 95.</param>
    /// <param name="acceptVersion0">Accept a card without 9F69.</param>
    public static OdaResult VerifyFdda(
        OdaInput input,
        ReadOnlyMemory<byte> unpredictableNumber,
        ReadOnlyMemory<byte> amount,
        ReadOnlyMemory<byte> currency,
        bool withOnlineCryptogram,
        bool acceptVersion0)
    {
        byte[]? cardData = input.Card[EmvTag.CardAuthenticationData];
        int version = cardData is { Length: > 0 } ? cardData[0] : 0;
        OdaResult result = new(OdaMethod.Fdda, null) { FddaVersion = version };
        if (version > 1 || (version == 0 && (cardData is not null || !acceptVersion0)))
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.Version);
        }

        if (TryRecoverCardKey(input, out RsaPublicKey key, out List<int> bits) is { } broken)
        {
            return result with { Failure = broken, KeyBits = bits };
        }

        result = result with { KeyBits = bits };
        byte[] signature = input.Card[EmvTag.SignedDynamicData] ?? [];
        OdaFault? fault = RecoveredData.TryRecover(key, signature, SignedDynamicFormat, out byte[] data);
        if (fault is OdaFault.Format && withOnlineCryptogram)
        {
            fault = RecoveredData.TryRecover(key, signature, OnlineDynamicFormat, out data);
        }

        fault ??= (version == 0
                ? RecoveredData.HashMatches(data, unpredictableNumber)
                : RecoveredData.HashMatches(data, unpredictableNumber, amount, currency, cardData))
            ? null
            : OdaFault.Hash;
        fault ??= !RecoveredData.IsSha1(data[2]) ? OdaFault.Algorithm : null;
        if (fault is { } found)
        {
            return Failed(result, OdaStep.SignedDynamicData, found);
        }

        // ICC dynamic data: length 2 and the counter (C-3, annex C).
        byte[]? counter = input.Card[EmvTag.Atc];
        ReadOnlySpan<byte> dynamicData = DynamicData(data);
        if (dynamicData.Length < 3 || dynamicData[0] < 2 || dynamicData[0] > dynamicData.Length - 1
            || !dynamicData.Slice(1, dynamicData[0]).SequenceEqual(counter))
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.Counter);
        }

        return result with { IccDynamicNumber = counter };
    }

    /// <summary>Verifies signed static application data 93 (EMV Book 2, 5.4).</summary>
    public static OdaResult VerifySda(OdaInput input)
    {
        OdaResult result = new(OdaMethod.Sda, null);
        if (TryRecoverIssuerKey(input, out RsaPublicKey issuer, out List<int> bits) is { } broken)
        {
            return result with { Failure = broken, KeyBits = bits };
        }

        result = result with { KeyBits = bits };
        if (input.StaticDataFault is { } staticFault)
        {
            return Failed(result, OdaStep.StaticData, staticFault);
        }

        OdaFault? fault = RecoveredData.TryRecover(issuer, input.Card[EmvTag.SignedStaticData], SignedStaticFormat, out byte[] data);
        fault ??= RecoveredData.HashMatches(data, input.StaticData) ? null : OdaFault.Hash;
        fault ??= RecoveredData.IsSha1(data[2]) ? null : OdaFault.Algorithm;
        return fault is { } found
            ? Failed(result, OdaStep.SignedStaticData, found)
            : result with { DataAuthenticationCode = data[3..5] };
    }

    /// <summary>Verifies a contact DDA signature over the DDOL values (EMV Book 2, 6.5).</summary>
    public static OdaResult VerifyDda(OdaInput input, ReadOnlyMemory<byte> ddolValues)
    {
        OdaResult result = new(OdaMethod.Dda, null);
        if (TryRecoverCardKey(input, out RsaPublicKey key, out List<int> bits) is { } broken)
        {
            return result with { Failure = broken, KeyBits = bits };
        }

        result = result with { KeyBits = bits };
        OdaFault? fault = RecoveredData.TryRecover(key, input.Card[EmvTag.SignedDynamicData], SignedDynamicFormat, out byte[] data);
        fault ??= RecoveredData.HashMatches(data, ddolValues) ? null : OdaFault.Hash;
        fault ??= RecoveredData.IsSha1(data[2]) ? null : OdaFault.Algorithm;
        if (fault is { } found)
        {
            return Failed(result, OdaStep.SignedDynamicData, found);
        }

        ReadOnlySpan<byte> dynamicData = DynamicData(data);
        return dynamicData.Length >= 1 && dynamicData[0] is >= 2 and <= 8 && dynamicData[0] <= dynamicData.Length - 1
            ? result with { IccDynamicNumber = dynamicData.Slice(1, dynamicData[0]).ToArray() }
            : Failed(result, OdaStep.SignedDynamicData, OdaFault.Length);
    }

    /// <summary>Verifies combined DDA (EMV Book 2, 6.6.2), with the additions of Book C-2.</summary>
    public static OdaResult VerifyCda(OdaInput input, CdaInput cda)
    {
        OdaResult result = new(OdaMethod.Cda, null);
        if (TryRecoverCardKey(input, out RsaPublicKey key, out List<int> bits) is { } broken)
        {
            return result with { Failure = broken, KeyBits = bits };
        }

        result = result with { KeyBits = bits };
        OdaFault? fault = RecoveredData.TryRecover(key, input.Card[EmvTag.SignedDynamicData], SignedDynamicFormat, out byte[] data);
        fault ??= RecoveredData.HashMatches(data, cda.UnpredictableNumber) ? null : OdaFault.Hash;
        fault ??= RecoveredData.IsSha1(data[2]) ? null : OdaFault.Algorithm;
        if (fault is { } found)
        {
            return Failed(result, OdaStep.SignedDynamicData, found);
        }

        return CheckCdaContent(result, DynamicData(data), cda);
    }

    private static OdaResult CheckCdaContent(OdaResult result, ReadOnlySpan<byte> dynamicData, CdaInput cda)
    {
        // Number with its length, CID, cryptogram (8), transaction data hash (20), then what kernel 2 adds.
        int numberLength = dynamicData.Length > 0 ? dynamicData[0] : 0;
        if (numberLength is < 2 or > 8 || dynamicData.Length < numberLength + 30)
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.Length);
        }

        ReadOnlySpan<byte> rest = dynamicData[(1 + numberLength)..];
        if (rest[0] != cda.CryptogramInformation)
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.CryptogramInformation);
        }

        if (!CryptographicOperations.FixedTimeEquals(rest.Slice(9, RecoveredData.HashLength), TransactionHash(cda)))
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.TransactionData);
        }

        ReadOnlySpan<byte> relay = rest[29..];
        if (!cda.RelayData.IsEmpty && (relay.Length < cda.RelayData.Length || !relay[..cda.RelayData.Length].SequenceEqual(cda.RelayData.Span)))
        {
            return Failed(result, OdaStep.SignedDynamicData, OdaFault.RelayResistance);
        }

        return result with
        {
            IccDynamicNumber = dynamicData.Slice(1, numberLength).ToArray(),
            CryptogramInformation = rest[0],
            Cryptogram = rest.Slice(1, 8).ToArray(),
        };
    }

    /// <summary>Hash of the values sent and of the objects of the response without the signature (EMV Book 2, 6.6.2).</summary>
    internal static byte[] TransactionHash(CdaInput cda)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(cda.PdolValues.Span);
        hash.AppendData(cda.CdolValues.Span);
        for (TlvReader reader = new(cda.ResponseValue.Span); reader.TryRead(out TlvObject item);)
        {
            if (item.Tag != EmvTag.SignedDynamicData)
            {
                hash.AppendData(item.Encoded);
            }
        }

        return hash.GetHashAndReset();
    }

    private static OdaFailure? TryRecoverIssuerKey(OdaInput input, out RsaPublicKey issuer, out List<int> bits)
    {
        issuer = new RsaPublicKey([], []);
        bits = [];
        TlvMap card = input.Card;
        if (card[EmvTag.CaKeyIndex] is not { Length: 1 } index)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Missing);
        }

        if (input.Rid.Length != 5 || input.Keys.Find(input.Rid.Span, index[0]) is not { } ca)
        {
            return new OdaFailure(OdaStep.CaKey, OdaFault.Unknown);
        }

        bits.Add(ca.Modulus.Length * 8);
        if (card[EmvTag.IssuerCertificate] is not { Length: > 0 } certificate || card[EmvTag.IssuerKeyExponent] is not { Length: > 0 } exponent)
        {
            return new OdaFailure(OdaStep.IssuerCertificate, OdaFault.Missing);
        }

        OdaFailure? failure = EmvCertificate.TryRecoverIssuerKey(
            ca, certificate, card[EmvTag.IssuerKeyRemainder], exponent, input.Pan, input.Date, input.Keys, out issuer);
        if (failure is null)
        {
            bits.Add(issuer.Modulus.Length * 8);
        }

        return failure;
    }

    private static OdaFailure? TryRecoverCardKey(OdaInput input, out RsaPublicKey key, out List<int> bits)
    {
        key = new RsaPublicKey([], []);
        if (TryRecoverIssuerKey(input, out RsaPublicKey issuer, out bits) is { } failure)
        {
            return failure;
        }

        if (input.StaticDataFault is { } staticFault)
        {
            return new OdaFailure(OdaStep.StaticData, staticFault);
        }

        TlvMap card = input.Card;
        if (card[EmvTag.IccCertificate] is not { Length: > 0 } certificate || card[EmvTag.IccKeyExponent] is not { Length: > 0 } exponent)
        {
            return new OdaFailure(OdaStep.CardCertificate, OdaFault.Missing);
        }

        if (card[EmvTag.SignedDynamicData] is null)
        {
            return new OdaFailure(OdaStep.SignedDynamicData, OdaFault.Missing);
        }

        OdaFailure? broken = EmvCertificate.TryRecoverCardKey(
            issuer, certificate, card[EmvTag.IccKeyRemainder], exponent, input.StaticData, input.Pan, input.Date, out key);
        if (broken is null)
        {
            bits.Add(key.Modulus.Length * 8);
        }

        return broken;
    }

    private static ReadOnlySpan<byte> DynamicData(byte[] recovered)
    {
        // 6A, format, hash algorithm, length, data, BB padding, hash, BC.
        int length = Math.Min(recovered[3], recovered.Length - 25);
        return recovered.AsSpan(4, length);
    }

    private static OdaResult Failed(OdaResult result, OdaStep step, OdaFault fault) =>
        result with { Failure = new OdaFailure(step, fault) };
}
