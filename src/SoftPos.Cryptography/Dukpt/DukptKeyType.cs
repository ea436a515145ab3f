namespace SoftPos.Cryptography;

/// <summary>Algorithm and length of a derived key (X9.24-3 algorithm indicators).</summary>
public enum DukptKeyType
{
    Tdes2,
    Tdes3,
    Aes128,
    Aes192,
    Aes256,
    Hmac128,
    Hmac192,
    Hmac256,
}

/// <summary>Properties of <see cref="DukptKeyType"/>.</summary>
public static class DukptKeyTypes
{
    /// <summary>Length in bytes.</summary>
    public static int Length(this DukptKeyType type) => type switch
    {
        DukptKeyType.Tdes2 or DukptKeyType.Aes128 or DukptKeyType.Hmac128 => 16,
        DukptKeyType.Tdes3 or DukptKeyType.Aes192 or DukptKeyType.Hmac192 => 24,
        DukptKeyType.Aes256 or DukptKeyType.Hmac256 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Algorithm indicator in the derivation data.</summary>
    public static int Indicator(this DukptKeyType type) => type < DukptKeyType.Hmac128 ? (int)type : 5;

    public static bool IsTdes(this DukptKeyType type) => type is DukptKeyType.Tdes2 or DukptKeyType.Tdes3;

    public static bool IsHmac(this DukptKeyType type) => type is DukptKeyType.Hmac128 or DukptKeyType.Hmac192 or DukptKeyType.Hmac256;

    /// <summary>Strength rule of X9.24-3: a key is never longer than the AES key that it comes from.</summary>
    public static bool MayComeFrom(this DukptKeyType type, int parentLength) => type.Length() <= parentLength;

    /// <summary>The AES type of a key of so many bytes.</summary>
    public static DukptKeyType OfAesLength(int length) => length switch
    {
        16 => DukptKeyType.Aes128,
        24 => DukptKeyType.Aes192,
        32 => DukptKeyType.Aes256,
        _ => throw new ArgumentException("expected an AES key of 16, 24 or 32 bytes", nameof(length)),
    };
}
