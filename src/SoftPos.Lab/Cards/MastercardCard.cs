using SoftPos.Iso7816;

namespace SoftPos.Lab.Cards;

internal sealed class MastercardCard(LabCardDescription description, int counter, Action<Span<byte>>? random) : VirtualCard(description, counter, random)
{
    private protected override byte[] Aid => Convert.FromHexString("A0000000041010");

    private protected override string Label => "Mastercard";

    private protected override byte KernelId => 2;

    private protected override void Reset()
    {
    }

    private protected override byte[] SelectApplication() => Status(0x6A82);

    private protected override byte[] Execute(CommandApdu command) => Status(0x6D00);
}
