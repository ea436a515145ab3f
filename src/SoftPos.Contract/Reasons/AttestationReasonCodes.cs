namespace SoftPos.Contract;

/// <summary>Reasons that only attestation gives.</summary>
public static partial class ReasonCodes
{
    /// <summary>The attestation chain or its key description cannot be read.</summary>
    public const string ChainMalformed = "CHAIN_MALFORMED";

    /// <summary>An attested key signed the leaf: the chain extension attack, or a key made by an app.</summary>
    public const string ChainExtended = "CHAIN_EXTENDED";

    /// <summary>A remotely provisioned certificate of the chain has expired.</summary>
    public const string ChainExpired = "CHAIN_EXPIRED";

    /// <summary>A certificate of the chain is from the future.</summary>
    public const string ChainNotYetValid = "CHAIN_NOT_YET_VALID";

    /// <summary>A certificate of the chain is suspended.</summary>
    public const string ChainSuspended = "CHAIN_SUSPENDED";

    /// <summary>The evidence uses an algorithm that this host cannot verify.</summary>
    public const string AlgorithmUnsupported = "ALGORITHM_UNSUPPORTED";

    /// <summary>The security levels of leaf, key and chain differ.</summary>
    public const string SecurityLevelMismatch = "SECURITY_LEVEL_MISMATCH";

    /// <summary>The secure hardware does not say how the phone booted.</summary>
    public const string RootOfTrustMissing = "ROOT_OF_TRUST_MISSING";

    /// <summary>The key that verified the boot is not the one seen at enrolment.</summary>
    public const string BootKeyChanged = "BOOT_KEY_CHANGED";

    /// <summary>A version or patch level is lower than one seen before.</summary>
    public const string Downgrade = "DOWNGRADE";

    /// <summary>Two sources of evidence contradict each other.</summary>
    public const string Contradiction = "CONTRADICTION";

    /// <summary>The attested key may be used for something other than it is for.</summary>
    public const string KeyUnsuitable = "KEY_UNSUITABLE";

    /// <summary>More than one app shares the key.</summary>
    public const string SharedUser = "SHARED_USER";

    /// <summary>The key description is not in canonical order.</summary>
    public const string TagsUnordered = "TAGS_UNORDERED";

    /// <summary>The list of withdrawn attestation keys is missing or too old.</summary>
    public const string RevocationUnchecked = "REVOCATION_UNCHECKED";

    /// <summary>No challenge was given to compare with, so freshness is not proven.</summary>
    public const string ChallengeUnchecked = "CHALLENGE_UNCHECKED";

    /// <summary>Signs of a leaked attestation key beyond the status list.</summary>
    public const string KeyboxSuspect = "KEYBOX_SUSPECT";

    /// <summary>The Play Integrity token does not decrypt or verify.</summary>
    public const string PlayTokenInvalid = "PLAY_TOKEN_INVALID";

    /// <summary>The store's server cannot be asked just now; proves nothing against the phone.</summary>
    public const string PlayUnavailable = "PLAY_UNAVAILABLE";

    /// <summary>The Play Integrity token answers another request.</summary>
    public const string PlayRequestMismatch = "PLAY_REQUEST_MISMATCH";

    /// <summary>The Play Integrity token is outside its time window.</summary>
    public const string PlayTokenOld = "PLAY_TOKEN_OLD";

    /// <summary>The Play Integrity token was used before.</summary>
    public const string PlayTokenReplayed = "PLAY_TOKEN_REPLAYED";

    /// <summary>Google Play does not recognise the app.</summary>
    public const string PlayAppUnrecognised = "PLAY_APP_UNRECOGNISED";

    /// <summary>The phone does not meet the device integrity that is asked for.</summary>
    public const string PlayDeviceFailed = "PLAY_DEVICE_FAILED";

    /// <summary>Device integrity without strong integrity: security updates are old.</summary>
    public const string PlayUpdatesOld = "PLAY_UPDATES_OLD";

    /// <summary>The account did not get the app from Google Play.</summary>
    public const string PlayUnlicensed = "PLAY_UNLICENSED";

    /// <summary>Another app may capture, cover or control the screen.</summary>
    public const string AppAccessRisk = "APP_ACCESS_RISK";

    /// <summary>Play Protect is off or reports a harmful app.</summary>
    public const string PlayProtectRisk = "PLAY_PROTECT_RISK";

    /// <summary>The phone was marked before, or asks for unusually many tokens.</summary>
    public const string DeviceHistory = "DEVICE_HISTORY";

    /// <summary>The App Attest object does not verify.</summary>
    public const string AppAttestInvalid = "APP_ATTEST_INVALID";

    /// <summary>Development evidence where production is asked for, or the reverse.</summary>
    public const string EnvironmentMismatch = "ENVIRONMENT_MISMATCH";

    /// <summary>The assertion counter does not rise.</summary>
    public const string CounterReplayed = "COUNTER_REPLAYED";

    /// <summary>The App Attest receipt does not verify or is too old.</summary>
    public const string ReceiptInvalid = "RECEIPT_INVALID";

    /// <summary>The phone has made unusually many attested keys.</summary>
    public const string RiskMetricHigh = "RISK_METRIC_HIGH";

    /// <summary>The app's own files are not those of the release.</summary>
    public const string Repackaged = "REPACKAGED";

    /// <summary>The app did not come from an allowed store.</summary>
    public const string InstallerUnknown = "INSTALLER_UNKNOWN";

    /// <summary>A known harmful or remote-control app is installed.</summary>
    public const string MalwareDetected = "MALWARE_DETECTED";

    /// <summary>An accessibility service that is no assistive tool can read the screen.</summary>
    public const string AccessibilityRisk = "ACCESSIBILITY_RISK";

    /// <summary>The screen is being recorded, mirrored or covered.</summary>
    public const string ScreenCapture = "SCREEN_CAPTURE";

    /// <summary>The connection is being intercepted.</summary>
    public const string NetworkIntercepted = "NETWORK_INTERCEPTED";

    /// <summary>The terminal's data were copied to or restored on another phone.</summary>
    public const string Cloned = "CLONED";

    /// <summary>Reports are missing before this one.</summary>
    public const string EvidenceGap = "EVIDENCE_GAP";

    /// <summary>The battery is nearly empty.</summary>
    public const string BatteryLow = "BATTERY_LOW";

    /// <summary>The phone's storage is nearly full.</summary>
    public const string StorageLow = "STORAGE_LOW";

    /// <summary>The contactless reader is off or does not work.</summary>
    public const string NoContactless = "NO_CONTACTLESS";

    /// <summary>The phone names a version or an authorization that is not published.</summary>
    public const string PlatformUnknown = "PLATFORM_UNKNOWN";

    /// <summary>The operating system version is below the baseline.</summary>
    public const string OsVersionOld = "OS_VERSION_OLD";

    /// <summary>A link of the chain is broken.</summary>
    public const string ChainInvalid = "CHAIN_INVALID";

    /// <summary>The chain ends in no trusted key.</summary>
    public const string ChainUntrustedRoot = "CHAIN_UNTRUSTED_ROOT";

    /// <summary>A certificate of the chain is revoked.</summary>
    public const string ChainRevoked = "CHAIN_REVOKED";

    /// <summary>The key is kept in software.</summary>
    public const string SecurityLevelSoftware = "SECURITY_LEVEL_SOFTWARE";

    /// <summary>The attested challenge is not ours.</summary>
    public const string ChallengeMismatch = "CHALLENGE_MISMATCH";

    /// <summary>The evidence does not have its form.</summary>
    public const string EvidenceInvalid = "EVIDENCE_INVALID";

    /// <summary>The evidence was used before.</summary>
    public const string EvidenceReplayed = "EVIDENCE_REPLAYED";

    /// <summary>A measurement is missing or out of order.</summary>
    public const string MeasurementMissing = "MEASUREMENT_MISSING";

    /// <summary>The place that the phone states comes from a test provider.</summary>
    public const string LocationMocked = "LOCATION_MOCKED";

    /// <summary>No evidence came within the time that the terminal has for it.</summary>
    public const string TerminalSilent = "TERMINAL_SILENT";

    /// <summary>Many phones of one kind are in trouble.</summary>
    public const string FleetDegraded = "FLEET_DEGRADED";
}
