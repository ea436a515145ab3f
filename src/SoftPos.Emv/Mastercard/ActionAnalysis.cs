using SoftPos.Emv.Configuration;
using SoftPos.Emv.Visa;

namespace SoftPos.Emv.Mastercard;

/// <summary>Terminal action analysis (Book C-2, 7.8, TAA.1 to TAA.18).</summary>
internal static class ActionAnalysis
{
    /// <summary>The cryptogram to ask for, by terminal and issuer action codes.</summary>
    public static CryptogramType Decide(TerminalProfile terminal, Kernel2Options options, Kernel2Database data)
    {
        ulong tvr = data.Tvr.Value;
        ulong denial = Code(options.TacDenial) | Code(data[EmvTag.IacDenial]);
        if ((denial & tvr) != 0)
        {
            return CryptogramType.Aac;                                                                                 // TAA.1 to 3
        }

        if (terminal.IsOnlineOnly)
        {
            return CryptogramType.Arqc;                                                                                // TAA.4
        }

        // An absent issuer action code counts as all ones.
        bool isOffline = terminal.IsOfflineOnly;
        byte[]? issuer = data[isOffline ? EmvTag.IacDefault : EmvTag.IacOnline];
        ulong codes = issuer is { Length: 5 } ? Code(issuer) | Code(isOffline ? options.TacDefault : options.TacOnline) : ulong.MaxValue;
        return (codes & tvr) == 0 ? CryptogramType.Tc : isOffline ? CryptogramType.Aac : CryptogramType.Arqc;          // TAA.6 to 18
    }

    private static ulong Code(byte[]? bytes) => bytes is { Length: 5 } ? Tvr.FromBytes(bytes).Value : 0;
}
