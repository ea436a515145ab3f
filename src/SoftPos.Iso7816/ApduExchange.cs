using System.Diagnostics.CodeAnalysis;

namespace SoftPos.Iso7816;

/// <summary>
/// One command with what ISO 7816-4 may put between it and its whole answer: GET RESPONSE after 61xx, the same command again with the
/// right Le after 6Cxx, and with Le after 6700 when it had none. A pure step machine: <see cref="Command"/> is to be sent,
/// <see cref="Next"/> takes the answer. Bounded in exchanges and in bytes, whatever the card says.
/// </summary>
public sealed class ApduExchange
{
    /// <summary>Most exchanges for one command: 32 GET RESPONSE of 256 bytes are twice the longest record seen on any card.</summary>
    public const int MaxExchanges = 34;

    /// <summary>Most bytes of one collected answer; the same reason.</summary>
    public const int MaxAnswer = 8192;

    private readonly List<byte> _collected = [];
    private readonly CommandApdu _original;
    private int _exchanges;
    private bool _lengthCorrected;
    private bool _lengthAdded;

    /// <summary>Starts with the command.</summary>
    public ApduExchange(CommandApdu command)
    {
        _original = command;
        Command = command;
    }

    /// <summary>The command to send now.</summary>
    public CommandApdu Command { get; private set; }

    /// <summary>
    /// Takes the answer to <see cref="Command"/>. True: the exchange is over, <paramref name="answer"/> holds the collected data and the last
    /// status word. False: <see cref="Command"/> has changed and is to be sent.
    /// </summary>
    public bool Next(ResponseApdu response, [NotNullWhen(true)] out ResponseApdu? answer)
    {
        answer = null;
        _exchanges++;
        StatusWord status = response.Status;
        bool room = _exchanges < MaxExchanges && _collected.Count + response.Data.Length <= MaxAnswer;
        if (status.Sw1 == 0x61 && room)
        {
            _collected.AddRange(response.Data.Span);
            byte cla = (byte)(_original.Cla & 0x03);
            Command = new CommandApdu(cla, 0xC0, 0, 0, default, status.Sw2 == 0 ? 256 : status.Sw2);
            return false;
        }

        // A card may correct Le once for each command that it was given; a second correction is a card that plays.
        if (status.Sw1 == 0x6C && response.Data.IsEmpty && room && !_lengthCorrected)
        {
            _lengthCorrected = true;
            Command = Command.WithLe(status.Sw2 == 0 ? 256 : status.Sw2);
            return false;
        }

        if (status == StatusWord.WrongLength && response.Data.IsEmpty && Command.Le is null && room && !_lengthAdded)
        {
            _lengthAdded = true;
            Command = Command.WithLe(256);
            return false;
        }

        if (_collected.Count == 0)
        {
            answer = response;
            return true;
        }

        if (_collected.Count + response.Data.Length <= MaxAnswer)
        {
            _collected.AddRange(response.Data.Span);
        }

        answer = new ResponseApdu(_collected.ToArray(), status);
        return true;
    }
}
