namespace SoftPos.Emv;

/// <summary>A step or decision of the reader in words, for a trace. Holds no account data and changes nothing.</summary>
/// <param name="Book">Whose rule: <c>Book B</c>, <c>C-2</c> or <c>C-3</c>.</param>
/// <param name="Clause">Clause or step label of the book, as <c>docs/reference/kernel-clauses.md</c> numbers them.</param>
/// <param name="Text">What was found or decided.</param>
public sealed record ReaderNote(string Book, string Clause, string Text);

/// <summary>Writes the notes of one book.</summary>
internal sealed class NoteWriter(string book, Action<ReaderNote> write)
{
    public void Add(string clause, string text) => write(new ReaderNote(book, clause, text));
}
