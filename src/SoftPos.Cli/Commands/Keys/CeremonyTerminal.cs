using System.Text;

namespace SoftPos.Cli.Commands.Keys;

/// <summary>The persons at the terminal: what is said to them, what they type.</summary>
internal interface ICeremonyTerminal
{
    void Say(string text);

    /// <summary>One line, shown while it is typed.</summary>
    string Ask(string question);

    /// <summary>One line that is not shown: passphrases, components, shares. The caller clears what it can.</summary>
    string AskHidden(string question);

    /// <summary>Takes everything off the screen, and what had scrolled away.</summary>
    void Clear();
}

/// <summary>The console. A ceremony needs persons: when the input is not a terminal it is refused.</summary>
internal sealed class ConsoleTerminal : ICeremonyTerminal
{
    private const int LongestLine = 512;

    public void Say(string text) => Console.Out.WriteLine(text);

    public string Ask(string question)
    {
        RequireTerminal();
        Console.Out.Write($"{question}: ");
        return Console.In.ReadLine()?.Trim() ?? throw new CommandException("the input ended; nothing was done");
    }

    public string AskHidden(string question)
    {
        RequireTerminal();
        Console.Out.Write($"{question} (not shown): ");
        StringBuilder line = new(LongestLine);
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace)
            {
                line.Length = Math.Max(0, line.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar) && line.Length < LongestLine)
            {
                line.Append(key.KeyChar);
            }
        }

        Console.Out.WriteLine();
        string text = line.ToString();
        line.Clear();
        return text;
    }

    /// <summary>Clears the screen and, where the terminal knows how (xterm's ED 3), its memory of lines.</summary>
    public void Clear()
    {
        Console.Clear();
        Console.Out.Write("\e[3J");
    }

    private static void RequireTerminal()
    {
        if (Console.IsInputRedirected)
        {
            throw new CommandException("a key ceremony needs persons at a terminal; its input cannot come from a file or pipe");
        }
    }
}
