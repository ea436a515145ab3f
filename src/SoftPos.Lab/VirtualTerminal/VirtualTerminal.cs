using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SoftPos.Emv.Configuration;
using SoftPos.Lab.Cards;
using SoftPos.Lab.Phones;
using SoftPos.Terminal;

namespace SoftPos.Lab.VirtualTerminal;

/// <summary>Which phone, card and back end.</summary>
public sealed record VirtualTerminalOptions
{
    /// <summary>Address of the sandbox.</summary>
    public required Uri Backend { get; init; }

    /// <summary>Folder of this one phone; made when it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Name of the lab phone.</summary>
    public string Phone { get; init; } = "good";

    /// <summary>Name of the virtual card.</summary>
    public string Card { get; init; } = "visa";

    /// <summary>A real reader instead of the virtual one; the lab's CA keys and the production ones are then both known.</summary>
    public CardReader? Reader { get; init; }

    /// <summary>Clock of the lab.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A virtual phone that runs the real SDK, with a virtual card or a real reader: activation, preflight and sales against a sandbox.</summary>
public sealed class VirtualTerminal : IAsyncDisposable
{
    /// <summary>A lab card counts its taps by the clock, so that the issuer sees its counter rise across processes.</summary>
    private const int CounterRange = 60_000;

    private readonly VirtualTerminalOptions _options;
    private readonly RandomNumberGenerator _random;

    private VirtualTerminal(VirtualTerminalOptions options, SoftPosTerminal terminal, RandomNumberGenerator random)
    {
        _options = options;
        Terminal = terminal;
        _random = random;
    }

    /// <summary>The SDK.</summary>
    public SoftPosTerminal Terminal { get; }

    /// <summary>Opens the phone, enrolled or not.</summary>
    /// <exception cref="ArgumentException">No such phone or card; the message lists what there is.</exception>
    public static async Task<VirtualTerminal> OpenAsync(VirtualTerminalOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabPhoneDescription description = LabPhoneDescription.Find(options.Phone)
            ?? throw new ArgumentException(
                $"no lab phone '{options.Phone}'; there are {string.Join(", ", LabPhoneDescription.All.Select(phone => phone.Name))}");
        RandomNumberGenerator random = RandomNumberGenerator.Create();
        LabPhone phone = new(description, new LabAttestationAuthority(), options.Clock, random);
        CardReader reader = options.Reader ?? new VirtualCardReader(CardOf(options), options.Clock);
        LabPlatform platform = new(phone, reader, ConfigurationOf(options), options.Folder);
        SoftPosTerminal terminal = await SoftPosTerminal.CreateAsync(
            new TerminalOptions { Backend = options.Backend, Platform = platform }, cancellation);
        return new VirtualTerminal(options, terminal, random);
    }

    /// <summary>Enrols the phone when it is not enrolled yet: asks the sandbox for an activation code and uses it.</summary>
    /// <returns>The verdict; of an enrolled phone, null.</returns>
    /// <exception cref="HttpRequestException">The sandbox cannot be reached.</exception>
    public async Task<TrustResult?> EnsureActiveAsync(CancellationToken cancellation = default)
    {
        if (Terminal.TerminalId is not null)
        {
            return null;
        }

        using HttpClient http = new() { BaseAddress = _options.Backend };
        using HttpResponseMessage response = await http.PostAsync(
            new Uri("sandbox/v1/activation-codes", UriKind.Relative), null, cancellation);
        response.EnsureSuccessStatusCode();
        JsonNode answer = (await response.Content.ReadFromJsonAsync<JsonNode>(cancellation))!;
        return await Terminal.ActivateAsync(answer["code"]!.GetValue<string>(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync();
        _random.Dispose();
    }

    private static VirtualCard CardOf(VirtualTerminalOptions options)
    {
        int counter = (int)(options.Clock.GetUtcNow().ToUnixTimeSeconds() % CounterRange);
        return VirtualCard.Create(options.Card, counter)
            ?? throw new ArgumentException(
                $"no lab card '{options.Card}'; there are {string.Join(", ", LabCardCatalogue.All.Select(card => card.Name))}");
    }

    /// <summary>The lab's reader at the sandbox merchant: South Africa, rand.</summary>
    private static ReaderConfiguration ConfigurationOf(VirtualTerminalOptions options)
    {
        ReaderConfiguration lab = LabReader.Configuration();
        return lab with { Terminal = lab.Terminal with { CountryCode = 710, CurrencyCode = 710 } };
    }
}
