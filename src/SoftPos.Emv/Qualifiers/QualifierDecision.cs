using SoftPos.Emv.Authentication;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;

namespace SoftPos.Emv.Qualifiers;

/// <summary>
/// Everything that a kernel driven by qualifiers decides after the card has left: data checks, cryptogram type, restrictions, offline data authentication,
/// cardholder verification, outcome (Book C-3, 5.4 to 5.9).
/// </summary>
internal sealed class QualifierDecision(
    KernelActivation activation, QualifierRules rules, CardObjects card, StaticDataCollector staticData)
{
    private const byte TtqOfflineOnly = 0x08;
    private const byte TtqContactChip = 0x10;
    private const byte TtqOdaForOnline = 0x01;
    private const byte AipDda = 0x20;

    private readonly byte[] _ttq = activation.Terminal[EmvTag.Ttq]!;
    private OutcomeReason _reason = OutcomeReason.OnlineAsked;
    private bool _decline;
    private bool _online;
    private OdaResult? _oda;
    private Tvr _tvr;

    private byte Ctq1 => card[EmvTag.Ctq] is { Length: 2 } ctq ? ctq[0] : (byte)0;

    private bool IsOnlineCapable => (_ttq[0] & TtqOfflineOnly) == 0;

    private bool OnlineWasRequired => (_ttq[1] & PreProcessing.OnlineCryptogramRequired) != 0;

    private TransactionKind Kind => activation.Request.Kind;

    public Outcome Decide()
    {
        if (CheckData(out string pan) is { } fault)
        {
            activation.Notes?.Add(rules.Clause("5.4.2", "decision"), $"data of the card: {fault}");
            return End(fault);
        }

        CryptogramType type = Type();
        ByCryptogram(type);
        activation.Notes?.Add(rules.Clause("5.4.3.2", "decision"), $"cryptogram {type.ToString().ToUpperInvariant()}: {(_decline ? "decline" : _online ? "online" : "offline approval")} ({_reason})");
        if (type is CryptogramType.Tc && !_decline)
        {
            CheckExpiry();
        }

        if ((type is CryptogramType.Tc || rules.ExceptionFileForOnline) && !_decline && activation.Configuration.ExceptionFile.Contains(pan))
        {
            // 5.5.1.2.
            _tvr |= Tvr.OnExceptionFile;
            Refuse(OutcomeReason.ExceptionFile);
        }

        if (!_decline && CheckUsage() is { } otherInterface)
        {
            return otherInterface;
        }

        if (!_decline && Authenticate(type, pan) is { } afterAuthentication)
        {
            return afterAuthentication;
        }

        activation.Notes?.Add(rules.Clause("5.6", "authentication"), _oda is null ? "offline data authentication is not wanted"
            : $"{_oda.Method} version {_oda.FddaVersion}: {(_oda.Failure is { } failure ? $"failed at {failure}" : "valid")}, keys of {string.Join(", ", _oda.KeyBits)} bits");
        _tvr |= _oda is null ? Tvr.OdaNotPerformed : _oda.Tvr;
        CvmKind cvm = CvmKind.NoCvm;
        if (!_decline)
        {
            (cvm, OutcomeReason? refused, bool pin) = QualifierVerification.Select(_ttq, card, type is CryptogramType.Arqc, rules);
            activation.Notes?.Add(rules.Clause("5.7.1", "verification"), $"CVM: {cvm}{(refused is null ? string.Empty : $", refused: {refused}")}");
            Refuse(refused);
            if (pin && !_decline)
            {
                GoOnline(_online ? _reason : OutcomeReason.OnlinePin);
            }
        }

        return Conclude(cvm, pan);
    }

    private static CryptogramType TypeOf(byte cid) => (CryptogramType)(cid >> 6);

    /// <summary>5.4.2.1 and 5.4.2.3: mandatory objects, PAN against track 2, brand.</summary>
    private OutcomeReason? CheckData(out string pan)
    {
        pan = string.Empty;
        uint[] mandatory = [EmvTag.Cryptogram, EmvTag.Aip, EmvTag.Atc, EmvTag.IssuerApplicationData, EmvTag.Track2EquivalentData];
        if (Array.Exists(mandatory, tag => card[tag] is null))
        {
            return OutcomeReason.MissingCardData;
        }

        if (card[EmvTag.CryptogramInformation] is null && card[EmvTag.IssuerApplicationData]!.Length < 5)
        {
            return OutcomeReason.MissingCardData;
        }

        if (AccountNumber.Read(card.Read, out pan) is { } bad)
        {
            return bad;
        }

        // Another brand's card driven through this kernel: the AID is bound by nothing that the card signs online.
        if (rules.CheckBrand && !CardBrand.Fits(activation.AdfName, pan))
        {
            return OutcomeReason.BrandMismatch;
        }

        bool odaForOnline = WantsOnlineOda() && card[EmvTag.CryptogramInformation] is { } cid && TypeOf(cid[0]) is CryptogramType.Arqc;
        uint[] forOda =
        [
            EmvTag.SignedDynamicData, EmvTag.CaKeyIndex, EmvTag.IssuerCertificate, EmvTag.IssuerKeyExponent, EmvTag.IccCertificate,
            EmvTag.IccKeyExponent, EmvTag.CardAuthenticationData,
        ];
        return odaForOnline && Array.Exists(forOda, tag => card[tag] is null) ? OutcomeReason.MissingCardData : null;
    }

    private bool WantsOnlineOda() =>
        rules.OdaForOnline && (_ttq[0] & TtqOdaForOnline) != 0 && (card[EmvTag.Aip]![0] & AipDda) != 0;

    /// <summary>5.4.3.1: where the card sends no 9F27, the type stands in byte 5 of the issuer application data, bits 6 and 5.</summary>
    private CryptogramType Type() => card[EmvTag.CryptogramInformation] is { } cid
        ? TypeOf(cid[0])
        : (CryptogramType)((card[EmvTag.IssuerApplicationData]![4] >> 4) & 0x03);

    /// <summary>5.4.3.2.</summary>
    private void ByCryptogram(CryptogramType type)
    {
        switch (type)
        {
            // The credit is the host's: the card's refusal is what a refund asks for.
            case CryptogramType.Aac when Kind is TransactionKind.Refund && IsOnlineCapable:
                GoOnline(OutcomeReason.OnlineRequiredByReader);
                break;
            case CryptogramType.Aac:
                Refuse(OutcomeReason.CardDeclined);
                break;
            case CryptogramType.Arqc when !IsOnlineCapable:
                Refuse(OutcomeReason.ReaderOfflineOnly);
                break;
            case CryptogramType.Arqc:
                GoOnline(OutcomeReason.OnlineAsked);
                break;
            case CryptogramType.Tc when OnlineWasRequired && rules.DeclineOfflineWhereOnlineRequired:
                Refuse(OutcomeReason.OfflineWhereOnlineRequired);
                break;
            case CryptogramType.Tc when OnlineWasRequired:
                GoOnline(OutcomeReason.OnlineRequiredByReader);
                break;
            case CryptogramType.Tc:
                _reason = OutcomeReason.ApprovedOffline;
                break;
            default:
                Refuse(OutcomeReason.CryptogramTypeUnknown);
                break;
        }
    }

    /// <summary>5.5.1.1.</summary>
    private void CheckExpiry()
    {
        byte[]? expiry = card[EmvTag.ExpirationDate];
        if (expiry is null || Bcd.CompareDates(activation.Terminal[EmvTag.TransactionDate]!, expiry) is null or > 0)
        {
            _tvr |= Tvr.Expired;
            if ((Ctq1 & 0x08) != 0 && IsOnlineCapable)
            {
                GoOnline(OutcomeReason.OnlineExpired);
            }
            else
            {
                Refuse(OutcomeReason.Expired);
            }
        }
    }

    /// <summary>5.5.1.3 and 5.5.1.4: cash and cash back by usage control; gives an outcome where the card asks for another interface.</summary>
    private Outcome? CheckUsage()
    {
        bool cash = Kind is TransactionKind.CashAdvance && rules.CheckCashUsage;
        bool cashback = Kind is TransactionKind.PurchaseWithCashback && rules.CheckCashbackUsage;
        if (!cash && !cashback)
        {
            return null;
        }

        byte[]? country = card[EmvTag.IssuerCountryCode];
        byte[]? usage = card[EmvTag.ApplicationUsageControl];
        if (country is not null && usage is not null)
        {
            bool domestic = country.AsSpan().SequenceEqual(activation.Terminal[EmvTag.TerminalCountry]);
            if ((usage[cash ? 0 : 1] & (domestic ? 0x80 : 0x40)) != 0)
            {
                return null;
            }
        }

        _tvr |= Tvr.ServiceNotAllowed;
        if ((Ctq1 & (cash ? 0x04 : 0x02)) != 0)
        {
            return New(OutcomeKind.TryAnotherInterface, OutcomeReason.UsageNotAllowed) with
            {
                UiOnOutcome = activation.Ui(UiMessage.InsertOrSwipe, UiStatus.ProcessingError),
            };
        }

        Refuse(OutcomeReason.UsageNotAllowed);
        return null;
    }

    /// <summary>5.6.</summary>
    private Outcome? Authenticate(CryptogramType type, string pan)
    {
        bool offline = type is CryptogramType.Tc && !_online;
        bool forOnline = type is CryptogramType.Arqc && WantsOnlineOda();
        if (!offline && !forOnline)
        {
            return null;
        }

        _oda = Verify(pan, forOnline);
        if (_oda.IsValid)
        {
            return null;
        }

        if (forOnline)
        {
            Refuse(rules.DeclineOnOnlineOdaFailure ? OutcomeReason.AuthenticationFailed : null);
            return null;
        }

        if ((Ctq1 & 0x20) != 0 && IsOnlineCapable)
        {
            GoOnline(OutcomeReason.OnlineAuthenticationFailed);
            return null;
        }

        if ((Ctq1 & 0x10) != 0 && (_ttq[0] & TtqContactChip) != 0)
        {
            _tvr |= _oda.Tvr;
            return New(OutcomeKind.TryAnotherInterface, OutcomeReason.AuthenticationFailed) with
            {
                UiOnOutcome = activation.Ui(UiMessage.InsertCard, UiStatus.ProcessingError),
                AlternateInterface = AlternateInterface.ContactChip,
            };
        }

        Refuse(OutcomeReason.AuthenticationFailed);
        return null;
    }

    private OdaResult Verify(string pan, bool forOnline)
    {
        OdaInput input = new CombinedAuthentication(activation, new KernelObjects(activation, card), staticData).Input(pan);
        if (card[EmvTag.SignedDynamicData] is null && card[EmvTag.SignedStaticData] is not null)
        {
            return OfflineDataAuthentication.VerifySda(input);
        }

        // The values as sent with GET PROCESSING OPTIONS, not as the display has them.
        return OfflineDataAuthentication.VerifyFdda(
            input,
            activation.Terminal[EmvTag.UnpredictableNumber]!,
            activation.Terminal[EmvTag.Amount]!,
            activation.Terminal[EmvTag.CurrencyCode]!,
            forOnline,
            rules.AcceptFddaVersion0);
    }

    private Outcome Conclude(CvmKind cvm, string pan)
    {
        if (_decline)
        {
            return New(OutcomeKind.Declined, _reason) with
            {
                Cvm = CvmKind.NoCvm,
                UiOnOutcome = activation.Ui(UiMessage.NotAuthorised, UiStatus.NotReady, CommonOutcomes.HoldMs),
            };
        }

        QualifierRecord record = new(activation, rules, card);
        Outcome outcome = New(_online ? OutcomeKind.OnlineRequest : OutcomeKind.Approved, _reason) with
        {
            Cvm = cvm,
            Receipt = cvm is CvmKind.ObtainSignature,
            DataRecord = record.DataRecord(cvm, Type() switch { CryptogramType.Arqc => 0x80, CryptogramType.Tc => 0x40, _ => 0x00 }),
            DiscretionaryData = record.DiscretionaryData(),
            Account = CardAccount.Of(card.Read, pan),
        };
        UiRequest ui = activation.Ui(
            _online ? UiMessage.AuthorisingPleaseWait : cvm is CvmKind.ObtainSignature ? UiMessage.ApprovedSign : UiMessage.Approved,
            _online ? UiStatus.CardReadSuccessfully : UiStatus.NotReady,
            _online ? 0 : CommonOutcomes.HoldMs);
        outcome = outcome with { UiOnOutcome = activation.WithBalance(ui, rules.ShowSpendingAmount ? card[EmvTag.AvailableSpendingAmount] : null) };

        // 5.8.1.2: both sides support issuer updates.
        bool update = _online && rules.IssuerUpdate && (_ttq[2] & 0x80) != 0 && card[EmvTag.Ctq] is { } ctq && (ctq[1] & 0x40) != 0;
        return update ? CommonOutcomes.WithSecondPresentment(outcome, activation) : outcome;
    }

    private void Refuse(OutcomeReason? reason)
    {
        if (reason is { } found && !_decline)
        {
            _decline = true;
            _reason = found;
        }
    }

    private void GoOnline(OutcomeReason reason)
    {
        _online = true;
        _reason = _decline ? _reason : reason;
    }

    private Outcome End(OutcomeReason reason) => New(OutcomeKind.EndApplication, reason) with
    {
        UiOnOutcome = activation.Ui(UiMessage.UseAnotherCard, UiStatus.ProcessingError),
        Tvr = Tvr.OdaNotPerformed,
    };

    private Outcome New(OutcomeKind kind, OutcomeReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = activation.Application,
        Tvr = _tvr,
        Oda = _oda,
    };
}
