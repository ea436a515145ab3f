using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

/// <summary>
/// A JCB card for kernel 5: options and records, then one cryptogram by GENERATE AC under a CDA signature, with the card's own word on the
/// verification. It gives a cryptogram again whose answer was lost (ECHO).
/// </summary>
internal sealed class JcbCard : VirtualCard
{
    /// <summary>Amounts, country, TVR, currency, date, type, UN.</summary>
    private const string LegacyCdol1 = "9F02069F03069F1A0295055F2A029A039C019F3704";

    /// <summary>The same, and what the reader offers for a verification.</summary>
    private const string ProfileCdol1 = LegacyCdol1 + "9F5303";

    /// <summary>Modes of the reader: a legacy card does not ask for them.</summary>
    private const string ModePdol = "9F5201";

    private const int DataFile = 1;
    private const int IssuerFile = 2;
    private const byte CdaRequested = 0x10;
    private const byte TypeBits = 0xC0;
    private const byte Aac = 0x00;
    private const byte Tc = 0x40;
    private const byte Arqc = 0x80;
    private const byte VerifiedOnDevice = 0x04;
    private static readonly byte[] Locator = [DataFile << 3, 1, 1, 1, IssuerFile << 3, 1, 2, 0];

    private readonly CardCryptography _cryptography;
    private readonly Lazy<Dictionary<(int Sfi, int Record), byte[]>> _records;
    private readonly Dol _cdol1;
    private bool _selected;
    private bool _isRecovering;
    private byte[] _pdolValues = [];
    private byte[]? _lastAnswer;

    public JcbCard(LabCardDescription description, int counter, Action<Span<byte>>? random)
        : base(description, counter, random)
    {
        _cryptography = new CardCryptography(Issued);
        _records = new Lazy<Dictionary<(int Sfi, int Record), byte[]>>(MakeRecords);
        _cdol1 = Parse(Cdol1Text);
    }

    private protected override byte[] Aid => Convert.FromHexString("A0000000651010");

    private protected override string Label => "JCB CREDIT";

    private protected override byte KernelId => 5;

    private bool IsDevice => Description.Device != "card";

    private bool IsLegacy => Description.Behaviour == "legacy";

    private string Cdol1Text => IsLegacy ? LegacyCdol1 : ProfileCdol1;

    private string? PdolText => IsLegacy ? null : ModePdol;

    /// <summary>Verification, risk management, CDA; EMV mode.</summary>
    private byte[] Profile =>
    [
        (byte)(Description.Behaviour is "no-cda" or "tampered-no-cda" or "legacy" ? 0x18 : 0x19),
        (byte)(Description.Behaviour is "mag-stripe" or "legacy" ? 0x00 : 0x80),
    ];

    public override void Personalise() => _ = _records.Value;

    private protected override void Reset()
    {
        _selected = false;
        _isRecovering = false;
        _pdolValues = [];
    }

    private protected override byte[] SelectApplication()
    {
        _selected = true;
        return Information(PdolText);
    }

    private protected override byte[] Execute(CommandApdu command) => (command.Cla, command.Ins) switch
    {
        (0x80, 0xDF) when _selected => Echo(),
        (0x80, 0xA8) when _selected => ProcessingOptions(command.Data.Span),
        (0x00, 0xB2) when _selected => Record(_records.Value, command),
        (0x80, 0xAE) when _selected => GenerateCryptogram(command.P1, command.Data.Span),
        (0x80 or 0x00, 0xA8 or 0xB2 or 0xAE or 0xDF) => Status(0x6985),
        _ => Status(0x6D00),
    };

    /// <summary>The last cryptogram again; the options command after it starts no new transaction.</summary>
    private byte[] Echo()
    {
        if (Description.Behaviour == "no-recovery")
        {
            return Status(0x6D00);
        }

        _isRecovering = _lastAnswer is not null;
        return _lastAnswer ?? Status(0x6A88);
    }

    private byte[] ProcessingOptions(ReadOnlySpan<byte> data)
    {
        if (OptionsValues(PdolText is { } list ? Parse(list) : null, data) is not { } values)
        {
            return Status(0x6A80);
        }

        if (Description.Behaviour == "conditions")
        {
            return Status(0x6985);
        }

        if (!_isRecovering)
        {
            Counter++;
            _lastAnswer = null;
        }

        _pdolValues = values;
        return Done(IsLegacy
            ? new TlvWriter().Write(0x80, [.. Profile, .. Locator]).ToArray()
            : new TlvWriter().Open(0x77).Write(0x82, Profile).Write(0x94, Locator).Close().ToArray());
    }

    private byte[] GenerateCryptogram(byte control, ReadOnlySpan<byte> values)
    {
        if (values.Length != _cdol1.TotalLength)
        {
            return Status(0x6700);
        }

        TlvMap terminal = Split(_cdol1, values);
        bool isCvmRequired = terminal[0x9F53] is { } profile && (profile[0] & 0x80) != 0;
        switch (Description.Behaviour)
        {
            case "other-interface":
                return Status(0x6984);
            case "see-phone" when Tap == 1:
                return Status(0x6986);
        }

        if (IsDevice && !Description.Cdcvm && isCvmRequired)
        {
            return Status(0x6986);
        }

        byte type = (Description.Behaviour, control & TypeBits) switch
        {
            ("declines", _) or (_, Aac) => Aac,
            ("insists-offline", _) => Tc,
            (_, Tc) when Description.Offline => Tc,
            _ => Arqc,
        };
        _lastAnswer = Answer(terminal, values.ToArray(), type, (control & CdaRequested) != 0 && type != Aac, isCvmRequired);
        return _lastAnswer;
    }

    private byte[] Answer(TlvMap terminal, byte[] values, byte type, bool signs, bool isCvmRequired)
    {
        byte[] counter = CounterBytes();

        // Length, key index, version, then four bytes of results: first cryptogram in bits 6 and 5, second not requested.
        byte results = (byte)(0x80 | (type >> 2) | (Description.Cdcvm ? VerifiedOnDevice : 0x00));
        byte[] iad = [0x06, Issued.DerivationKeyIndex, Issued.CvnByte, 0x03, results, 0x00, 0x00];
        byte[] cryptogram = _cryptography.Cryptogram(terminal, Profile, counter, iad);
        if (Description.Behaviour == "bad-cryptogram")
        {
            cryptogram[7] ^= 0x01;
        }

        if (IsLegacy)
        {
            return Done(new TlvWriter().Write(0x80, [type, .. counter, .. cryptogram, .. iad]).ToArray());
        }

        byte status = VerificationStatus(isCvmRequired);
        TlvWriter objects = new TlvWriter().Write(0x9F27, [type]).Write(0x9F36, counter).Write(0x9F10, iad).Write(0x9F50, [status]);
        byte[] proof = signs
            ? new TlvWriter().Write(0x9F4B, Signature(terminal, type, cryptogram, [.. values, .. objects.Written])).ToArray()
            : new TlvWriter().Write(0x9F26, cryptogram).ToArray();
        byte[] answered = objects.ToArray();
        if (Description.Behaviour is "tampered" or "tampered-no-cda")
        {
            answered[^1] = 0x31;
        }

        return Done(new TlvWriter().Write(0x77, [.. answered, .. proof]).ToArray());
    }

    /// <summary>9F50: verified on the device, online PIN, nothing, or no preference.</summary>
    private byte VerificationStatus(bool isCvmRequired) => Description.Behaviour == "no-preference" ? (byte)0xF0
        : Description.Cdcvm ? (byte)0x30
        : !IsDevice && (isCvmRequired || Description.OnlinePin) ? (byte)0x20
        : (byte)0x00;

    private byte[] Signature(TlvMap terminal, byte type, byte[] cryptogram, byte[] exchanged) =>
        CombinedSignature("jcb", terminal, type, cryptogram, [.. _pdolValues, .. exchanged], []);

    private Dictionary<(int Sfi, int Record), byte[]> MakeRecords()
    {
        TlvWriter data = Account()
            .Write(0x8C, Convert.FromHexString(Cdol1Text))

            // Online PIN where the terminal supports it, signature, nothing: only a legacy card is asked for it.
            .Write(0x8E, Convert.FromHexString("000000000000000042035E031F03"))
            .Write(0x9F07, [0xFF, 0xC0])
            .Write(0x9F08, [0x02, 0x00])
            .Write(0x9F0D, Convert.FromHexString("FC50ECA800"))
            .Write(0x9F0E, Convert.FromHexString("0000000000"))
            .Write(0x9F0F, Convert.FromHexString("FC78ECA800"))
            .Write(0x9F42, [0x09, 0x78])
            .Write(0x9F4A, [0x82]);
        if (Issued.Par is { } par)
        {
            data.Write(0x9F24, System.Text.Encoding.ASCII.GetBytes(par));
        }

        byte[] written = data.ToArray();
        (byte[] issuer, byte[] keys) = LabCertificates.Records(Description, Issued, "jcb", [.. written, .. Profile]);
        return new Dictionary<(int Sfi, int Record), byte[]>
        {
            [(DataFile, 1)] = LabCertificates.Template(written),
            [(IssuerFile, 1)] = issuer,
            [(IssuerFile, 2)] = keys,
        };
    }
}
