using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Rules;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Jcb;

/// <summary>
/// Issuer update of kernel 5 in two presentments: the second GENERATE AC, with the issuer's answer and what the first presentment told the
/// card.
/// </summary>
internal static class Kernel5Update
{
    private const byte TwoPresentments = 0x02;

    /// <summary>Reader and card have it, and the card says what its second cryptogram needs.</summary>
    public static bool IsWanted(KernelActivation activation, IKernelObjects data) => activation.Combination.Kernel5.IssuerUpdate
        && data.Card[Kernel5Tag.IssuerUpdate] is [TwoPresentments]
        && data.Card[EmvTag.Cdol2] is { Length: > 0 } second
        && GenerateCryptogram.TryList(second, out _);

    /// <summary>The delivery: scripts 71, the second GENERATE AC where the issuer authenticates itself, scripts 72.</summary>
    public static IssuerUpdate Of(KernelActivation activation, ReaderEvent.OnlineResponse response) => new(
        activation, response, authentication => SecondCryptogram(activation, response, authentication), before: 0x71, after: 0x72);

    private static CommandApdu? SecondCryptogram(KernelActivation activation, ReaderEvent.OnlineResponse response, byte[] authentication)
    {
        TlvMap first = activation.FirstRecord ?? [];
        if (first[EmvTag.Cdol2] is not { Length: > 0 } second || !Dol.TryParse(second, out Dol? list, out _))
        {
            return null;
        }

        byte[]? code = TlvMap.TryParse(response.IssuerData.ToArray(), out TlvMap? answer, out _)
            ? answer[EmvTag.AuthorisationResponseCode]
            : null;
        byte[] values = list.Build(tag => tag switch
        {
            EmvTag.IssuerAuthenticationData => authentication,
            EmvTag.AuthorisationResponseCode => code,
            _ => first[tag] ?? activation.Terminal[tag],
        });
        CryptogramType type = response.IsApproved ? CryptogramType.Tc : CryptogramType.Aac;
        return GenerateCryptogram.Command(GenerateCryptogram.Control(type, withCda: false), values);
    }
}
