using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Emvco;

/// <content>Data storage: READ DATA, WRITE DATA, and what the terminal is asked and told about it (Book C-8, 24, 25 and 30).</content>
internal sealed partial class Kernel8
{
    /// <summary>Most envelopes: there are ten tags for them.</summary>
    private const int MaxEnvelopes = 10;

    private const byte Completed = 0x80;
    private const byte NotCompleted = 0x00;
    private const byte MoreFollow = 0x80;

    private readonly TlvMap _toSend = [];
    private readonly Queue<byte[]> _toWrite = new();
    private Queue<uint>? _toRead;
    private byte[] _written = [];
    private bool _isWriteGood = true;

    /// <summary>24 and 25: envelopes that the terminal wants, then what it must give before the cryptogram is asked for.</summary>
    private KernelStep RecordsRead()
    {
        _toRead ??= Wanted();
        if (_toRead.TryPeek(out uint tag))
        {
            _waiting = Waiting.ReadData;
            return KernelStep.Send(new CommandApdu(0x84, 0x32, 0x00, 0x00, TagBytes(tag), 256));
        }

        byte[]? flag = _data[Kernel8Tag.ProceedToWrite];
        uint[] needed =
        [
            .. _data.Needed(_cdol!),
            .. flag is [] or [0x00] ? [Kernel8Tag.ProceedToWrite] : Array.Empty<uint>(),
            .. _data[Kernel8Tag.EnvelopesToWrite] is [] ? [Kernel8Tag.EnvelopesToWrite] : Array.Empty<uint>(),
        ];
        if (needed.Length > 0)
        {
            _activation.Notes?.Add("25", "the terminal is asked for data and waited for");
            return Ask(needed, Waiting.TerminalData, Flush());
        }

        KernelStep next = Decide();
        return _toSend.Count == 0 ? next : next with { Effects = [new ReaderEffect.ExchangeData([], Flush()), .. next.Effects] };
    }

    private TlvMap Flush()
    {
        TlvMap flushed = [];
        foreach ((uint tag, byte[] value) in _toSend)
        {
            flushed[tag] = [.. value];
        }

        _toSend.Clear();
        return flushed;
    }

    /// <summary>Tags To Read: envelopes are read from the card, other objects are there or not.</summary>
    private Queue<uint> Wanted()
    {
        Queue<uint> wanted = new();
        if (_data[Kernel8Tag.TagsToRead] is not { Length: > 0 } list || !Dol.TryParseTagList(list, out IReadOnlyList<uint> tags, out _))
        {
            return wanted;
        }

        foreach (uint tag in tags.Where(TlvTag.IsWellFormed).Distinct())
        {
            if (Kernel8Tag.IsEnvelope(tag) && !_data.Card.Contains(tag))
            {
                wanted.Enqueue(tag);
            }
            else if (!SensitiveTags.Contains(tag) && !CardAccount.Tags.Contains(tag))
            {
                _toSend[tag] = [.. _data[tag] ?? []];
            }
        }

        return wanted;
    }

    /// <summary>24: the answer is cipher text and MAC; whatever is wrong with it does not end the payment.</summary>
    private KernelStep EnvelopeReceived(ResponseApdu response)
    {
        uint tag = _toRead!.Dequeue();
        byte[]? plain = response.Status.IsOk ? _channel!.OpenMessage(response.Data.Span) : null;
        bool isGood = plain is not null && StoreEnvelope(tag, plain);
        _activation.Notes?.Add("24", $"READ DATA {TlvTag.Text(tag)}: {(isGood ? "read" : $"failed, status {response.Status.Value:X4}")}");
        if (!isGood)
        {
            _data.Set(Kernel8Tag.ReadStatus, [NotCompleted]);
        }

        _toSend[tag] = isGood ? [.. _data.Card[tag]!] : [];
        return RecordsRead();
    }

    private bool StoreEnvelope(uint tag, ReadOnlySpan<byte> plain)
    {
        TlvReader reader = new(plain);
        return reader.TryRead(out TlvObject envelope) && envelope.Tag == tag && !reader.TryRead(out _) && !reader.Fault.IsFault
            && _data.Store(tag, envelope.Value) is null && _data.Card[tag] is not null;
    }

    /// <summary>Data Envelopes To Write: anything but envelopes in it, or too many, and nothing is written.</summary>
    private void PlanWrites()
    {
        if (_data[Kernel8Tag.EnvelopesToWrite] is not { Length: > 0 } list)
        {
            return;
        }

        TlvReader reader = new(list);
        while (reader.TryRead(out TlvObject envelope))
        {
            bool fits = Kernel8Tag.IsEnvelope(envelope.Tag)
                && Kernel8Dictionary.Objects.RuleOf(envelope.Tag, envelope.Value.Length) is Rules.CardObjectRule.Store
                && _toWrite.Count < MaxEnvelopes;
            if (!fits)
            {
                _toWrite.Clear();
                return;
            }

            _toWrite.Enqueue(envelope.Encoded.ToArray());
        }

        if (reader.Fault.IsFault)
        {
            _toWrite.Clear();
        }
    }

    /// <summary>30: the next envelope, enciphered under the kernel's counter.</summary>
    private KernelStep WriteNext()
    {
        if (!_isWriteGood || !_toWrite.TryDequeue(out byte[]? envelope))
        {
            if (_written.Length > 0 && _isWriteGood)
            {
                _data.Set(Kernel8Tag.WriteStatus, [Completed]);
            }

            return LetCardGo();
        }

        _written = envelope;
        _waiting = Waiting.WriteData;
        byte more = _toWrite.Count > 0 ? MoreFollow : (byte)0x00;
        return KernelStep.Send(new CommandApdu(0x84, 0x34, 0x00, more, _channel!.Encipher(envelope), 256));
    }

    /// <summary>30: the card's MAC is over the object that was sent, in the clear.</summary>
    private KernelStep ReceiptReceived(ResponseApdu response)
    {
        _isWriteGood = response.Status.IsOk && _channel!.IsReceipt(_written, response.Data.Span);
        _activation.Notes?.Add("30", $"WRITE DATA: {(_isWriteGood ? "written" : $"failed, status {response.Status.Value:X4}")}");
        return WriteNext();
    }

    private static byte[] TagBytes(uint tag) => [(byte)(tag >> 16), (byte)((tag >> 8) & 0xFF), (byte)(tag & 0xFF)];
}
