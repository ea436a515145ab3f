using System.Globalization;
using System.Numerics;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

/// <content>
/// Mag-stripe mode (Book C-2, S3.70 to S3.81, S7, S78, S13, S14): off unless the configuration switches it on (DF811B b8). Track data with a
/// dynamic code, online only; nothing about the card can be checked here.
/// </content>
internal sealed partial class Kernel2
{
    private const byte OnDeviceSuccessful = 0x10;
    private const byte MobileOnDeviceRequired = 0x02;
    private const byte MagStripeEntryMode = 0x91;
    private const int NumberDigits = 8;

    /// <summary>Draws for an unbiased number: each fails with a chance below one in forty.</summary>
    private const int MaxDraws = 16;

    private const uint FairDraws = 4_200_000_000;
    private bool _isMagStripe;
    private int _numberDigits;
    private CvmKind _stripeCvm;

    /// <summary>S3.70 to S3.81.</summary>
    private KernelStep StartMagStripe()
    {
        _isMagStripe = true;
        _activation.Notes?.Add("S3.70", "mag-stripe mode");
        ReadOnlySpan<byte> afl = _data.Card[EmvTag.Afl];
        if (PlanRecords(afl.StartsWith(MagStripeEntry) ? afl[..MagStripeEntry.Length] : afl) is { } fault)
        {
            return Fail(fault);
        }

        _isOnDevice = _options.OnDeviceVerification && _data.Aip(1, AipOnDevice);
        return ReadNext();
    }

    /// <summary>S7.14 to S7.23, S78.</summary>
    private KernelStep MagStripeRecordsRead()
    {
        if (!Dol.TryParse(_data.Card[Kernel2Tag.Udol] ?? _options.DefaultUdol, out Dol? udol, out _) || udol.TotalLength > 255)
        {
            return Fail(KernelFault.Parsing);
        }

        if (_data.Needed(udol) is { Count: > 0 } needed)
        {
            return Ask(needed, Waiting.UdolData);
        }

        if (CheckTracks() is { } fault)
        {
            return Fail(fault);
        }

        if (_activation.Request.AmountMinor > TransactionLimit)
        {
            return KernelStep.Finish(_outcomes.SelectNext(new KernelFault(OutcomeReason.LimitExceeded, ErrorLevel2.MaxLimitExceeded)));
        }

        string number = DrawNumber(_numberDigits);
        _data.Set(Kernel2Tag.NumericNumber, Convert.FromHexString(number));
        if (_isOnDevice && IsAboveCvmLimit)
        {
            _data.Set(EmvTag.MobileSupport, [(byte)(_data[EmvTag.MobileSupport]![0] | MobileOnDeviceRequired)]);
        }

        _activation.Notes?.Add("S78", $"COMPUTE CRYPTOGRAPHIC CHECKSUM over a number of {_numberDigits} digits");
        _waiting = Waiting.Checksum;
        return KernelStep.Send(new CommandApdu(0x80, 0x2A, 0x8E, 0x80, _data.Build(udol), 256));
    }

    /// <summary>S7.20 to S7.22, account and brand.</summary>
    private KernelFault? CheckTracks()
    {
        uint[] needed = [Kernel2Tag.Track2, Kernel2Tag.Track2Places, Kernel2Tag.Track2CodePlaces, Kernel2Tag.Track2CounterDigits];
        uint[] first = [Kernel2Tag.Track1Places, Kernel2Tag.Track1CodePlaces, Kernel2Tag.Track1CounterDigits];
        bool hasTrack1 = _data.IsNotEmpty(EmvTag.Track1);
        if (!needed.All(tag => _data.Card[tag] is { Length: > 0 }) || (hasTrack1 && !first.All(tag => _data.Card[tag] is { Length: > 0 })))
        {
            return KernelFault.Missing;
        }

        ulong places = Places(Kernel2Tag.Track2Places);
        _numberDigits = BitOperations.PopCount(places) - _data.Card[Kernel2Tag.Track2CounterDigits]![0];
        bool good = _numberDigits is >= 0 and <= NumberDigits
            && StripeTrack.OfTrack2(_data.Card[Kernel2Tag.Track2]!) is { } track && track.Holds(places) && track.Holds(Places(Kernel2Tag.Track2CodePlaces));
        if (hasTrack1)
        {
            ulong onTrack1 = Places(Kernel2Tag.Track1Places);
            good &= BitOperations.PopCount(onTrack1) - _data.Card[Kernel2Tag.Track1CounterDigits]![0] == _numberDigits
                && StripeTrack.OfTrack1(_data.Card[EmvTag.Track1]!) is { } one && one.Holds(onTrack1) && one.Holds(Places(Kernel2Tag.Track1CodePlaces));
        }

        if (!good || TrackTwo.Pan(_data.Card[Kernel2Tag.Track2]!) is not { } pan)
        {
            return KernelFault.DataError;
        }

        return _options.CheckBrand && !CardBrand.Fits(_activation.AdfName, pan)
            ? new KernelFault(OutcomeReason.BrandMismatch, ErrorLevel2.CardDataError)
            : null;
    }

    /// <summary>S78.10: eight decimal digits, those that no track holds zero. Drawn without bias.</summary>
    private string DrawNumber(int digits)
    {
        uint range = (uint)Math.Pow(10, digits);
        uint value = uint.MaxValue;
        for (int draw = 0; draw < MaxDraws && value >= FairDraws; draw++)
        {
            value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_activation.NextUnpredictableNumber());
        }

        return (value % range).ToString("D8", CultureInfo.InvariantCulture);
    }

    /// <summary>S13 and S14.</summary>
    private KernelStep ChecksumReceived(ResponseApdu response)
    {
        if (!response.Status.IsOk)
        {
            return FailChecksum(KernelFault.Status, response.Status.Value);
        }

        if (_data.StoreTemplate(response.Data.Span, EmvTag.ResponseFormat2) is { } fault)
        {
            return FailChecksum(fault);
        }

        byte[]? interaction = _data.Card[EmvTag.CardholderInteraction];
        bool hasCodes = _data.Card[Kernel2Tag.Track2Code] is not null && (!_data.IsNotEmpty(EmvTag.Track1) || _data.Card[Kernel2Tag.Track1Code] is not null);
        if (_data.Card[EmvTag.Atc] is null || (interaction is null && (_isOnDevice || !hasCodes)))
        {
            return FailChecksum(KernelFault.Missing);
        }

        _activation.MagStripeBrake.Failures = 0;
        if (!hasCodes)
        {
            return LetCardGo();
        }

        bool isVerified = interaction is { Length: 3 } && (interaction[1] & OnDeviceSuccessful) != 0;
        if (_isOnDevice && !isVerified && IsAboveCvmLimit)
        {
            return Fail(KernelFault.DataError);
        }

        FillTracks(isVerified ? (_numberDigits + 5) % 10 : _numberDigits);
        _stripeCvm = _isOnDevice
            ? IsAboveCvmLimit ? CvmKind.ConfirmationCodeVerified : CvmKind.NoCvm
            : ((IsAboveCvmLimit ? _options.MagStripeCvmRequired : _options.MagStripeCvmNotRequired) >> 4) switch
            {
                0x0 => CvmKind.NoCvm,
                0x1 => CvmKind.ObtainSignature,
                0x2 => CvmKind.OnlinePin,
                _ => CvmKind.NotApplicable,
            };
        return LetCardGo();
    }

    private void FillTracks(int last)
    {
        string number = Convert.ToHexString(_data[Kernel2Tag.NumericNumber]!);
        int counter = (int)StripeTrack.Bitmap(_data.Card[EmvTag.Atc]!);
        _data.Card[Kernel2Tag.Track2] = StripeTrack.OfTrack2(_data.Card[Kernel2Tag.Track2]!)!.Fill(
            Places(Kernel2Tag.Track2CodePlaces),
            (int)Places(Kernel2Tag.Track2Code),
            Places(Kernel2Tag.Track2Places),
            _data.Card[Kernel2Tag.Track2CounterDigits]![0],
            counter,
            number,
            last);
        if (_data.IsNotEmpty(EmvTag.Track1))
        {
            _data.Card[EmvTag.Track1] = StripeTrack.OfTrack1(_data.Card[EmvTag.Track1]!)!.Fill(
                Places(Kernel2Tag.Track1CodePlaces),
                (int)Places(Kernel2Tag.Track1Code),
                Places(Kernel2Tag.Track1Places),
                _data.Card[Kernel2Tag.Track1CounterDigits]![0],
                counter,
                number,
                last);
        }
    }

    private KernelStep FailChecksum(KernelFault fault, ushort status = 0)
    {
        KernelStep step = Fail(fault, status);
        return step with { Outcome = step.Outcome! with { FieldOffMs = _activation.MagStripeBrake.Fail() } };
    }

    /// <summary>S13.24 to S13.45.</summary>
    private KernelStep ConcludeMagStripe()
    {
        if (_data.Card[Kernel2Tag.Track2Code] is null)
        {
            byte[] interaction = _data.Card[EmvTag.CardholderInteraction]!;
            if (!PhoneMessageTable.AsksForSecondTap(interaction))
            {
                return KernelStep.Finish(_outcomes.MagStripe(OutcomeKind.Declined, OutcomeReason.CardDeclined) with
                {
                    Cvm = CvmKind.NoCvm,
                    UiOnOutcome = _activation.Ui(UiMessage.NotAuthorised, UiStatus.NotReady, _options.MessageHoldMs),
                });
            }

            (UiMessage message, UiStatus status) = PhoneMessageTable.Find(_options.PhoneMessages, interaction);
            Outcome again = _outcomes.MagStripe(OutcomeKind.EndApplication, OutcomeReason.SeePhone) with
            {
                Start = StartPoint.B,
                UiOnRestart = _activation.Ui(message, UiStatus.ReadyToRead),
            };
            return new KernelStep([new ReaderEffect.Show(_activation.Ui(message, status, _options.MessageHoldMs))], again);
        }

        _data.Set(EmvTag.PosEntryMode, [MagStripeEntryMode]);
        Outcome outcome = _outcomes.MagStripe(OutcomeKind.OnlineRequest, OutcomeReason.MagStripeOnline);
        return KernelStep.Finish(outcome with
        {
            DataRecord = _record.MagStripeDataRecord(),
            Account = _data.Account(TrackTwo.Pan(_data.Card[Kernel2Tag.Track2]!)!),
            Cvm = _stripeCvm,
            Receipt = _stripeCvm is CvmKind.ObtainSignature || IsAboveCvmLimit,
            UiOnOutcome = _activation.Ui(UiMessage.AuthorisingPleaseWait, UiStatus.NotReady),
        });
    }

    private ulong Places(uint tag) => StripeTrack.Bitmap(_data.Card[tag]!);
}
