namespace SoftPos.Emv.Rules;

/// <summary>Type of an application cryptogram: bits 8 and 7 of 9F27 (EMV Book 3, 6.5.5.4).</summary>
internal enum CryptogramType
{
    Aac = 0,
    Tc = 1,
    Arqc = 2,
    Rfu = 3,
}
