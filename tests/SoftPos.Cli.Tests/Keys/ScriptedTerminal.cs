using System.Text;
using SoftPos.Cli.Commands.Keys;

namespace SoftPos.Cli.Tests.Keys;

/// <summary>Persons at a terminal who answer by a script; what they see is kept.</summary>
internal sealed class ScriptedTerminal : ICeremonyTerminal
{
    private readonly Queue<(string Question, string Answer)> _script = new();
    private readonly StringBuilder _screen = new();

    /// <summary>Everything that was said, cleared or not.</summary>
    public string Said => _screen.ToString();

    /// <summary>What stood on the screen at each time that it was cleared.</summary>
    public List<string> Cleared { get; } = [];

    /// <summary>The next question must hold these words and gets this answer.</summary>
    public ScriptedTerminal On(string question, string answer)
    {
        _script.Enqueue((question, answer));
        return this;
    }

    public void Say(string text) => _screen.AppendLine(text);

    public string Ask(string question) => Answer(question);

    public string AskHidden(string question) => Answer(question);

    public void Clear()
    {
        Cleared.Add(Said);
        _screen.Clear();
    }

    private string Answer(string question)
    {
        _screen.AppendLine(question);
        Assert.True(_script.TryDequeue(out (string Question, string Answer) next), $"asked beyond the script: {question}");
        Assert.Contains(next.Question, question, StringComparison.Ordinal);
        return next.Answer;
    }
}
