using SoftPos.Contract;
using SoftPos.Emv.Configuration;

namespace SoftPos.Terminal;

/// <summary>
/// The reader configuration in force on this terminal: the one that the platform was built with until the back end has given a signed one.
/// A new one is taken whole or not at all: its signature, its version, its environment and its schema are checked, it is stored sealed, and
/// only then does the next tap run under it. Whatever is wrong leaves the old one in force.
/// </summary>
internal sealed class ReaderSettings(TerminalPlatform platform)
{
    /// <summary>Null while the platform's own is in force.</summary>
    private volatile Applied? _applied;
    private Guid? _terminal;

    private sealed record Applied(long Version, ReaderConfiguration Configuration);

    /// <summary>Version of the publication in force; 0 for the platform's own.</summary>
    public long Version => _applied?.Version ?? 0;

    /// <summary>The configuration in force.</summary>
    public ReaderConfiguration Configuration => _applied?.Configuration ?? platform.ReaderConfiguration;

    /// <summary>Why the last one that came was not taken; null when it was.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes up what an enrolment has stored. One that does not verify or fit any more is as if there were none.</summary>
    public void Open(Enrolment enrolment)
    {
        if (_terminal == enrolment.TerminalId)
        {
            return;
        }

        _terminal = enrolment.TerminalId;
        _applied = null;
        if (enrolment.ReadReaderConfiguration() is { } stored)
        {
            Fault = Check(enrolment, stored, out Applied? applied);
            _applied = applied;
        }
    }

    /// <summary>Fetches the configuration when the back end announces a newer one; without an answer the old one stays.</summary>
    /// <param name="enrolment">The enrolled terminal.</param>
    /// <param name="announced">Version that the back end announced with its attestation answer.</param>
    /// <param name="link">Way to the back end.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task UpdateAsync(Enrolment enrolment, long? announced, BackendLink link, CancellationToken cancellation)
    {
        Open(enrolment);
        if (announced is not { } version || version <= Version || enrolment.ConfigurationKey is null)
        {
            return;
        }

        byte[] question = enrolment.Sign(ReaderConfigurationQuestion.ContentType, new ReaderConfigurationQuestion { Version = Version }.Encode());
        LinkAnswer<ReaderConfigurationAnswer> answer = await link
            .SendAsync(Paths.ReaderConfiguration, question, ContractJson.Default.ReaderConfigurationAnswer, Paths.Patience, cancellation)
            .ConfigureAwait(false);
        Fault = answer.Value?.Message is { } message ? Take(enrolment, message) : "the back end announced a configuration and did not give it";
    }

    /// <summary>Takes a signed configuration; null, or why not.</summary>
    public string? Take(Enrolment enrolment, byte[] message)
    {
        string? fault = Check(enrolment, message, out Applied? applied);
        if (applied is null)
        {
            return fault;
        }

        if (applied.Version <= Version)
        {
            return $"version {applied.Version} is not newer than {Version}, which is in force";
        }

        enrolment.WriteReaderConfiguration(message);
        _applied = applied;
        return null;
    }

    private string? Check(Enrolment enrolment, byte[] message, out Applied? applied)
    {
        applied = null;
        if (enrolment.ConfigurationKey is not { } key
            || !ReaderConfigurationMessage.TryVerify(message, key, out ReaderConfigurationMessage signed))
        {
            return "the signature does not verify under the configuration key of this enrolment";
        }

        string name = $"reader configuration {signed.Version}";
        if (!IsFor(enrolment.Merchant, signed.Scope))
        {
            return $"{name} is for {signed.Scope}";
        }

        if (!ReaderConfigurationReader.TryRead(signed.Document, name, out ReaderConfiguration? read, out IReadOnlyList<ConfigurationFault> faults))
        {
            return string.Join("; ", faults);
        }

        // Lab and production never mix, whoever signed.
        if (read.Environment != platform.ReaderConfiguration.Environment)
        {
            return $"{name}: environment: {read.Environment} on a terminal of {platform.ReaderConfiguration.Environment}";
        }

        applied = new Applied(signed.Version, read);
        return null;
    }

    private static bool IsFor(MerchantRecord merchant, string scope) =>
        scope == "default" || scope == "country:" + merchant.Country || scope == "merchant:" + merchant.MerchantId;
}
