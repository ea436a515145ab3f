using System.Security.Cryptography;

namespace SoftPos.Contract;

/// <summary>
/// The attestation result that a terminal carries from monitoring to payments: an EAT attestation result (RFC 9711, RFC 9334), COSE_Sign1 by
/// the monitoring service's key, bound to the device key and to one audience.
/// </summary>
public sealed record ResultToken
{
    /// <summary>Audience of tokens for payments.</summary>
    public const string Payments = "payments";

    /// <summary>Largest token.</summary>
    public const int MaxLength = 2048;

    /// <summary>Identity of the terminal.</summary>
    public required Guid TerminalId { get; init; }

    /// <summary>SHA-256 of the device key's SubjectPublicKeyInfo, 32 bytes.</summary>
    public required byte[] DeviceKeyHash { get; init; }

    /// <summary>Who may rely on it.</summary>
    public required string Audience { get; init; }

    /// <summary>What the challenge was for.</summary>
    public required ChallengePurpose Purpose { get; init; }

    /// <summary>Verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>SHA-256 of the policy that appraised, 32 bytes.</summary>
    public required byte[] PolicyHash { get; init; }

    /// <summary>Identity of the token, 16 bytes.</summary>
    public required byte[] TokenId { get; init; }

    /// <summary>Start of its life.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>End of its life.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Signs with the monitoring key.</summary>
    public byte[] Sign(IDeviceKey monitoringKey) => SignedMessage.Sign(monitoringKey, MessageType.ResultToken, [], Encode());

    private byte[] Encode() => CborMap.Write(
        writer =>
        {
            writer.Write(2, TerminalId);
            writer.Write(3, Audience);
            writer.Write(4, ExpiresAt);
            writer.Write(6, IssuedAt);
            writer.Write(7, TokenId);
            writer.Write(8, DeviceKeyHash);
            writer.Write(-70101, (long)Verdict);
            writer.Write(-70102, PolicyHash);
            writer.Write(-70103, (long)Purpose);
        },
        9).Encode();

    /// <summary>Verifies the signature and decodes; lifetime, audience and binding are the relying party's to check.</summary>
    public static bool TryVerify(ReadOnlySpan<byte> token, ECDsa monitoringKey, out ResultToken result)
    {
        result = null!;
        return token.Length <= MaxLength
            && SignedMessage.TryDecode(token, out DecodedMessage message)
            && message.ContentType == MessageType.ResultToken
            && message.Verify(monitoringKey)
            && TryDecode(message.Payload, out result);
    }

    private static bool TryDecode(ReadOnlyMemory<byte> payload, out ResultToken token)
    {
        Guid? terminal = null;
        string? audience = null;
        DateTimeOffset? expires = null, issued = null;
        byte[]? id = null, key = null, policy = null;
        long? verdict = null, purpose = null;
        bool read = CborMap.TryRead(payload, (claim, reader) =>
        {
            switch (claim)
            {
                case 2: terminal = CborMap.ReadGuid(reader); return true;
                case 3: audience = reader.ReadTextString(); return true;
                case 4: expires = CborMap.ReadTime(reader); return true;
                case 6: issued = CborMap.ReadTime(reader); return true;
                case 7: id = reader.ReadByteString(); return true;
                case 8: key = reader.ReadByteString(); return true;
                case -70101: verdict = reader.ReadInt64(); return true;
                case -70102: policy = reader.ReadByteString(); return true;
                case -70103: purpose = reader.ReadInt64(); return true;
                default: return false;
            }
        });
        bool complete = read && terminal is not null && audience is not null && expires is not null && issued is not null && id is { Length: 16 }
            && key is { Length: 32 } && policy is { Length: 32 } && verdict is >= 0 and <= (long)Verdict.Trusted
            && purpose is >= 0 and <= (long)ChallengePurpose.Pin;
        token = complete
            ? new ResultToken
            {
                TerminalId = terminal!.Value, Audience = audience!, ExpiresAt = expires!.Value, IssuedAt = issued!.Value, TokenId = id!,
                DeviceKeyHash = key!, PolicyHash = policy!, Verdict = (Verdict)verdict!.Value, Purpose = (ChallengePurpose)purpose!.Value,
            }
            : null!;
        return complete;
    }
}
