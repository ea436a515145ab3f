using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoftPos.Lab.Cards;

/// <summary>One card of the lab as <c>cards.json</c> describes it.</summary>
public sealed record LabCardDescription
{
    /// <summary>Name for <c>--card</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is special about the card, in one sentence.</summary>
    public required string Text { get; init; }

    /// <summary><c>visa</c>, <c>mastercard</c>, <c>amex</c>, <c>unionpay</c>, <c>discover</c>, <c>jcb</c> or <c>ccd</c>, the brand of the kernel 8 cards.</summary>
    public required string Scheme { get; init; }

    /// <summary>Card number, from a range that schemes publish for tests. Of a device: the token.</summary>
    public required string Pan { get; init; }

    /// <summary>Sequence number 5F34, two digits.</summary>
    public required string Sequence { get; init; }

    /// <summary>Last day of validity, yyMMdd.</summary>
    public required string Expiry { get; init; }

    /// <summary>Cryptogram version as its scheme spells it.</summary>
    public required string Cvn { get; init; }

    /// <summary><c>card</c>, <c>phone</c> or <c>watch</c>.</summary>
    public string Device { get; set; } = "card";

    /// <summary>The cardholder has been verified on the device.</summary>
    public bool Cdcvm { get; init; }

    /// <summary>Asks for online PIN in every transaction.</summary>
    public bool OnlinePin { get; init; }

    /// <summary>Offers an offline approval where the reader allows it.</summary>
    public bool Offline { get; init; }

    /// <summary>Takes part in the relay resistance protocol of kernels 2 and 8.</summary>
    public bool Relay { get; init; }

    /// <summary>Payment account reference 9F24, 29 characters, or null.</summary>
    public string? Par { get; init; }

    /// <summary>AID as hexadecimal digits, where it is another one of its scheme than the usual; or null.</summary>
    public string? Aid { get; init; }

    /// <summary>A named deviation from good conduct, or null.</summary>
    public string? Behaviour { get; init; }

    /// <summary>Time that each answer takes, for the reader path to wait.</summary>
    public int DelayMs { get; init; }

    /// <summary>Number of commands after which the card leaves the field once; 0 for never.</summary>
    public int TornAfter { get; init; }

    /// <summary>Name only; the PAN stays out of logs.</summary>
    public override string ToString() => Name;
}

/// <summary>All cards of the lab, by name.</summary>
public static class LabCardCatalogue
{
    /// <summary>Every description in the order of the file.</summary>
    public static IReadOnlyList<LabCardDescription> All { get; } = Load();

    /// <summary>The description with the name, or null.</summary>
    public static LabCardDescription? Find(string name) => All.FirstOrDefault(card => card.Name == name);

    private static LabCardDescription[] Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SoftPos.Lab.Cards.cards.json")
            ?? throw new InvalidOperationException("cards.json is not embedded");
        return JsonSerializer.Deserialize(stream, LabCardJson.Default.LabCardDescriptionArray)
            ?? throw new InvalidOperationException("cards.json is empty");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LabCardDescription[]))]
internal sealed partial class LabCardJson : JsonSerializerContext;
