using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>Terminals of the tests.</summary>
internal static class Terminals
{
    public static Task<SoftPosTerminal> OpenAsync(ScriptedBackend backend, TestPlatform platform) => SoftPosTerminal.CreateAsync(
        backend.Options(platform), TestContext.Current.CancellationToken);

    public static async Task<SoftPosTerminal> EnrolAsync(ScriptedBackend backend, TestPlatform platform)
    {
        SoftPosTerminal terminal = await OpenAsync(backend, platform);
        TrustResult result = await terminal.ActivateAsync(ScriptedBackend.Code, TestContext.Current.CancellationToken);
        Assert.True(result.CanPay, result.Reason?.Code);
        return terminal;
    }

    public static MerchantFinding Finding(string reason)
    {
        Reason entry = ReasonCatalogue.Get(reason);
        return new MerchantFinding
        {
            Reason = reason, Text = entry.TextIn("en"), Fix = entry.FixIn("en"), Owner = entry.Owner, Response = FindingResponse.Deny,
        };
    }
}
