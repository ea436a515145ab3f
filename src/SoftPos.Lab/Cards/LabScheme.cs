using SoftPos.Cryptography;

namespace SoftPos.Lab.Cards;

/// <summary>A scheme of which the lab has cards.</summary>
/// <param name="Name">As the card catalogue and the key file spell it.</param>
/// <param name="Scheme">Whose cryptogram rules its cards follow.</param>
/// <param name="Rid">First five bytes of its applications, as hexadecimal digits.</param>
internal sealed record LabScheme(string Name, CardScheme Scheme, string Rid)
{
    public static IReadOnlyList<LabScheme> All { get; } =
    [
        new("visa", CardScheme.Visa, "A000000003"),
        new("mastercard", CardScheme.Mastercard, "A000000004"),
        new("amex", CardScheme.AmericanExpress, "A000000025"),
        new("unionpay", CardScheme.UnionPay, "A000000333"),
        new("discover", CardScheme.Discover, "A000000152"),
        new("jcb", CardScheme.Jcb, "A000000065"),
        new("ccd", CardScheme.CommonCore, "F04C414238"),
    ];

    public static LabScheme Of(string name) =>
        All.FirstOrDefault(scheme => scheme.Name == name) ?? throw new InvalidOperationException($"the lab has no scheme {name}");
}
