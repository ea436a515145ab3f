using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Rules;

/// <summary>
/// Delivers the issuer's answer to the card on a second presentment: its authentication (by default EXTERNAL AUTHENTICATE) and the script
/// commands (Book C-3, 5.10; kernel 5 alike). The host's decision stands whatever the card says.
/// </summary>
internal sealed class IssuerUpdate
{
    /// <summary>Most script commands: EMV limits all scripts together to 128 bytes on some networks; 32 commands are beyond any.</summary>
    public const int MaxCommands = 32;

    private readonly KernelActivation _activation;
    private readonly bool _approved;
    private readonly Queue<Work> _work = new();
    private readonly List<byte> _results = [];
    private bool _stopScript;
    private int _script = -1;
    private int _sequence;

    /// <summary>Kernels 3 and 7: EXTERNAL AUTHENTICATE, then every script.</summary>
    public IssuerUpdate(KernelActivation activation, ReaderEvent.OnlineResponse response)
        : this(activation, response, static data => new CommandApdu(0x00, 0x82, 0x00, 0x00, data), before: 0, after: 0)
    {
    }

    /// <param name="activation">The activation.</param>
    /// <param name="response">The issuer's answer.</param>
    /// <param name="authentication">The command that brings 91 to the card; null where there is none.</param>
    /// <param name="before">Template of the scripts that come before it; 0 for none.</param>
    /// <param name="after">Template of those that come after it; 0 for all others.</param>
    public IssuerUpdate(
        KernelActivation activation,
        ReaderEvent.OnlineResponse response,
        Func<byte[], CommandApdu?> authentication,
        uint before,
        uint after)
    {
        _activation = activation;
        _approved = response.IsApproved;
        if (!TlvTree.TryParse(response.IssuerData, out IReadOnlyList<TlvNode> nodes, out _))
        {
            return;
        }

        int script = 0;
        Plan(nodes.Where(node => before != 0 && node.Tag == before), ref script);
        if (nodes.FirstOrDefault(node => node.Tag == EmvTag.IssuerAuthenticationData) is { Value.Length: >= 8 and <= 16 } data
            && authentication(data.Value.ToArray()) is { } command)
        {
            _work.Enqueue(new Work(command, -1));
        }

        Plan(nodes.Where(node => after == 0 ? node.Tag is 0x71 or 0x72 : node.Tag == after), ref script);
    }

    private sealed record Work(CommandApdu Command, int Script);

    public KernelStep Start() => Next();

    public KernelStep Respond(ResponseApdu response)
    {
        Work done = _work.Dequeue();
        if (done.Script >= 0)
        {
            // A script stops at the first command that is not done; warnings 62 and 63 are.
            bool good = response.Status.IsOk || response.Status.Sw1 is 0x62 or 0x63;
            _stopScript = !good;
            _sequence = done.Script == _script ? _sequence + 1 : 1;
            _script = done.Script;
            if (!good || _work.All(work => work.Script != done.Script))
            {
                // 9F5B: result nibble (2 done, 1 failed) and sequence number of the command.
                _results.Add((byte)((good ? 0x20 : 0x10) | (good ? 0 : Math.Min(_sequence, 0x0F))));
            }

            while (_stopScript && _work.TryPeek(out Work? next) && next.Script == done.Script)
            {
                _work.Dequeue();
            }
        }

        return Next();
    }

    /// <summary>The card left before everything was delivered.</summary>
    public KernelStep Fail() => KernelStep.Finish(New(OutcomeKind.EndApplication, OutcomeReason.IssuerUpdateFailed) with
    {
        UiOnOutcome = _activation.Ui(UiMessage.UseAnotherCard, UiStatus.ProcessingError),
    });

    private KernelStep Next() => _work.TryPeek(out Work? work)
        ? KernelStep.Send(work.Command)
        : KernelStep.Finish(New(_approved ? OutcomeKind.Approved : OutcomeKind.Declined, OutcomeReason.IssuerUpdateDone) with
        {
            UiOnOutcome = _activation.Ui(_approved ? UiMessage.Approved : UiMessage.NotAuthorised, UiStatus.NotReady, CommonOutcomes.HoldMs),
        });

    private Outcome New(OutcomeKind kind, OutcomeReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Application = _activation.Application,
        DiscretionaryData = _results.Count == 0 ? null : new TlvMap { [EmvTag.ScriptResults] = [.. _results] },
    };

    private void Plan(IEnumerable<TlvNode> templates, ref int script)
    {
        foreach (TlvNode template in templates)
        {
            foreach (TlvNode command in template.Children.Where(child => child.Tag == EmvTag.ScriptCommand))
            {
                if (_work.Count < MaxCommands && CommandApdu.TryParse(command.Value.ToArray(), out CommandApdu? apdu))
                {
                    _work.Enqueue(new Work(apdu, script));
                }
            }

            script++;
        }
    }
}
