using System.Text.Json.Nodes;
using SoftPos.Cli.Commands;
using SoftPos.Emv.EntryPoint;
using SoftPos.Emv.Replay;
using SoftPos.Emv;
using SoftPos.Lab.Cards;

namespace SoftPos.Cli.Tests;

/// <summary><c>softpos replay</c>: exit codes, trace and faults.</summary>
public sealed class ReplayCommandTests : IDisposable
{
    private const int Departs = 3;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tap-{Environment.ProcessId}-{TestContext.Current.Test!.UniqueID[..16]}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_good_recording_is_equal_and_readable()
    {
        Record("mastercard", full: true);

        (int code, string text) = Replay(json: false);

        Assert.Equal(0, code);
        Assert.Contains("equal to the recording, bit for bit", text, StringComparison.Ordinal);
        Assert.Contains("C-2 7.8", text, StringComparison.Ordinal);
        Assert.Contains("> 80 AE 90 00  GENERATE AC, ARQC with CDA", text, StringComparison.Ordinal);
        Assert.Contains("9F37  Unpredictable Number: 01020304", text, StringComparison.Ordinal);
        Assert.Contains("9F5D  Application Capabilities Information", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_recording_departs_with_an_exit_code()
    {
        Record("visa", full: true);
        File.WriteAllText(_path, File.ReadAllText(_path).Replace("\"amount\": 1250", "\"amount\": 1251", StringComparison.Ordinal));

        (int code, string text) = Replay(json: true);

        Assert.Equal(Departs, code);
        JsonNode answer = JsonNode.Parse(text)!;
        Assert.False(answer["bitForBit"]!.GetValue<bool>());
        Assert.Equal("command: apdu", answer["departure"]!["what"]!.ToString());
        Assert.Contains("000000001251", answer["departure"]!["run"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_masked_recording_says_that_it_is_not_bit_for_bit()
    {
        Record("visa", full: false);

        (int code, string text) = Replay(json: false);

        Assert.Equal(0, code);
        Assert.Contains("not bit for bit: account data are masked", text, StringComparison.Ordinal);
        Assert.Contains("= OnlineRequest (OnlineAsked)   (as recorded)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("failed at", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_none_is_told_with_its_path()
    {
        CommandException missing = Assert.Throws<CommandException>(() => Replay(json: false));
        Assert.Equal((2, $"{_path}: no such file"), (missing.ExitCode, missing.Message));

        Record("visa", full: true);
        JsonNode file = JsonNode.Parse(File.ReadAllText(_path))!;
        file["steps"]![0]!["out"] = "dance";
        File.WriteAllText(_path, file.ToJsonString());
        CommandException bad = Assert.Throws<CommandException>(() => Replay(json: false));
        Assert.StartsWith($"{_path}: steps[0].out: expected one of command, field-on", bad.Message, StringComparison.Ordinal);
        Assert.Equal(2, bad.ExitCode);
    }

    [Fact]
    public void The_page_of_the_format_names_every_kind_of_step()
    {
        string page = File.ReadAllText(PageOf("replay.md"));

        Assert.All(TapEffect.Kinds, kind => Assert.Contains($"`{kind}`", page, StringComparison.Ordinal));
        foreach (string word in (string[])["random", "card", "collision", "collision-ended", "response", "field-error", "proceed", "stop", "host", "terminal-data", "terminal-timeout"])
        {
            Assert.Contains($"`{word}`", page, StringComparison.Ordinal);
        }
    }

    private static string PageOf(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "docs", "reference", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException(name);
    }

    private (int Code, string Text) Replay(bool json)
    {
        using StringWriter output = new();
        int code = ReplayCommand.Run(_path, json, output);
        return (code, output.ToString());
    }

    private void Record(string name, bool full)
    {
        VirtualCard card = VirtualCard.Create(name)!;
        TapRecorder recorder = new(new ContactlessReader(), TimeProvider.System, full);
        TransactionRequest request = new(TransactionKind.Purchase, 1250, new DateOnly(2026, 11, 24), new TimeOnly(12, 0));
        ReaderRun.ToOutcome(
            recorder.Start(request, LabReader.Configuration(), () => [1, 2, 3, 4]),
            recorder.Step,
            command => card.Transceive(command.Span),
            () =>
            {
                card.EnterField();
                return true;
            });
        File.WriteAllBytes(_path, TapRecordingWriter.Write(recorder.Take()!));
    }
}
