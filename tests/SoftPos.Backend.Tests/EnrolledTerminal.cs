using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests;

/// <summary>A terminal as an enrolment leaves it, with the secret that it was given.</summary>
internal static class EnrolledTerminal
{
    /// <summary>Puts one into the store.</summary>
    /// <param name="host">The back end.</param>
    /// <param name="number">Tells it from others of the test.</param>
    /// <param name="state">Its state.</param>
    /// <param name="deviceKey">Its device key; null for one that signs nothing here.</param>
    public static async Task<EnvelopeSender> AddAsync(BackendHost host, int number, TerminalState state = TerminalState.Active, byte[]? deviceKey = null)
    {
        Guid id = new(number, 0x1234, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1);
        byte[] key = deviceKey ?? [(byte)number];
        TerminalRecord phone = new()
        {
            TerminalId = id, MerchantId = SandboxMerchant.Id, DeviceKey = key, AgreementKey = [1], State = state, Verdict = Verdict.Trusted,
            AcquirerTerminalId = "SP000001", EnrolledAt = TimeProvider.System.GetUtcNow(),
        };
        (await host.Database.CommitAsync(new Change().Put(phone))).Require();
        return new EnvelopeSender(id, host.Channel.SecretOf(id, key), 1);
    }
}
