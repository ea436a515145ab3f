using SoftPos.Terminal.Pcsc.Native;

namespace SoftPos.Terminal.Pcsc;

/// <summary>Contactless readers that are connected over PC/SC.</summary>
public static class PcscReaders
{
    /// <summary>Whether the PC/SC library of the platform is installed.</summary>
    public static bool IsInstalled => PcscLibrary.IsInstalled;

    /// <summary>Names of the connected readers.</summary>
    /// <exception cref="CardReaderException">PC/SC is not installed or its daemon does not run.</exception>
    public static IReadOnlyList<string> List()
    {
        using PcscContext context = new();
        return context.ListReaders();
    }

    /// <summary>Opens a reader by its name, or by a part of it that only one name has.</summary>
    /// <exception cref="CardReaderException">No such reader, more than one, or PC/SC does not work.</exception>
    public static CardReader Open(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        PcscContext context = new();
        try
        {
            return new PcscReader(context, Choose(context.ListReaders(), name));
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    internal static string Choose(IReadOnlyList<string> readers, string name)
    {
        string[] fitting = readers.Contains(name, StringComparer.Ordinal)
            ? [name]
            : [.. readers.Where(reader => reader.Contains(name, StringComparison.OrdinalIgnoreCase))];
        string known = readers.Count == 0 ? "no reader is connected" : $"connected: {string.Join("; ", readers)}";
        return fitting.Length switch
        {
            1 => fitting[0],
            0 => throw new CardReaderException($"no reader named {name}; {known}"),
            _ => throw new CardReaderException($"{name} fits more than one reader; {known}"),
        };
    }
}
