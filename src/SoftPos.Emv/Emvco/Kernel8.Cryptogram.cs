using System.Security.Cryptography;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <content>From the last record to the outcome: limits, action analysis, GENERATE AC, MACs (Book C-8, 202122232425.7 to 29.24).</content>
internal sealed partial class Kernel8
{
    private const byte AipMayApproveOffline = 0x08;
    private const byte AipCopyMask = 0x06;
    private const byte AipCopyAtDefault = 0x02;
    private const byte AipCopyAtOwn = 0x04;
    private const byte CvmLimitExceeded = 0x80;
    private const int MacLength = 8;
    private const int RiskDataLength = 8;

    private CryptogramType _decision;
    private byte[] _cdolValues = [];
    private byte[] _staticDataHash = [];
    private IReadOnlyList<uint> _extendedTags = [];
    private bool _authenticates;
    private bool _receipt;

    private bool IsAboveCvmLimit => _activation.Request.AmountMinor > (_options.CvmLimit ?? _activation.Combination.CvmLimit ?? 0);

    private bool IsAboveFloorLimit => _activation.Request.AmountMinor > (_options.FloorLimit ?? _activation.Combination.FloorLimit ?? 0);

    private bool IsListed => AccountNumber is { } pan && _activation.Configuration.ExceptionFile.Contains(pan);

    /// <summary>202122232425.7 to .21, then GENERATE AC.</summary>
    private KernelStep Decide()
    {
        if (!_data.IsNotEmpty(EmvTag.Amount) || !_data.IsNotEmpty(EmvTag.TransactionDate))
        {
            return Finish(_outcomes.TransactionDataMissing());
        }

        if (!Bcd.TryDecode(_data[EmvTag.Amount], out _) || !Bcd.TryDecode(_data[EmvTag.AmountOther], out _))
        {
            return Finish(_outcomes.TerminalDataError());
        }

        OfferVerification();
        if (IsAboveFloorLimit)
        {
            _data.Tvr |= Tvr.FloorLimitExceeded;
        }

        _activation.Notes?.Add("202122232425.14", $"terminal risk management: {(IsAboveFloorLimit ? "above" : "not above")} the floor limit");
        if (!_data.Card[EmvTag.DfName]!.AsSpan().StartsWith(_data[EmvTag.TerminalAid]))
        {
            _activation.Notes?.Add("202122232425.16", "the application is not of the terminal's AID");
            _data.Tvr |= Tvr.AidMismatch;
        }

        _authenticates = (_options.SecurityCapability & SecurityLocalAuthentication) != 0 && _data.Aip(1, AipLocalAuthentication);
        _activation.Notes?.Add("202122232425.18", _authenticates ? "local authentication: both sides have it" : "no local authentication: TVR byte 1 bit 8");
        if (!_authenticates)
        {
            _data.Tvr |= Tvr.OdaNotPerformed;
        }

        _decision = Analyse();
        _activation.Notes?.Add("TAA", $"terminal action analysis: TVR {_data.Tvr}, ask for {_decision.ToString().ToUpperInvariant()}");
        PlanWrites();
        _cdolValues = _data.Build(_cdol!);
        _waiting = Waiting.Cryptogram;
        byte writes = _toWrite.Count > 0 ? MoreFollow : (byte)0x00;
        return KernelStep.Send(new CommandApdu(0x80, 0xAE, (byte)((int)_decision << 6), writes, _cdolValues, 256));
    }

    /// <summary>202122232425.10 to .13: what the reader can verify at this amount; the card chooses among it.</summary>
    private void OfferVerification()
    {
        _receipt = IsAboveCvmLimit;
        byte capability = IsAboveCvmLimit ? _options.CvmCapabilityRequired : _options.CvmCapabilityNotRequired;
        byte[] risk = new byte[RiskDataLength];
        if (_data[EmvTag.RiskManagementData] is { Length: RiskDataLength } configured)
        {
            configured.CopyTo(risk, 0);
        }

        risk[0] = capability;
        risk[1] = (byte)(IsAboveCvmLimit ? risk[1] | CvmLimitExceeded : risk[1] & ~CvmLimitExceeded);
        _activation.Notes?.Add("202122232425.10", $"{(IsAboveCvmLimit ? "above" : "not above")} the CVM limit: capability {capability:X2}");
        _data.Set(EmvTag.RiskManagementData, risk);
        _data.Set(EmvTag.TerminalCapabilities, [_options.CardDataInput, capability, _options.SecurityCapability]);
    }

    /// <summary>TAA.1 to TAA.6: no issuer codes, no default codes, and a card that says whether it may approve at all.</summary>
    private CryptogramType Analyse()
    {
        // The exception file is not of the book: a listed account is refused whatever the action codes say.
        if (IsListed || ActionCodes.Match(_options.TacDenial, _data.Tvr))
        {
            return CryptogramType.Aac;
        }

        TerminalProfile terminal = _activation.Configuration.Terminal;
        bool cardMayApprove = _data.Aip(2, AipMayApproveOffline);
        return terminal.IsOnlineOnly ? CryptogramType.Arqc
            : terminal.IsOfflineOnly ? cardMayApprove ? CryptogramType.Tc : CryptogramType.Aac
            : !cardMayApprove || ActionCodes.Match(_options.TacOnline, _data.Tvr) ? CryptogramType.Arqc
            : CryptogramType.Tc;
    }

    /// <summary>26 and 2627: the card's answer, both MACs, then what is to be written.</summary>
    private KernelStep CryptogramReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            return Fail(KernelFault.Status, response.Status.Value);
        }

        if (StoreTemplate(response.Data.Span, EmvTag.ResponseFormat2) is { } fault)
        {
            return Fail(fault);
        }

        uint[] mandatory =
        [
            EmvTag.Atc, EmvTag.CryptogramInformation, EmvTag.Cryptogram, Kernel8Tag.VerificationDecision, Kernel8Tag.EdaMac, EmvTag.IssuerApplicationData,
        ];
        if (mandatory.Any(tag => _data.Card[tag] is null) || _data.Card[EmvTag.Pan] is null)
        {
            return Fail(KernelFault.Missing);
        }

        if (AccountNumber is not { } pan)
        {
            return Fail(KernelFault.DataError);
        }

        if (_data.IsNotEmpty(EmvTag.Track2EquivalentData) && TrackTwo.Pan(_data.Card[EmvTag.Track2EquivalentData]!) != pan)
        {
            return Fail(new KernelFault(OutcomeReason.PanMismatch, ErrorLevel2.CardDataError));
        }

        // A list of tags that is none cannot be told apart from an empty one in the MAC's input.
        if (!Dol.TryParseTagList(_data.Card[Kernel8Tag.ExtendedSdaTags] ?? [], out IReadOnlyList<uint> extended, out _)
            || !extended.All(TlvTag.IsWellFormed))
        {
            return Fail(KernelFault.DataError);
        }

        _extendedTags = extended;
        return CheckMacs(response.Data.Span) is { } wrong ? Fail(wrong) : WriteNext();
    }

    /// <summary>2627.8 to 2627.12, 28.1, 29.10 to 29.21.</summary>
    private KernelFault? CheckMacs(ReadOnlySpan<byte> response)
    {
        byte[] iadMac = _channel!.IadMac(MacText(response));
        _data.Set(Kernel8Tag.IadMac, iadMac);
        if (CopyIntoIssuerData(iadMac) is { } fault)
        {
            return fault;
        }

        if (!_channel.IsEdaMac(_data.Card[EmvTag.Cryptogram], iadMac, _data.Card[Kernel8Tag.EdaMac]))
        {
            _activation.Notes?.Add("29.11", "the EDA-MAC is wrong: the partner of the channel did not make this cryptogram");
            return new KernelFault(OutcomeReason.AuthenticationFailed, ErrorLevel2.EdaMacFailed);
        }

        byte cid = _data.Card[EmvTag.CryptogramInformation]![0];
        _activation.Notes?.Add("29.20", $"both MACs are right; the card answers {((CryptogramType)(cid >> 6)).ToString().ToUpperInvariant()}");
        bool allowed = (cid & 0xC0) switch
        {
            0x40 => _decision is CryptogramType.Tc,
            0x80 => _decision is CryptogramType.Tc or CryptogramType.Arqc,
            0x00 => true,
            _ => false,
        };
        return allowed ? null : KernelFault.DataError;
    }

    /// <summary>
    /// Input of the IAD-MAC: PDOL values, CDOL1 values, what relay resistance exchanged, the answer without cryptogram and EDA-MAC in the
    /// card's order, hash of the static data.
    /// </summary>
    private byte[] MacText(ReadOnlySpan<byte> response)
    {
        TlvWriter answer = new();
        TlvReader template = new(response);
        template.TryRead(out TlvObject outer);
        for (TlvReader reader = new(outer.Value); reader.TryRead(out TlvObject item);)
        {
            if (item.Tag is not (EmvTag.Cryptogram or Kernel8Tag.EdaMac))
            {
                answer.WriteRaw(item.Encoded);
            }
        }

        _staticDataHash = SHA256.HashData(StaticData());
        return [.. _pdolValues, .. _cdolValues, .. _relay.SignedData(), .. answer.Written, .. _staticDataHash];
    }

    /// <summary>Signed records, the objects of the Extended SDA Tag List (absent ones with length 0), and the profile.</summary>
    private byte[] StaticData()
    {
        TlvWriter extended = new();
        foreach (uint tag in _extendedTags)
        {
            _signedTags.Add(tag);
            extended.Write(tag, _data[tag] ?? []);
        }

        return [.. _staticData.Complete(null, null), .. extended.Written, .. _data.Card[EmvTag.Aip]!];
    }

    /// <summary>28.1: a copy of the IAD-MAC in 9F10 tells the issuer that card and reader speak to each other and nobody between them.</summary>
    private KernelFault? CopyIntoIssuerData(byte[] iadMac)
    {
        byte[] issuerData = [.. _data.Card[EmvTag.IssuerApplicationData]!];
        int offset;
        switch (_data.Card[EmvTag.Aip]![1] & AipCopyMask)
        {
            case AipCopyAtDefault:
                offset = _options.DefaultIadMacOffset;
                break;
            case AipCopyAtOwn when _data.Card[Kernel8Tag.IadMacOffset] is { Length: 1 } own:
                offset = own[0];
                break;
            case AipCopyAtOwn:
                return KernelFault.DataError;
            default:
                return null;
        }

        if (offset + MacLength > issuerData.Length)
        {
            return KernelFault.DataError;
        }

        iadMac.CopyTo(issuerData, offset);
        _data.Card[EmvTag.IssuerApplicationData] = issuerData;
        return null;
    }

    /// <summary>Nothing more is wanted of the card; the rest is done without it.</summary>
    private KernelStep LetCardGo()
    {
        _activation.Notes?.Add("2930.0", "the card may go; the rest is done without it");
        _waiting = Waiting.Proceed;
        return new KernelStep(
            [
                new ReaderEffect.Show(_activation.Ui(UiMessage.CardReadOk, UiStatus.CardReadSuccessfully)),
                new ReaderEffect.FieldOff(),
                new ReaderEffect.Proceed(),
            ],
            null);
    }
}
