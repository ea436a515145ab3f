using SoftPos.Emv.Configuration;

namespace SoftPos.Emv.Rules;

/// <summary>Action codes of one side, five bytes each; null is absent.</summary>
internal readonly record struct ActionCodes(byte[]? Denial, byte[]? Online, byte[]? Default)
{
    /// <summary>Issuer action codes 9F0E, 9F0F, 9F0D.</summary>
    public static ActionCodes OfIssuer(IKernelObjects data) => new(data[EmvTag.IacDenial], data[EmvTag.IacOnline], data[EmvTag.IacDefault]);

    /// <summary>True when a code has a bit that is set in the results; an absent code has none.</summary>
    public static bool Match(byte[]? code, Tvr tvr) => code is { Length: 5 } && (Tvr.FromBytes(code).Value & tvr.Value) != 0;
}

/// <summary>Terminal action analysis (EMV Book 3, 10.7; Book C-2, 7.8, TAA.1 to TAA.18).</summary>
internal static class ActionAnalysis
{
    /// <summary>The codes for denial of either side match.</summary>
    public static bool IsDenied(ActionCodes ofTerminal, ActionCodes ofIssuer, Tvr tvr) =>
        ActionCodes.Match(ofTerminal.Denial, tvr) || ActionCodes.Match(ofIssuer.Denial, tvr);

    /// <summary>The cryptogram to ask for, by terminal and issuer action codes.</summary>
    public static CryptogramType Decide(TerminalProfile terminal, ActionCodes ofTerminal, ActionCodes ofIssuer, Tvr tvr)
    {
        if (IsDenied(ofTerminal, ofIssuer, tvr))
        {
            return CryptogramType.Aac;                                                                                 // TAA.1 to 3
        }

        if (terminal.IsOnlineOnly)
        {
            return CryptogramType.Arqc;                                                                                // TAA.4
        }

        // An absent issuer action code counts as all ones.
        bool isOffline = terminal.IsOfflineOnly;
        byte[]? issuer = isOffline ? ofIssuer.Default : ofIssuer.Online;
        bool match = ActionCodes.Match(isOffline ? ofTerminal.Default : ofTerminal.Online, tvr)
            || (issuer is { Length: 5 } ? ActionCodes.Match(issuer, tvr) : tvr.Value != 0);
        return !match ? CryptogramType.Tc : isOffline ? CryptogramType.Aac : CryptogramType.Arqc;                      // TAA.6 to 18
    }
}
