using System.CommandLine;
using SoftPos.Emv.Replay;

namespace SoftPos.Cli.Commands;

/// <summary>Options by which a sale writes its tap to a file for <c>softpos replay</c>.</summary>
internal sealed class RecordOptions
{
    private readonly Option<string?> _file = new("--record") { Description = "Write the tap to this file, without account data; see softpos replay." };

    private readonly Option<bool> _full = new("--record-full")
    {
        Description = "With --record: keep the account data of the virtual card, so that the tap can be replayed bit for bit.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_full);
    }

    public bool IsFull(ParseResult parsed) => parsed.GetValue(_full)
        && (parsed.GetValue(_file) is not null ? true : throw new CommandException("--record-full: name the file with --record FILE", 2));

    /// <summary>Writes each tap that ends; null when none is wanted.</summary>
    public Action<TapRecording>? Writer(ParseResult parsed) => parsed.GetValue(_file) is { } path ? tap => Write(path, tap) : null;

    private static void Write(string path, TapRecording tap)
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(path, options);
            file.Write(TapRecordingWriter.Write(tap));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The payment stands whatever becomes of the file.
            Console.Error.WriteLine($"softpos: --record {path}: cannot be written: {fault.Message}");
        }
    }
}
