using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Mastercard;

internal sealed class Kernel2(KernelActivation activation) : IKernel
{
    public KernelStep Start() => KernelStep.Finish(new Outcome
    {
        Kind = OutcomeKind.SelectNext,
        Reason = OutcomeReason.NoApplication,
        Start = StartPoint.C,
        Application = activation.Application,
    });

    public KernelStep Respond(ResponseApdu response, int elapsedTenthsMs) => KernelStep.Nothing;

    public KernelStep Step(ReaderEvent happened) => KernelStep.Nothing;
}
