using System.Text;
using SoftPos.Lab.Cards;

namespace SoftPos.Simulation.Checks;

/// <summary>Card numbers and PIN of the run's cards, in every form in which they might stand somewhere.</summary>
internal sealed class Canaries
{
    private readonly List<(string What, byte[] Bytes)> _canaries = [];

    public Canaries(IEnumerable<string> cards)
    {
        foreach (LabIssuedCard card in cards.Select(static name => LabIssuer.FindByName(name)!))
        {
            byte[] packed = Convert.FromHexString(card.Pan.Length % 2 == 0 ? card.Pan : card.Pan + "F");
            _canaries.Add(($"number of {card.Name} as text", Encoding.ASCII.GetBytes(card.Pan)));
            _canaries.Add(($"number of {card.Name} as UTF-16", Encoding.Unicode.GetBytes(card.Pan)));
            _canaries.Add(($"number of {card.Name} packed", packed));
            _canaries.Add(($"PIN block of {card.Name}", PinBlock(card.Pan)));
        }

        // ISO 9564 format 4: the plain field before it is enciphered.
        _canaries.Add(("plain PIN field", Convert.FromHexString($"4{LabIssuer.Pin.Length:X}{LabIssuer.Pin}AAAAAAAAAA")));
    }

    /// <summary>What of it stands in the bytes, or null.</summary>
    public string? Find(ReadOnlySpan<byte> bytes)
    {
        foreach ((string what, byte[] canary) in _canaries)
        {
            if (bytes.IndexOf(canary) >= 0)
            {
                return what;
            }
        }

        return null;
    }

    /// <summary>ISO 9564 format 0, in clear.</summary>
    private static byte[] PinBlock(string pan)
    {
        byte[] pin = Convert.FromHexString($"0{LabIssuer.Pin.Length:X}{LabIssuer.Pin}".PadRight(16, 'F'));
        byte[] number = Convert.FromHexString("0000" + pan[^13..^1]);
        return [.. pin.Zip(number, static (a, b) => (byte)(a ^ b))];
    }
}
