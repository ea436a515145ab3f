using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Contract;
using SoftPos.Monitoring;
using SoftPos.Storage;

namespace SoftPos.Backend.Tests.Console;

/// <summary>A small fleet with a past: what a back end leaves behind after an hour of work.</summary>
internal static class SeededFleet
{
    public const string Merchant = "corner-cafe";

    /// <summary>Code in the reason catalogue.</summary>
    public const string UnlockedReason = "BOOT_UNLOCKED";

    private static readonly string[] Models = ["Google Pixel 9", "Samsung Galaxy XCover7", "Fairphone 5", "Motorola Edge 50", "Nokia XR21"];

    public static readonly Guid Rooted = Identity(900);

    public static readonly Guid Steady = Identity(0);

    public static readonly Guid Reversed = Identity(702);

    /// <summary>Number of the alarm that nobody has taken up: the first of a new store.</summary>
    public const long RaisedAlarm = 1;

    public static async Task FillAsync(Database database)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Change change = new Change().Put(new MerchantRecord
        {
            MerchantId = Merchant, Name = "Corner Café", City = "Lisbon", Country = "PT", CardAcceptorId = "CORNERCAFE00001", CategoryCode = "5814",
            Currency = "978",
        });
        for (int i = 0; i < 40; i++)
        {
            Verdict verdict = i % 13 == 12 ? Verdict.Limited : i == 39 ? Verdict.Unknown : Verdict.Trusted;
            change.Put(Terminal(i, verdict, now.AddSeconds(-(i * 7)), []));
        }

        change.Put(Terminal(900, Verdict.Denied, now.AddMinutes(-3), [Unlocked()]) with
        {
            State = TerminalState.Refused, Model = "OnePlus 7T", DataKeyId = null, PinKeyId = null,
        });
        (await database.CommitAsync(change)).Require();
        await AppraiseAsync(database, now);
        await MeasureAsync(database, now);
        await PayAsync(database, now);
        await AlarmAsync(database, now);
    }

    public static Guid Identity(int number) => new($"01900000-0000-7000-8000-{number.ToString("D12", CultureInfo.InvariantCulture)}");

    public static Change Appraised(Guid terminalId, long sequence, double battery, double celsius, params Finding[] findings) => new Change().Append(
        "evidence.appraised",
        terminalId,
        new JsonObject
        {
            ["verdict"] = findings.Length == 0 ? "Trusted" : "Denied",
            ["purpose"] = "Heartbeat",
            ["sequence"] = sequence,
            ["policyHash"] = new string('a', 64),
            ["evidenceHash"] = Convert.ToHexStringLower(SHA256.HashData([(byte)sequence])),
            ["findings"] = new JsonArray([.. findings.Select(static f => (JsonNode)new JsonObject
            {
                ["rule"] = f.Rule, ["reason"] = f.Reason, ["claim"] = f.Claim, ["value"] = f.Value, ["severity"] = f.Severity.ToString(),
                ["response"] = f.Response.ToString(), ["detail"] = f.Detail,
            })]),
            ["health"] = new JsonObject { ["batteryLevelPercent"] = battery, ["batteryTemperatureCelsius"] = celsius, ["nfcErrors"] = sequence % 4 },
        });

    public static TerminalRecord Terminal(int number, Verdict verdict, DateTimeOffset evidence, IReadOnlyList<Finding> findings) => new()
    {
        TerminalId = Identity(number),
        MerchantId = Merchant,
        DeviceKey = [(byte)(number & 0xFF), (byte)(number >> 8)],
        AgreementKey = [2],
        State = TerminalState.Active,
        Verdict = verdict,
        AcquirerTerminalId = (10_000_000 + number).ToString(CultureInfo.InvariantCulture),
        DataKeyId = [1, 2, 3, 4, 5, 6, 7, (byte)(number & 0xFF)],
        PinKeyId = [1, 2, 3, 4, 5, 6, 8, (byte)(number & 0xFF)],
        Model = Models[number % Models.Length],
        OsVersion = "Android 16",
        SdkVersion = "0.1.0",
        EvidenceSequence = 60,
        BootKey = new string('b', 64),
        EnrolledAt = evidence.AddDays(-20),
        LastEvidenceAt = evidence,
        LastTrustedAt = verdict == Verdict.Trusted ? evidence : null,
        Findings = findings,
        Health = new Dictionary<string, double> { ["batteryLevelPercent"] = 96 - (number * 2 % 90), ["batteryTemperatureCelsius"] = 29 + (number % 18) },
    };

    public static PaymentRecord Payment(int number, PaymentState state, string reason, DateTimeOffset at, long amountMinor) => new()
    {
        PaymentId = Identity(number),
        TerminalId = Identity(number % 5),
        MerchantId = Merchant,
        State = state,
        Reason = reason,
        RequestHash = [1],
        AmountMinor = amountMinor,
        Currency = "978",
        MaskedPan = "476173******0119",
        Aid = "A0000000031010",
        ApplicationLabel = "VISA CREDIT",
        VerificationResults = "0000008000",
        Cryptogram = "E9F1C0D2A3B48576",
        CardholderVerification = "No CVM",
        AcquirerTerminalId = (10_000_000 + (number % 5)).ToString(CultureInfo.InvariantCulture),
        Stan = number.ToString("D6", CultureInfo.InvariantCulture),
        RetrievalReference = number.ToString("D12", CultureInfo.InvariantCulture),
        AuthorisationCode = state == PaymentState.Approved ? "A1B2C3" : null,
        ResponseCode = state switch { PaymentState.Approved => "00", PaymentState.Declined => "51", _ => null },
        ReversalAttempts = state is PaymentState.Reversed ? 2 : 0,
        ReversalStan = state is PaymentState.Reversed ? "000991" : null,
        ReversalDueAt = state is PaymentState.Unknown ? at.AddMinutes(5) : null,
        CreatedAt = at,
        ChangedAt = at,
    };

    public static Finding Unlocked() => new()
    {
        Rule = "boot.locked", Reason = UnlockedReason, Claim = "android.rootOfTrust.deviceLocked", Value = "false",
        EvidenceHash = new string('c', 64), Severity = Severity.Critical, Response = FindingResponse.Deny,
        Detail = "The boot loader is unlocked: any system may run on this phone.",
    };

    private static async Task AppraiseAsync(Database database, DateTimeOffset now)
    {
        (await database.CommitAsync(new Change().Append("terminal.enrolled", Steady, new JsonObject
        {
            ["verdict"] = "Trusted", ["findings"] = new JsonArray(), ["model"] = Models[0], ["osVersion"] = "Android 16",
            ["securityLevel"] = "StrongBox", ["anchor"] = "Lab root", ["acquirerTerminalId"] = "10000000",
        }))).Require();
        for (int i = 1; i <= 48; i++)
        {
            Finding[] findings = i == 30 ? [Unlocked()] : [];
            (await database.CommitAsync(Appraised(Steady, i, 96 - i, 29 + (6 * Math.Sin(i / 6d)), findings))).Require();
        }

        (await database.CommitAsync(new Change().Append("terminal.refused", Rooted, new JsonObject
        {
            ["verdict"] = "Denied", ["model"] = "OnePlus 7T", ["osVersion"] = "Android 12", ["securityLevel"] = "TrustedEnvironment",
            ["findings"] = new JsonArray(new JsonObject
            {
                ["rule"] = "boot.locked", ["reason"] = UnlockedReason, ["claim"] = "android.rootOfTrust.deviceLocked",
                ["value"] = "false", ["severity"] = "Critical", ["response"] = "Deny", ["detail"] = Unlocked().Detail,
            }),
        }))).Require();
    }

    /// <summary>Two days of reports with a night between them.</summary>
    private static async Task MeasureAsync(Database database, DateTimeOffset now)
    {
        Change change = new();
        for (int minute = 0; minute < 2880; minute += 10)
        {
            double day = minute / 1440d * Math.Tau;
            if (Math.Sin(day) < -0.6)
            {
                continue;
            }

            Dictionary<byte, double> figures = new()
            {
                [Code("batteryLevelPercent")] = 60 + (35 * Math.Cos(day)),
                [Code("batteryTemperatureCelsius")] = 31 + (6 * Math.Sin(day * 3)),
                [Code("thermalStatus")] = minute % 700 < 40
                    ? 2 : 0, [Code("storageFreeMegabytes")] = 41_000 - (minute * 3), [Code("nfcState")] = 2,
                [Code("networkKind")] = minute > 1500
                    ? 2 : 1, [Code("nfcErrorPercent")] = 2 + (minute / 900d), [Code("clockSkewSeconds")] = Math.Sin(day * 7),
                [Code("sdkVersionNumber")] = 1000, [Code("batteryHealth")] = 2,
            };
            change.AddHealth(Steady, now.AddMinutes(minute - 2880), figures);
        }

        (await database.CommitAsync(change)).Require();
        static byte Code(string name) => HealthMeasures.Find(name)!.Code;
    }

    /// <summary>An alarm that nobody has taken up, one that somebody looks after, and one that is over.</summary>
    private static async Task AlarmAsync(Database database, DateTimeOffset now)
    {
        AlarmBook book = new(database, [], TimeProvider.System);
        AlarmEvidence evidence = new()
        {
            At = now.AddMinutes(-3), What = "boot.locked", Value = "android.rootOfTrust.deviceLocked is false", Reason = UnlockedReason,
            Detail = Unlocked().Detail, Entry = 3,
        };
        await book.ApplyAsync(
            [
                new AlarmSignal(AlarmSignal.Terminal(Steady.ToString()), AlarmKinds.Attestation)
                {
                    Severity = Severity.Critical, Reason = UnlockedReason, Summary = "its evidence is denied: boot.locked",
                    Cause = "boot.locked", Evidence = [evidence],
                },
                new AlarmSignal("sdk:0.1.0", AlarmKinds.WhatChanged)
                {
                    Severity = Severity.Critical, Reason = ReasonCodes.FleetDegraded,
                    Summary = "8 of 9 terminals refused within the hour are sdk 0.1.0, of 11 such in use",
                    Evidence = [evidence with { What = "sdk", Value = "0.1.0",
                        Detail = "8 of 9 newly refused, 11 of 41 in use: 3.3 times as often, 4.1 deviations", Entry = null }],
                },
                new AlarmSignal(AlarmSignal.Terminal(Identity(12).ToString()), AlarmKinds.Silence)
                {
                    Reason = ReasonCodes.TerminalSilent, Summary = "it has not reported since 08:12, and is not trusted until it does",
                },
                new AlarmSignal("status-list", AlarmKinds.StatusList) { Severity = Severity.Serious, Reason = "REVOCATION_UNCHECKED",
                    Summary = "the list is 49 hours old" },
            ],
            null,
            force: false,
            default);
        AlarmRecord silent = (await database.Alarms.FindAsync(AlarmSignal.Terminal(Identity(12).ToString()), AlarmKinds.Silence))!;
        await book.AcknowledgeAsync(silent.Number, "anna", "ben", "the shop is being rebuilt; Ben calls them tomorrow", default);
        await book.ApplyAsync([new AlarmSignal("status-list", AlarmKinds.StatusList) { IsOver = true }], null, force: false, default);
    }

    private static async Task PayAsync(Database database, DateTimeOffset now)
    {
        for (int i = 0; i < 24; i++)
        {
            (PaymentState state, string reason, string kind) = i switch
            {
                4 or 11 => (PaymentState.Declined, ReasonCodes.Declined, "payment.declined"),
                19 => (PaymentState.Unknown, ReasonCodes.UnknownBeingReversed, "payment.unknown"),
                2 => (PaymentState.Reversed, ReasonCodes.Reversed, "payment.reversed"),
                _ => (PaymentState.Approved, ReasonCodes.Approved, "payment.approved"),
            };
            PaymentRecord payment = Payment(700 + i, state, reason, now.AddMinutes((i - 24) * 2.3), 350 + (i * 417 % 9000));
            Change change = new Change().Add(payment)
                .Append("payment.received", payment.PaymentId, new JsonObject
                {
                    ["terminal"] = payment.TerminalId.ToString(), ["amountMinor"] = payment.AmountMinor, ["maskedPan"] = payment.MaskedPan,
                    ["aid"] = payment.Aid, ["kernel"] = 3,
                })
                .Append("payment.sent", payment.PaymentId, new JsonObject { ["stan"] = payment.Stan, ["retrievalReference"] = payment.RetrievalReference });
            if (state is PaymentState.Reversed)
            {
                change.Append("payment.unknown", payment.PaymentId, new JsonObject { ["cause"] = "no answer in time" })
                    .Append("payment.reversal-sent", payment.PaymentId, new JsonObject { ["attempt"] = 1, ["stan"] = "000991" });
            }

            change.Append(kind, payment.PaymentId, new JsonObject { ["responseCode"] = payment.ResponseCode, ["authorisationCode"] = payment.AuthorisationCode });
            (await database.CommitAsync(change)).Require();
            if (state == PaymentState.Approved)
            {
                (await database.CommitAsync(new Change().Move(payment, payment, null, _ => AnswerOf(payment)))).Require();
            }
        }
    }

    private static byte[] AnswerOf(PaymentRecord payment) => JsonSerializer.SerializeToUtf8Bytes(
        new PaymentAnswer
        {
            PaymentId = payment.PaymentId, State = payment.State, Reason = payment.Reason, AmountMinor = payment.AmountMinor, Currency = payment.Currency,
            MaskedPan = payment.MaskedPan,
            Receipt =
            [
                "Corner Café", "City: Lisbon, PT", $"Terminal: {payment.AcquirerTerminalId}", "Card: 476173******0119", "Application: VISA CREDIT",
                "AID: A0000000031010", $"Cryptogram: {payment.Cryptogram}", "Authorisation: A1B2C3", "Approved",
            ],
        },
        ContractJson.Default.PaymentAnswer);
}
