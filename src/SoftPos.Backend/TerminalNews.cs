using System.Security.Cryptography;
using SoftPos.Contract;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend;

/// <summary>
/// What a terminal gets with a good verdict beside it: the merchant's surcharge, and, where the merchant has terms for it, a permission for
/// sales while the back end is away. A permission is given to a trusted terminal only, and only when everything that it took under the
/// former one is here: so what one phone can have outstanding is never more than one permission allows.
/// </summary>
internal sealed class TerminalNews(Database database, OfflineDesk offline, IDeviceKey key, TimeProvider clock)
{
    private const int PermissionIdLength = 16;

    public async ValueTask<AttestationAnswer> AddAsync(TerminalRecord terminal, AttestationAnswer answer, CancellationToken cancellation)
    {
        if (await database.Merchants.FindAsync(terminal.MerchantId, cancellation) is not { } merchant)
        {
            return answer;
        }

        return answer with
        {
            Surcharge = merchant.Surcharge,
            OfflinePermission = await PermitAsync(terminal, merchant, cancellation),
        };
    }

    private async ValueTask<byte[]?> PermitAsync(TerminalRecord terminal, MerchantRecord merchant, CancellationToken cancellation)
    {
        double told = terminal.Health.GetValueOrDefault(OfflineFigures.Sequence);
        long sequence = told is > 0 and <= OfflineRecord.MaxSequence ? (long)told : 0;
        bool waits = terminal.Health.GetValueOrDefault(OfflineFigures.Waiting) > 0;
        OfflineChain? chain = await offline.ReportAsync(terminal, sequence, cancellation);
        bool here = chain is null || (chain.Closed is null && chain.Acknowledged == chain.Reported);
        if (merchant.Offline is not { } terms || waits || !here
            || terminal is not { State: TerminalState.Active, Verdict: Verdict.Trusted })
        {
            return null;
        }

        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new OfflinePermission
        {
            PermissionId = RandomNumberGenerator.GetBytes(PermissionIdLength),
            TerminalId = terminal.TerminalId,
            DeviceKeyHash = SHA256.HashData(terminal.DeviceKey),
            MerchantId = merchant.MerchantId,
            Currency = merchant.Currency,
            Verdict = terminal.Verdict,
            AttestedAt = now,
            ExpiresAt = now + TimeSpan.FromMinutes(terms.MaxAttestationAgeMinutes),
            Terms = terms,
            Acknowledged = chain?.Acknowledged ?? 0,
            Head = chain?.Head ?? OfflineRecord.Genesis(terminal.TerminalId),
        }.Sign(key);
    }
}
