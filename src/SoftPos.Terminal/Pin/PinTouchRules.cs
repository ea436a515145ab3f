namespace SoftPos.Terminal;

/// <summary>A touch as the system describes it; no place, no time.</summary>
/// <param name="IsObscured">Another window was over the finger.</param>
/// <param name="IsPartlyObscured">Another window was over another part of the screen.</param>
/// <param name="IsFinger">It came from a finger on the phone's own touch screen: not injected, no mouse, no stylus of an app.</param>
/// <param name="Pointers">How many fingers are down.</param>
internal readonly record struct PinTouch(bool IsObscured, bool IsPartlyObscured, bool IsFinger, int Pointers);

/// <summary>What is done with a touch.</summary>
internal enum TouchDecision
{
    /// <summary>It goes to the pad.</summary>
    Take,

    /// <summary>It is as if it had not been.</summary>
    Drop,

    /// <summary>The entry ends: something is between the cardholder and the pad.</summary>
    End,
}

/// <summary>Which touches reach the pad (specs: pin-on-glass 6).</summary>
internal static class PinTouchRules
{
    /// <summary>One finger in the standard mode; a second one takes the key in the guided mode.</summary>
    public static TouchDecision Decide(PinTouch touch, bool isGuided) =>
        touch.IsObscured || touch.IsPartlyObscured ? TouchDecision.End
        : !touch.IsFinger ? TouchDecision.End
        : touch.Pointers > (isGuided ? 2 : 1) ? TouchDecision.Drop
        : TouchDecision.Take;
}
