using System.Security.Cryptography;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>A PIN screen with a virtual cardholder before it: finds each key on the pad that is drawn and touches it; cancels without a PIN.</summary>
internal sealed class VirtualPinScreen(string? pin, bool isGuided, TimeProvider clock, RandomNumberGenerator randomness) : IPinScreen
{
    public bool IsGuided => isGuided;

    /// <summary>How often a pad was drawn.</summary>
    public int Opened { get; private set; }

    public Task ServeAsync(PinPad pad, PinPrompt prompt, CancellationToken cancellation)
    {
        Opened++;
        Action<PinKey> press = isGuided ? Guided(pad) : key => Touch(pad, key);
        foreach (char digit in pin ?? string.Empty)
        {
            press((PinKey)(digit - '0'));
        }

        press(pin is null ? PinKey.Cancel : PinKey.Enter);
        return Task.CompletedTask;
    }

    private static void Touch(PinPad pad, PinKey key)
    {
        (double x, double y) = Find(pad.Layout, key);
        pad.Touch(x, y);
    }

    /// <summary>Lands in the middle, slides to the key, taps with a second finger.</summary>
    private Action<PinKey> Guided(PinPad pad)
    {
        GuidedPinPad guided = new(pad, clock, randomness);
        return key =>
        {
            (double x, double y) = Find(pad.Layout, key);
            guided.FingerDown(0.5, 0.5);
            guided.FingerMove(x, 0.5);
            guided.FingerMove(x, y);
            guided.SecondFingerTap();
            guided.FingerUp();
        };
    }

    private static (double X, double Y) Find(PinLayout layout, PinKey key)
    {
        for (int row = 0; row < PinLayout.Rows; row++)
        {
            for (int column = 0; column < PinLayout.Columns; column++)
            {
                if (layout.At(row, column) == key)
                {
                    return ((column + 0.5) / PinLayout.Columns, (row + 0.5) / PinLayout.Rows);
                }
            }
        }

        throw new InvalidOperationException("the pad has not every key");
    }
}
