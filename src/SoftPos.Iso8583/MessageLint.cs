namespace SoftPos.Iso8583;

/// <summary>Checks beyond the codec: what the message type must and may carry, inner structures, agreement of DE 4, DE 49 and DE 55.</summary>
public static class MessageLint
{
    /// <summary>Every finding; empty for a clean message.</summary>
    public static IReadOnlyList<Iso8583Fault> Check(Iso8583Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        List<Iso8583Fault> found = [];
        if (message.Dialect.Messages.TryGetValue(message.Type.ToString(), out MessageProfile? profile))
        {
            found.AddRange(profile.Required
                .Where(field => !message.Has(field))
                .Select(field => new Iso8583Fault(FieldNames.Of(field), 0, Iso8583Rule.Missing)));
            found.AddRange(message.Fields.ToList()
                .Where(field => profile.Optional is { } optional && !optional.Contains(field) && !profile.Required.Contains(field))
                .Select(field => new Iso8583Fault(FieldNames.Of(field), 0, Iso8583Rule.Unexpected)));
        }

        foreach (int field in message.Fields)
        {
            if (!message.TryParts(field, out _, out Iso8583Fault fault))
            {
                found.Add(fault);
            }
        }

        if (message.Has(55) && message.Type.Version == 0 && message.TryParts(55, out IReadOnlyList<FieldPart> data, out _))
        {
            CheckAgreement(message[4], data, "9F02", found);
            CheckAgreement(message[49] is { } currency ? "0" + currency : null, data, "5F2A", found);
        }

        if (message.Has(64) && message.Has(128))
        {
            found.Add(new Iso8583Fault("64", 0, Iso8583Rule.Inconsistent));
        }

        return found;
    }

    private static void CheckAgreement(string? expected, IReadOnlyList<FieldPart> data, string tag, List<Iso8583Fault> found)
    {
        if (expected is not null && data.FirstOrDefault(part => part.Key == tag) is { } part && part.Text != expected)
        {
            found.Add(new Iso8583Fault(part.Path, 0, Iso8583Rule.Inconsistent));
        }
    }
}
