using SoftPos.Iso7816;

namespace SoftPos.Emv.Replay;

/// <summary>One thing that went into the reader or came out of it, with the time since the start of the tap in microseconds.</summary>
public abstract record TapStep(long AtMicroseconds)
{
    /// <summary>The reader drew an unpredictable number.</summary>
    public sealed record Drawn(long AtMicroseconds, byte[] Bytes) : TapStep(AtMicroseconds);

    /// <summary>
    /// The reader drew the secret of a key of one transaction (kernel 8). Whoever has it can decipher what the card sent, so a masked
    /// recording holds zeros instead.
    /// </summary>
    public sealed record DrawnSecret(long AtMicroseconds, byte[] Bytes) : TapStep(AtMicroseconds)
    {
        /// <summary>Length only.</summary>
        public override string ToString() => $"DrawnSecret[{Bytes.Length}]";
    }

    /// <summary>Something happened to the reader.</summary>
    public sealed record Happened(long AtMicroseconds, ReaderEvent Event) : TapStep(AtMicroseconds);

    /// <summary>The reader wanted something done.</summary>
    public sealed record Wanted(long AtMicroseconds, TapEffect Effect) : TapStep(AtMicroseconds);
}

/// <summary>An effect of the reader in words: its kind and its named values, as they are compared and written.</summary>
/// <param name="Kind"><c>command</c>, <c>field-on</c>, <c>field-off</c>, <c>show</c>, <c>proceed</c>, <c>exchange-data</c> or <c>outcome</c>.</param>
/// <param name="Fields">Values in their order; absent values are left out.</param>
public sealed record TapEffect(string Kind, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>Kinds of effects.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["command", "field-on", "field-off", "show", "proceed", "exchange-data", "outcome"];

    /// <summary>Names of values that are bytes.</summary>
    public static IReadOnlyList<string> HexFields { get; } = ["apdu", "tvr", "dataRecord", "discretionaryData", "account"];

    /// <summary>A value, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> field in Fields)
            {
                if (field.Key == name)
                {
                    return field.Value;
                }
            }

            return null;
        }
    }

    /// <summary>An effect in words.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="withAccount">True to show the account of an outcome whole; otherwise its number is masked.</param>
    public static TapEffect Of(ReaderEffect effect, bool withAccount) => effect switch
    {
        ReaderEffect.SendCommand send => new("command", [new("apdu", Convert.ToHexString(send.Command.ToArray()))]),
        ReaderEffect.FieldOn => new("field-on", []),
        ReaderEffect.FieldOff off => new("field-off", [new("holdMs", Text(off.HoldMs))]),
        ReaderEffect.Show show => new("show", [.. Ui(string.Empty, show.Request)]),
        ReaderEffect.Proceed => new("proceed", []),
        ReaderEffect.ExchangeData data => new(
            "exchange-data",
            [new("needed", string.Join(' ', data.Needed.Select(TlvTag.Text))), new("toSend", Convert.ToHexString(data.ToSend.Encode()))]),
        ReaderEffect.Finish finish => new("outcome", [.. Of(finish.Outcome, withAccount)]),
        _ => throw new InvalidOperationException($"unknown effect {effect.GetType().Name}"),
    };

    /// <summary>Name, this value and the other's where two effects differ first; null when they are equal.</summary>
    public (string Name, string? Here, string? There)? Difference(TapEffect other)
    {
        if (Kind != other.Kind)
        {
            return ("kind", Kind, other.Kind);
        }

        foreach (string name in Fields.Select(field => field.Key).Union(other.Fields.Select(field => field.Key)))
        {
            if (this[name] != other[name])
            {
                return (name, this[name], other[name]);
            }
        }

        return null;
    }

    /// <summary>The kind only: a command or an outcome may hold account data.</summary>
    public override string ToString() => Kind;

    private static IEnumerable<KeyValuePair<string, string>> Of(Outcome outcome, bool withAccount)
    {
        yield return new("kind", outcome.Kind.ToString());
        yield return new("reason", outcome.Reason.ToString());
        yield return new("start", outcome.Start.ToString());
        yield return new("onlineResponseData", outcome.OnlineResponseData.ToString());
        yield return new("cvm", outcome.Cvm.ToString());
        yield return new("alternateInterface", outcome.AlternateInterface.ToString());
        yield return new("receipt", outcome.Receipt ? "true" : "false");
        yield return new("removalTimeoutMs", Text(outcome.RemovalTimeoutMs));
        yield return new("tvr", outcome.Tvr.ToString());
        foreach (KeyValuePair<string, string> field in Ui("uiOnOutcome.", outcome.UiOnOutcome).Concat(Ui("uiOnRestart.", outcome.UiOnRestart)))
        {
            yield return field;
        }

        if (outcome.FieldOffMs is { } fieldOff)
        {
            yield return new("fieldOffMs", Text(fieldOff));
        }

        if (outcome.Application is { } application)
        {
            yield return new("aid", application.Aid);
            yield return new("kernel", Text(application.Kernel));
        }

        if (outcome.Oda is { } oda)
        {
            yield return new("oda.method", oda.Method.ToString());
            yield return new("oda.result", oda.Failure is { } failure ? failure.ToString() : "valid");
            yield return new("oda.keyBits", string.Join(' ', oda.KeyBits.Select(bits => Text(bits))));
        }

        if (outcome.DataRecord is { } record)
        {
            yield return new("dataRecord", Convert.ToHexString(record.Encode()));
        }

        if (outcome.DiscretionaryData is { } discretionary)
        {
            yield return new("discretionaryData", Convert.ToHexString(discretionary.Encode()));
        }

        if (outcome.Account is { } account)
        {
            yield return withAccount ? new("account", Convert.ToHexString(account.Reveal().Encode())) : new("maskedPan", account.MaskedPan);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Ui(string prefix, UiRequest? request)
    {
        if (request is null)
        {
            yield break;
        }

        yield return new(prefix + "status", request.Status.ToString());
        yield return new(prefix + "holdMs", Text(request.HoldTimeMs));
        if (request.Message is { } message)
        {
            yield return new(prefix + "message", message.ToString());
        }

        if (request.ValueMinor is { } value)
        {
            yield return new(prefix + "value", $"{request.ValueKind} {Text(value)} {Text(request.CurrencyCode ?? 0)}");
        }

        if (request.LanguagePreference is { } languages)
        {
            yield return new(prefix + "languages", languages);
        }
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
