using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Storage;

namespace SoftPos.Payments;

/// <summary>The one change by which a forwarded sale becomes durable: chain, record, payment, key serial number and journal.</summary>
internal sealed class OfflineIntake(
    OfflineForward forward, ForwardedSale sale, TerminalRecord terminal, OfflineChain chain, OfflineChain? stored, TimeSpan ownTime,
        DateTimeOffset now)
{
    /// <summary>The chain after the sale, once the change is made.</summary>
    public OfflineChain? Next { get; private set; }

    /// <summary>Makes the change for what is wrong with the sale.</summary>
    public Change Change(IReadOnlyList<OfflineFlag> flags)
    {
        Change change = new();
        PaymentRequest request = sale.Request;
        bool duplicate = flags.Contains(OfflineFlag.Duplicate);

        // A PIN must never be kept, not even where it should not be; and of a copy nothing is needed.
        bool keep = !duplicate && request.PinBlock is null;
        StoredOfflineRecord record = new(terminal.TerminalId, sale.Record.Sequence, sale.Hash, request.PaymentId, now, keep
            ? forward.Record : null);
        Next = After(change, flags);
        change.Move(stored, Next).Add(record, sale.Permission?.PermissionId, request.AmountMinor);
        if (duplicate)
        {
            return change.Append("offline.duplicate", request.PaymentId, Facts(flags));
        }

        change.Add(Payment(flags));
        if (!flags.Contains(OfflineFlag.KeySerialSeen))
        {
            change.TakeKeySerial(request.DataKsn);
        }

        return change.Append(flags.Count == 0 ? "payment.offline-received" : "payment.offline-held", request.PaymentId, Facts(flags));
    }

    private OfflineChain After(Change change, IReadOnlyList<OfflineFlag> flags)
    {
        OfflineChain next = OfflineDesk.Reported(change, chain, forward.HeadSequence);
        long sequence = sale.Record.Sequence;
        if (sequence <= chain.Acknowledged)
        {
            change.Append("offline.forked", terminal.TerminalId,
                new JsonObject { ["sequence"] = sequence, ["hash"] = Convert.ToHexStringLower(sale.Hash) });
            return next with { Closed = next.Closed ?? "a record was made anew" };
        }

        if (sequence > chain.Acknowledged + 1)
        {
            change.Append("offline.gap", terminal.TerminalId, new JsonObject { ["from"] = chain.Acknowledged + 1, ["to"] = sequence - 1 });
            next = next with { Missing = next.Missing + sequence - 1 - chain.Acknowledged };
        }

        bool broken = flags.Contains(OfflineFlag.ChainBroken);
        return next with
        {
            Acknowledged = sequence, Head = sale.Hash, Closed = next.Closed ?? (broken ? "a record does not follow the last one" : null),
        };
    }

    private PaymentRecord Payment(IReadOnlyList<OfflineFlag> flags)
    {
        PaymentRequest request = sale.Request;
        EmvData? emv = EmvData.Read(request, out _);
        return new PaymentRecord
        {
            PaymentId = request.PaymentId,
            TerminalId = terminal.TerminalId,
            MerchantId = terminal.MerchantId,
            State = flags.Count == 0 ? PaymentState.Deferred : PaymentState.InReview,
            Reason = flags.Count == 0 ? ReasonCodes.OfflineDeferred : ReasonCodes.OfflineInReview,
            RequestHash = SHA256.HashData(sale.Record.Request),
            AmountMinor = request.AmountMinor,
            Currency = request.Currency,
            TransactionType = request.TransactionType,
            Operation = request.Operation,
            OtherAmountMinor = request.OtherAmountMinor,
            TipMinor = request.TipMinor,
            SurchargeMinor = request.SurchargeMinor,
            MaskedPan = request.MaskedPan,
            Aid = Convert.ToHexString(request.Aid),
            ApplicationLabel = request.ApplicationLabel,
            VerificationResults = emv?.VerificationResultsText ?? string.Empty,
            Cryptogram = emv?.CryptogramText ?? string.Empty,
            CardholderVerification = request.CardholderVerification,
            AcquirerTerminalId = terminal.AcquirerTerminalId,
            CreatedAt = now,
            ChangedAt = now,
            ReversalDueAt = flags.Count == 0 ? now + ownTime : null,
            Offline = new OfflineFacts { Sequence = sale.Record.Sequence, TakenAt = sale.Record.TakenAt, ForwardedAt = now, Flags = flags },
        };
    }

    private JsonObject Facts(IReadOnlyList<OfflineFlag> flags) => new()
    {
        ["terminal"] = terminal.TerminalId.ToString(),
        ["merchant"] = terminal.MerchantId,
        ["sequence"] = sale.Record.Sequence,
        ["hash"] = Convert.ToHexStringLower(sale.Hash),
        ["takenAt"] = sale.Record.TakenAt,
        ["amountMinor"] = sale.Request.AmountMinor,
        ["currency"] = sale.Request.Currency,
        ["maskedPan"] = sale.Request.MaskedPan,
        ["kernel"] = sale.Request.KernelId,
        ["permission"] = sale.Permission is null ? null : Convert.ToHexStringLower(sale.Permission.PermissionId),
        ["flags"] = new JsonArray([.. flags.Select(static flag => (JsonNode)flag.ToString())]),
    };
}
