using System.Formats.Asn1;
using System.Text;
using SoftPos.Attestation.Der;

namespace SoftPos.Attestation.Android;

/// <summary>
/// Reads one AuthorizationList: context-specific, explicit tags. A tag twice is a fault, since two readers could then see two truths;
/// an unknown tag is kept; a wrong order is noted.
/// </summary>
internal sealed class AuthorizationListReader(ReadOnlyMemory<byte> input, DerFaults faults)
{
    /// <summary>Most tags of a list: the schema has 49.</summary>
    private const int MaxTags = 128;

    /// <summary>Most values of a SET: no enumeration of the schema has more.</summary>
    private const int MaxValues = 32;

    /// <summary>The system cuts the application identity at 1 KiB, so more cannot be genuine.</summary>
    private const int MaxPackages = 128;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly HashSet<int> _seen = [];
    private readonly List<UnknownTag> _unknown = [];

    public AuthorizationList Read(DerCursor list)
    {
        AuthorizationList result = new();
        bool ordered = true;
        int last = -1;
        while (list.HasData)
        {
            int at = list.Offset;
            DerElement element = list.ReadAny("a tagged authorization");
            if (faults.First is not null)
            {
                break;
            }

            int tag = element.Tag.TagValue;
            if (element.Tag.TagClass != TagClass.ContextSpecific || !element.Tag.IsConstructed)
            {
                list.Fail(at, "a context-specific, explicit tag");
            }
            else if (!_seen.Add(tag))
            {
                list.Fail(at, "each tag once");
            }
            else if (_seen.Count > MaxTags)
            {
                list.Fail(at, $"at most {MaxTags} tags");
            }
            else
            {
                ordered &= tag > last;
                last = tag;
                DerCursor value = list.Inside(element);
                if (tag < 600)
                {
                    ReadUse(result, tag, ref value, element);
                }
                else
                {
                    ReadOrigin(result, tag, ref value, element);
                }

                value.End("one value in each tag");
            }
        }

        result.UnknownTags = _unknown;
        result.AreTagsOrdered = ordered;
        return result;
    }

    private void ReadUse(AuthorizationList list, int tag, ref DerCursor value, DerElement element)
    {
        switch (tag)
        {
            case 1: list.Purposes = Numbers(ref value, "set of purposes"); break;
            case 2: list.Algorithm = value.ReadUnsigned("algorithm"); break;
            case 3: list.KeySize = value.ReadUnsigned("key size"); break;
            case 4: list.BlockModes = Numbers(ref value, "set of block modes"); break;
            case 5: list.Digests = Numbers(ref value, "set of digests"); break;
            case 6: list.Paddings = Numbers(ref value, "set of paddings"); break;
            case 7: list.CallerNonce = Null(ref value); break;
            case 8: list.MinMacLength = value.ReadUnsigned("minimal MAC length"); break;
            case 10: list.EcCurve = value.ReadUnsigned("curve"); break;
            case 11: list.MlDsaVariant = value.ReadUnsigned("ML-DSA variant"); break;
            case 200: list.RsaPublicExponent = value.ReadUnsigned("public exponent"); break;
            case 203: list.RsaOaepMgfDigests = Numbers(ref value, "set of digests"); break;
            case 303: list.RollbackResistance = Null(ref value); break;
            case 305: list.EarlyBootOnly = Null(ref value); break;
            case 400: list.ActiveDateTime = value.ReadUnsigned("time in milliseconds"); break;
            case 401: list.OriginationExpireDateTime = value.ReadUnsigned("time in milliseconds"); break;
            case 402: list.UsageExpireDateTime = value.ReadUnsigned("time in milliseconds"); break;
            case 405: list.UsageCountLimit = value.ReadUnsigned("usage count"); break;
            case 502: list.UserSecureId = value.ReadUnsigned("user identity"); break;
            case 503: list.NoAuthRequired = Null(ref value); break;
            case 504: list.UserAuthType = value.ReadUnsigned("authentication type"); break;
            case 505: list.AuthTimeout = value.ReadUnsigned("seconds"); break;
            case 506: list.AllowWhileOnBody = Null(ref value); break;
            case 507: list.TrustedUserPresenceRequired = Null(ref value); break;
            case 508: list.TrustedConfirmationRequired = Null(ref value); break;
            case 509: list.UnlockedDeviceRequired = Null(ref value); break;
            default: Unknown(tag, ref value, element); break;
        }
    }

    private void ReadOrigin(AuthorizationList list, int tag, ref DerCursor value, DerElement element)
    {
        switch (tag)
        {
            case 600: list.AllApplications = Null(ref value); break;
            case 601: list.ApplicationId = Octets(ref value, "application identity"); break;
            case 701: list.CreationDateTime = value.ReadUnsigned("time in milliseconds"); break;
            case 702: list.Origin = Origin(ref value); break;
            case 703: list.RollbackResistant = Null(ref value); break;
            case 704: list.RootOfTrust = ReadRootOfTrust(value.EnterSequence("rootOfTrust")); break;
            case 705: list.OsVersion = value.ReadUnsigned("operating system version"); break;
            case 706: list.OsPatchLevel = Patch(ref value); break;
            case 709: list.AttestationApplicationId = ReadApplicationId(ref value); break;
            case 710: list.Brand = Text(ref value); break;
            case 711: list.Device = Text(ref value); break;
            case 712: list.Product = Text(ref value); break;
            case 713: list.Serial = Text(ref value); break;
            case 714: list.Imei = Text(ref value); break;
            case 715: list.Meid = Text(ref value); break;
            case 716: list.Manufacturer = Text(ref value); break;
            case 717: list.Model = Text(ref value); break;
            case 718: list.VendorPatchLevel = Patch(ref value); break;
            case 719: list.BootPatchLevel = Patch(ref value); break;
            case 720: list.DeviceUniqueAttestation = Null(ref value); break;
            case 721: list.IdentityCredentialKey = Null(ref value); break;
            case 723: list.SecondImei = Text(ref value); break;
            case 724: list.ModuleHash = Octets(ref value, "module hash"); break;
            default: Unknown(tag, ref value, element); break;
        }
    }

    private void Unknown(int tag, ref DerCursor value, DerElement element)
    {
        _unknown.Add(new UnknownTag(tag, input[element.ContentSpan]));
        while (value.HasData)
        {
            value.ReadAny("a value");
        }
    }

    private static List<int> Numbers(ref DerCursor value, string expected)
    {
        List<int> numbers = [];
        DerCursor set = value.Enter(Asn1Tag.SetOf, expected);
        while (set.HasData)
        {
            int at = set.Offset;
            ulong number = set.ReadUnsigned(expected);
            if (number > int.MaxValue || numbers.Count == MaxValues)
            {
                set.Fail(at, expected);
                break;
            }

            numbers.Add((int)number);
        }

        return numbers;
    }

    private static bool Null(ref DerCursor value)
    {
        value.ReadNull("NULL");
        return true;
    }

    private static KeyOrigin Origin(ref DerCursor value)
    {
        int at = value.Offset;
        ulong origin = value.ReadUnsigned("origin of 0 to 4");
        if (origin > (ulong)KeyOrigin.SecurelyImported)
        {
            value.Fail(at, "origin of 0 to 4");
            return KeyOrigin.Unknown;
        }

        return (KeyOrigin)origin;
    }

    private ReadOnlyMemory<byte> Octets(ref DerCursor value, string expected) =>
        KeyDescriptionReader.Slice(input, value.Read(Asn1Tag.PrimitiveOctetString, expected));

    private static string Text(ref DerCursor value) => Encoding.UTF8.GetString(value.ReadOctets("text"));

    /// <summary>Makers write zero, too many digits or even another type here; none of that makes the rest unreadable.</summary>
    private PatchLevel Patch(ref DerCursor value)
    {
        DerElement element = value.ReadAny("patch level");
        return faults.First is null && element.Tag == Asn1Tag.Integer && DerCursor.TryUnsigned(element.Content, out ulong number)
            ? PatchLevel.From(number)
            : PatchLevel.Malformed;
    }

    private RootOfTrust ReadRootOfTrust(DerCursor fields)
    {
        ReadOnlyMemory<byte> key = Octets(ref fields, "verifiedBootKey");
        bool locked = fields.ReadBoolean("deviceLocked of 00 or FF");
        VerifiedBootState state = (VerifiedBootState)fields.ReadEnumerated((int)VerifiedBootState.Failed, "verifiedBootState of 0 to 3");
        ReadOnlyMemory<byte>? hash = fields.HasData ? (ReadOnlyMemory<byte>?)Octets(ref fields, "verifiedBootHash") : null;
        fields.End("nothing after verifiedBootHash");
        return new RootOfTrust(key, locked, state, hash);
    }

    private AttestationApplicationId ReadApplicationId(ref DerCursor value)
    {
        DerElement octets = value.Read(Asn1Tag.PrimitiveOctetString, "attestationApplicationId");
        DerCursor inner = value.Inside(octets);
        DerCursor fields = inner.EnterSequence("AttestationApplicationId");
        inner.End("nothing after the AttestationApplicationId");
        List<AttestedPackage> packages = [];
        DerCursor infos = fields.Enter(Asn1Tag.SetOf, "set of packages");
        while (infos.HasData && packages.Count <= MaxPackages)
        {
            DerCursor info = infos.EnterSequence("package");
            string name = PackageName(ref info);
            packages.Add(new AttestedPackage(name, info.ReadUnsigned("package version")));
            info.End("nothing after the package version");
        }

        List<ReadOnlyMemory<byte>> digests = [];
        DerCursor signers = fields.Enter(Asn1Tag.SetOf, "set of signer digests");
        while (signers.HasData && digests.Count <= MaxPackages)
        {
            digests.Add(Octets(ref signers, "signer digest"));
        }

        infos.End($"at most {MaxPackages} packages");
        signers.End($"at most {MaxPackages} signer digests");
        fields.End("nothing after the signer digests");
        return new AttestationApplicationId(packages, digests);
    }

    private static string PackageName(ref DerCursor info)
    {
        int at = info.Offset;
        ReadOnlySpan<byte> bytes = info.ReadOctets("package name");
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            info.Fail(at, "a package name in UTF-8");
            return string.Empty;
        }

        return StrictUtf8.GetString(bytes);
    }
}
