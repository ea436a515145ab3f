using SoftPos.Emv.AmericanExpress;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Discover;
using SoftPos.Emv.Emvco;
using SoftPos.Emv.Jcb;
using SoftPos.Emv.Mastercard;
using SoftPos.Emv.UnionPay;
using SoftPos.Emv.Visa;
using SoftPos.Iso7816;

namespace SoftPos.Emv.EntryPoint;

/// <content>Protocol activation, combination selection, kernel activation and outcome processing (Book B, 3.2 to 3.5).</content>
public sealed partial class ContactlessReader
{
    private static readonly byte[] DirectoryName = "2PAY.SYS.DDF01"u8.ToArray();

    /// <summary>Book B, 3.2.</summary>
    private void ActivateProtocol(List<ReaderEffect> effects)
    {
        _activations++;
        _commands = 0;
        _exchange = null;
        DropKernel();
        if (_onlineResponse is null)
        {
            _candidates = [];
        }

        effects.Add(new ReaderEffect.Show(_uiOnRestart ?? new UiRequest(UiMessage.PresentCard, UiStatus.ReadyToRead)));
        _uiOnRestart = null;
        _state = State.Polling;
        _fieldIsOn = true;
        effects.Add(new ReaderEffect.FieldOn());
    }

    private void CardDetected(List<ReaderEffect> effects)
    {
        if (_onlineResponse is not null)
        {
            // 3.3.2.1: a restart with an issuer response goes to the combination that was used before.
            SelectApplication(effects);
            return;
        }

        EntryPointNotes?.Add("3.3.2.2", "card in the field: SELECT PPSE");
        _state = State.SelectingDirectory;
        Send(effects, new CommandApdu(0x00, 0xA4, 0x04, 0x00, DirectoryName, 256));
    }

    private void Send(List<ReaderEffect> effects, CommandApdu command)
    {
        _exchange = new ApduExchange(command);
        SendNow(effects, command);
    }

    private void SendNow(List<ReaderEffect> effects, CommandApdu command)
    {
        if (++_commands > MaxCommands)
        {
            EndApplication(effects, OutcomeReason.TooManyRecords, UiStatus.ProcessingError);
            return;
        }

        effects.Add(new ReaderEffect.SendCommand(command));
    }

    private void Respond(List<ReaderEffect> effects, ReaderEvent.CardResponse happened)
    {
        _lastElapsed = happened.ElapsedTenthsMs;
        if (!ResponseApdu.TryParse(happened.Bytes, out ResponseApdu? response))
        {
            FieldFailed(effects, new ReaderEvent.FieldError(CommunicationFault.Protocol));
            return;
        }

        if (!_exchange!.Next(response, out ResponseApdu? answer))
        {
            SendNow(effects, _exchange.Command);
            return;
        }

        _exchange = null;
        switch (_state)
        {
            case State.SelectingDirectory:
                _candidates = answer.Status.IsOk ? CandidateList.Build(answer.Data, _allowed) : [];
                EntryPointNotes?.Add("3.3.2.5", _candidates.Count == 0
                    ? "candidate list: empty"
                    : $"candidate list: {string.Join(", ", _candidates.Select(one => $"{Convert.ToHexString(one.AdfName)} for {one.Combination}"))}");
                SelectApplication(effects);
                break;
            case State.SelectingApplication:
                ApplicationSelected(effects, answer);
                break;
            case State.InKernel:
                Take(effects, _kernel!.Respond(answer, _lastElapsed));
                break;
        }
    }

    /// <summary>Start C: the best candidate that is left (3.3.3.1).</summary>
    private void SelectApplication(List<ReaderEffect> effects)
    {
        if (_onlineResponse is null)
        {
            _selected = _candidates.FirstOrDefault();
        }

        if (_selected is null)
        {
            EndApplication(effects, OutcomeReason.NoApplication, UiStatus.ReadyToRead);
            return;
        }

        EntryPointNotes?.Add("3.3.3.4", $"SELECT {Convert.ToHexString(_selected.SelectName)}");
        _state = State.SelectingApplication;
        Send(effects, new CommandApdu(0x00, 0xA4, 0x04, 0x00, _selected.SelectName, 256));
    }

    private void ApplicationSelected(List<ReaderEffect> effects, ResponseApdu answer)
    {
        bool good = ApplicationFci.TryParse(answer.Data, out ApplicationFci? fci) && answer.Status.IsOk;
        if (!good && _onlineResponse is not null)
        {
            EndApplication(effects, OutcomeReason.IssuerUpdateFailed, UiStatus.ReadyToRead);
            return;
        }

        // 3.3.3.5, and our own check that the card answered for the name that was asked.
        if (!good || !fci!.DfName.AsSpan().StartsWith(_selected!.AdfName))
        {
            RemoveCandidate(effects);
            return;
        }

        IKernel? kernel = CreateKernel(fci);
        if (kernel is null)
        {
            RemoveCandidate(effects);
            return;
        }

        EntryPointNotes?.Add("3.4.1", $"kernel {_selected.Combination.Kernel} is activated");
        _kernel = kernel;
        _state = State.InKernel;
        Take(effects, kernel.Start());
    }

    private IKernel? CreateKernel(ApplicationFci fci)
    {
        Combination combination = _selected!.Combination;
        KernelActivation activation = new()
        {
            Configuration = _configuration!,
            Combination = combination,
            Indicators = _selected.Indicators,
            Fci = fci,
            AdfName = _selected.AdfName,
            Request = _request!,
            Terminal = TerminalObjects.Build(_configuration!, combination, _request!, _nextUnpredictableNumber!()),
            NextUnpredictableNumber = _nextUnpredictableNumber!,
            NextSecret = _nextSecret,
            Response = _onlineResponse,
            FirstRecord = _onlineResponse is null ? null : _firstRecord,
            TornLog = _tornLog,
            MagStripeBrake = MagStripeBrake,
            PhoneRestarts = _phoneRestarts,
            Notes = Notes is { } write ? new NoteWriter($"C-{combination.Kernel}", write) : null,
        };
        return combination.Kernel switch
        {
            // 3.3.3.6: a Visa card without TTQ in its PDOL is for kernel 1, which this reader does not have; a UnionPay card without it is
            // none of QuickPass.
            3 when HasQualifiers(fci, combination) => Kernel3.Create(activation),
            6 when HasQualifiers(fci, combination) => new Kernel6(activation),
            7 when HasQualifiers(fci, combination) => Kernel7.Create(activation),
            2 => new Kernel2(activation),
            4 => new Kernel4(activation),
            5 => new Kernel5(activation),
            8 => new Kernel8(activation),
            _ => null,
        };
    }

    /// <summary>A kernel that holds keys overwrites them when it goes, however its activation ended.</summary>
    private void DropKernel()
    {
        (_kernel as IDisposable)?.Dispose();
        _kernel = null;
    }

    private static bool HasQualifiers(ApplicationFci fci, Combination combination) =>
        fci.Pdol is { } pdol && pdol.Contains(EmvTag.Ttq) && combination.Ttq is { Length: 4 };

    private void RemoveCandidate(List<ReaderEffect> effects)
    {
        EntryPointNotes?.Add("3.3.3.5", $"candidate {Convert.ToHexString(_selected!.AdfName)} is dropped");
        _candidates.Remove(_selected!);
        SelectApplication(effects);
    }

    private void Take(List<ReaderEffect> effects, KernelStep step)
    {
        foreach (ReaderEffect effect in step.Effects)
        {
            switch (effect)
            {
                case ReaderEffect.SendCommand send:
                    Send(effects, send.Command);
                    break;
                case ReaderEffect.FieldOff:
                    effects.Add(effect);
                    _fieldIsOn = false;
                    break;
                default:
                    effects.Add(effect);
                    break;
            }
        }

        if (step.Outcome is { } outcome)
        {
            ProcessOutcome(effects, outcome);
        }
    }

    /// <summary>Book B, 3.5.</summary>
    private void ProcessOutcome(List<ReaderEffect> effects, Outcome outcome)
    {
        EntryPointNotes?.Add("3.5", $"outcome {outcome.Kind} ({outcome.Reason}), start {outcome.Start}");
        bool restarts = outcome.Kind is OutcomeKind.TryAgain || (outcome.Kind is OutcomeKind.EndApplication && outcome.Start is StartPoint.B);
        if (restarts && _activations < MaxActivations)
        {
            outcome.Account?.Dispose();
            if (outcome.UiOnOutcome is { } now)
            {
                effects.Add(new ReaderEffect.Show(now));
            }

            _phoneRestarts += outcome.Reason is OutcomeReason.SeePhone ? 1 : 0;
            SwitchOff(effects, outcome.FieldOffMs ?? 0);
            _uiOnRestart = outcome.UiOnRestart;
            ActivateProtocol(effects);
        }
        else if (outcome.Kind is OutcomeKind.SelectNext)
        {
            RemoveCandidate(effects);
        }
        else
        {
            Finish(effects, outcome);
        }
    }

    private void Finish(List<ReaderEffect> effects, Outcome outcome)
    {
        if (outcome.UiOnOutcome is { } now)
        {
            effects.Add(new ReaderEffect.Show(now));
        }

        _exchange = null;
        DropKernel();
        _lastOutcome = outcome;
        bool waits = outcome.Kind is OutcomeKind.OnlineRequest && outcome.Start is StartPoint.B or StartPoint.D;
        _state = waits ? State.WaitingForHost : State.Done;
        _firstRecord = waits ? outcome.DataRecord?.Copy() : null;
        if (outcome.Start is not StartPoint.D)
        {
            SwitchOff(effects, outcome.FieldOffMs ?? 0);
        }

        effects.Add(new ReaderEffect.Finish(outcome));
    }

    private void SwitchOff(List<ReaderEffect> effects, int holdMs)
    {
        if (_fieldIsOn || holdMs > 0)
        {
            effects.Add(new ReaderEffect.FieldOff(holdMs));
        }

        _fieldIsOn = false;
    }

    private void EndApplication(List<ReaderEffect> effects, OutcomeReason reason, UiStatus status) => Finish(effects, new Outcome
    {
        Kind = OutcomeKind.EndApplication,
        Reason = reason,
        UiOnOutcome = new UiRequest(UiMessage.UseAnotherCard, status),
        Application = _selected is null ? null : new SelectedApplication(_selected.AdfName, _selected.Combination.Kernel, null, null),
    });

    private void FieldFailed(List<ReaderEffect> effects, ReaderEvent happened)
    {
        _exchange = null;
        EntryPointNotes?.Add("3.3.3.7", "the exchange with the card failed");
        if (_state is State.InKernel)
        {
            Take(effects, _kernel!.Step(happened));
            return;
        }

        // 3.3.3.7: back to start B, nothing is shown as final.
        if (_activations >= MaxActivations)
        {
            EndApplication(effects, OutcomeReason.CommunicationError, UiStatus.ProcessingError);
            return;
        }

        SwitchOff(effects, 0);
        _uiOnRestart = new UiRequest(UiMessage.PresentCardAgain, UiStatus.ReadyToRead);
        ActivateProtocol(effects);
    }

    private void Stop(List<ReaderEffect> effects)
    {
        if (_state is State.Done)
        {
            return;
        }

        if (_state is State.InKernel)
        {
            KernelStep step = _kernel!.Step(new ReaderEvent.Stop());
            if (step.Outcome is null)
            {
                Take(effects, step);
                return;
            }
        }

        Finish(effects, new Outcome { Kind = OutcomeKind.EndApplication, Reason = OutcomeReason.Stopped });
    }

    private void HostAnswered(List<ReaderEffect> effects, ReaderEvent.OnlineResponse response)
    {
        bool hasEmvData = TlvMap.TryParse(response.IssuerData.ToArray(), out TlvMap? _, out _) && HasIssuerObjects(response.IssuerData);
        if (_lastOutcome!.OnlineResponseData is OnlineResponseData.EmvData && !hasEmvData)
        {
            Finish(effects, HostDecision(response, OutcomeReason.IssuerUpdateDone));
            return;
        }

        _onlineResponse = response;
        _uiOnRestart = _lastOutcome.UiOnRestart;
        ActivateProtocol(effects);
    }

    private Outcome HostDecision(ReaderEvent.OnlineResponse response, OutcomeReason reason) => new()
    {
        Kind = response.IsApproved ? OutcomeKind.Approved : OutcomeKind.Declined,
        Reason = reason,
        UiOnOutcome = new UiRequest(response.IsApproved ? UiMessage.Approved : UiMessage.NotAuthorised, UiStatus.NotReady),
        Application = _lastOutcome!.Application,
    };

    private static bool HasIssuerObjects(ReadOnlyMemory<byte> data)
    {
        for (TlvReader reader = new(data.Span); reader.TryRead(out TlvObject item);)
        {
            if (item.Tag is EmvTag.IssuerAuthenticationData or 0x71 or 0x72)
            {
                return true;
            }
        }

        return false;
    }
}
