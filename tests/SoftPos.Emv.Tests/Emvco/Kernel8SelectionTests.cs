using SoftPos.Emv.Configuration;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.Emvco;

/// <summary>From the selected application to the open channel (Book C-8, 1, C.100, 2, 20, 22).</summary>
public sealed class Kernel8SelectionTests
{
    [Fact]
    public void A_good_card_goes_online_with_both_sides_authenticated()
    {
        ScriptedKernel8 card = new();

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.OnlineRequest, OutcomeReason.OnlineAsked, CvmKind.NoCvm), (outcome.Kind, outcome.Reason, outcome.Cvm));
        Assert.True(outcome.Oda!.IsValid, outcome.Oda.Failure.ToString());
        Assert.Equal([256, 256, 256], outcome.Oda.KeyBits);
        Assert.Equal("0000000081", outcome.Tvr.ToString());
        Assert.Equal(8, outcome.Application!.Kernel);
        Assert.Equal("990842******0011", outcome.Account!.MaskedPan);
        Assert.Equal([0xA4, 0xA4, 0xA8, 0xB2, 0xB2, 0xB2, 0xAE], card.Commands.Select(command => command[1]));
        Assert.All(card.Notes.Where(note => note.Book != "Book B"), note => Assert.Equal("C-8", note.Book));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0000FFFF000000")]
    public void A_card_without_a_usable_qualifier_is_not_for_this_kernel(string? qualifier)
    {
        ScriptedKernel8 card = new();
        card.Fci[0x9F2C] = qualifier is null ? null : ScriptedKernel8.Hex(qualifier);

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), (outcome.Kind, outcome.Reason));
        Assert.DoesNotContain(card.Commands, command => command[1] == 0xA8);
    }

    [Theory]
    [InlineData("0201FFFF000000", false)]
    [InlineData("02FFFFFF000000", false)]
    [InlineData("02FFFF00000000", true)]
    [InlineData("02010000000000", true)]
    public void The_channel_is_of_a_suite_that_both_have(string qualifier, bool common)
    {
        ScriptedKernel8 card = new();
        card.Fci[0x9F2C] = ScriptedKernel8.Hex(qualifier);

        Outcome outcome = card.Run();

        Assert.Equal(common ? OutcomeKind.OnlineRequest : OutcomeKind.EndApplication, outcome.Kind);
        if (!common)
        {
            Assert.Equal("00060000001C", ScriptedKernel8.Error(outcome));
            Assert.Equal(UiMessage.UseAnotherCard, outcome.UiOnOutcome!.Message);
        }
    }

    [Fact]
    public void The_long_channel_is_a_switch_and_carries_a_whole_payment()
    {
        ScriptedKernel8 card = Long();

        Assert.Equal(OutcomeReason.BadCardData, card.Run().Reason);

        card = Long();
        card.Kernel = card.Kernel with { LongSecureChannel = true };
        Outcome outcome = card.Run();
        Assert.Equal(OutcomeKind.OnlineRequest, outcome.Kind);
        Assert.Equal([521, 521, 521], outcome.Oda!.KeyBits);
        Assert.True(outcome.Oda.IsValid, outcome.Oda.Failure.ToString());
    }

    [Theory]
    [InlineData(0x10, true, "02800010" + "11FF0000")]
    [InlineData(0x10, false, "02800010" + "FFFF0000")]
    [InlineData(0x00, true, "02000010" + "11FF0000")]
    public void The_kernel_qualifier_names_version_authentication_and_suites(byte security, bool isLong, string qualifier)
    {
        ScriptedKernel8 card = new() { };
        card.Kernel = card.Kernel with { SecurityCapability = security, LongSignatures = isLong };
        card.Run();

        // 83, length, key of 64 bytes, qualifier of 8.
        byte[] options = card.Commands.Single(command => command[1] == 0xA8);
        Assert.Equal(qualifier, Convert.ToHexString(options.AsSpan(7 + 64, 8)));
    }

    [Fact]
    public void Each_activation_has_a_key_of_its_own()
    {
        byte seed = 1;
        ScriptedKernel8 card = new();
        SoftPos.Emv.EntryPoint.ContactlessReader reader = new();
        for (int tap = 0; tap < 2; tap++)
        {
            SoftPos.Emv.EntryPoint.ReaderRun.ToOutcome(
                reader,
                reader.Start(card.Request, card.Configuration(), () => [1, 2, 3, 4], length => ScriptedKernel8.Key(length, seed++)),
                command => card.Transceive(command.ToArray()),
                () => true);
        }

        string[] keys = [.. card.Commands.Where(command => command[1] == 0xA8).Select(command => Convert.ToHexString(command.AsSpan(7, 64)))];
        Assert.Equal(2, keys.Distinct().Count());
    }

    [Fact]
    public void The_secret_is_overwritten_where_it_was_handed_in()
    {
        List<byte[]> secrets = [];
        ScriptedKernel8 card = new();
        SoftPos.Emv.EntryPoint.ContactlessReader reader = new();
        SoftPos.Emv.EntryPoint.ReaderRun.ToOutcome(
            reader,
            reader.Start(card.Request, card.Configuration(), () => [1, 2, 3, 4], length =>
            {
                secrets.Add(ScriptedKernel8.Key(length, 9));
                return secrets[^1];
            }),
            command => card.Transceive(command.ToArray()),
            () => true);

        Assert.Equal(new byte[32], Assert.Single(secrets));
    }

    [Fact]
    public void A_source_that_gives_no_scalar_ends_the_kernel_and_not_the_process()
    {
        ScriptedKernel8 card = new();
        SoftPos.Emv.EntryPoint.ContactlessReader reader = new();

        Outcome outcome = SoftPos.Emv.EntryPoint.ReaderRun.ToOutcome(
            reader, reader.Start(card.Request, card.Configuration(), () => [1, 2, 3, 4], length => new byte[length]), command => card.Transceive(command.ToArray()), () => true);

        Assert.Equal("000F00" + "0000FF", ScriptedKernel8.Error(outcome));
    }

    [Theory]
    [InlineData("6985", OutcomeReason.NoApplication)]
    [InlineData("6A80", OutcomeReason.NoApplication)]
    public void A_status_of_the_options_command_selects_the_next_application(string status, OutcomeReason reason)
    {
        ScriptedKernel8 card = new();
        card.Answers[0xA8] = _ => ScriptedKernel8.Hex(status);

        Assert.Equal((OutcomeKind.EndApplication, reason), card.Run() is { } outcome ? (outcome.Kind, outcome.Reason) : default);
    }

    [Theory]
    [InlineData(EmvTag.Aip)]
    [InlineData(EmvTag.Afl)]
    [InlineData(EmvTag.Cdol1)]
    public void What_the_options_response_lacks_is_missed(uint tag)
    {
        ScriptedKernel8 card = new();
        byte[] keyData = new byte[64];
        card.Answers[0xA8] = _ =>
        {
            TlvMap objects = new() { [0x9F8103] = keyData };
            foreach ((uint one, byte[] value) in card.Options)
            {
                objects[one] = one == tag ? null : value;
            }

            return ScriptedKernel8.Done(0x77, objects.Encode());
        };

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeReason.MissingCardData, "00010000001C"), (outcome.Reason, ScriptedKernel8.Error(outcome)));
    }

    [Theory]
    [InlineData("80060102" + "10010101", "00040000001C")]
    [InlineData("7704820201", "00040000001C")]
    [InlineData("7700", "00010000001C")]
    [InlineData("770482020102", "00010000001C")]
    [InlineData("7707820201029F3700", "00040000001C")]
    public void Format_one_and_malformed_templates_do_not_exist_here(string data, string error)
    {
        ScriptedKernel8 card = new();
        card.Answers[0xA8] = _ => ScriptedKernel8.Hex(data + "9000");

        Assert.Equal(error, ScriptedKernel8.Error(card.Run()));
    }

    [Fact]
    public void A_card_without_a_list_is_given_the_configured_one()
    {
        ScriptedKernel8 card = new();
        card.Options[EmvTag.Cdol1] = null;
        Assert.Equal(OutcomeReason.MissingCardData, card.Run().Reason);

        card = new ScriptedKernel8();
        card.Options[EmvTag.Cdol1] = null;
        card.Kernel = card.Kernel with { DefaultCdol1 = ScriptedKernel8.Hex(ScriptedKernel8.CdolHex) };
        Assert.Equal(OutcomeKind.OnlineRequest, card.Run().Kind);
        Assert.Equal("000000001000", card.Told(EmvTag.Amount));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(132)]
    public void Card_key_data_of_another_length_open_no_channel(int length)
    {
        ScriptedKernel8 card = new();
        card.Options[0x9F8103] = new byte[length];

        Outcome outcome = card.Run();

        Assert.Equal((OutcomeKind.EndApplication, "00100000001C"), (outcome.Kind, ScriptedKernel8.Error(outcome)));
    }

    [Fact]
    public void A_blinded_key_that_is_no_point_opens_no_channel()
    {
        ScriptedKernel8 card = new();
        card.Options[0x9F8103] = [.. Enumerable.Repeat((byte)0xFF, 32), .. new byte[32]];

        Assert.Equal("00100000001C", ScriptedKernel8.Error(card.Run()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_directory_entry_chooses_among_the_kernels_of_one_application(bool configuredFirst)
    {
        ScriptedKernel8 card = new();
        Combination other = new()
        {
            Aid = ScriptedKernel8.Hex("F04C414238"), KernelId = [2], Kinds = [TransactionKind.Purchase], TransactionLimit = 100_000,
        };
        card.MoreCombinations.Add(other);
        ReaderConfiguration configuration = card.Configuration();
        configuration = configuredFirst ? configuration : configuration with { Combinations = [.. configuration.Combinations.Reverse()] };
        SoftPos.Emv.EntryPoint.ContactlessReader reader = new();

        Outcome outcome = SoftPos.Emv.EntryPoint.ReaderRun.ToOutcome(
            reader, reader.Start(card.Request, configuration, () => [1, 2, 3, 4], length => ScriptedKernel8.Key(length, 5)), command => card.Transceive(command.ToArray()), () => true);

        Assert.Equal(8, outcome.Application!.Kernel);
    }

    [Fact]
    public void A_terminal_object_that_is_empty_is_asked_for_and_waited_for()
    {
        ScriptedKernel8 card = new();
        card.TerminalObjects[EmvTag.RiskManagementData] = [];
        IReadOnlyList<ReaderEffect> effects = UpToExchange(card);
        Assert.Equal([EmvTag.RiskManagementData], Assert.IsType<ReaderEffect.ExchangeData>(Assert.Single(effects)).Needed);
        Assert.IsType<ReaderEffect.ExchangeData>(Assert.Single(card.Reader.Step(new ReaderEvent.TerminalData([]))));

        effects = card.Reader.Step(new ReaderEvent.TerminalData(new TlvMap { [EmvTag.RiskManagementData] = ScriptedKernel8.Hex("4CFF800000000000") }));

        byte[] options = Assert.IsType<ReaderEffect.SendCommand>(Assert.Single(effects)).Command.ToArray();
        Assert.Equal("4CFF800000000000", Convert.ToHexString(options.AsSpan(options.Length - 9, 8)));
        card.Reader.Step(new ReaderEvent.Stop());

        UpToExchange(card);
        effects = card.Reader.Step(new ReaderEvent.TerminalTimeout());
        Outcome outcome = Assert.IsType<ReaderEffect.Finish>(effects[^1]).Outcome;
        Assert.Equal((OutcomeReason.TimedOut, "00000100" + "00FF"), (outcome.Reason, ScriptedKernel8.Error(outcome)));
    }

    private static IReadOnlyList<ReaderEffect> UpToExchange(ScriptedKernel8 card)
    {
        card.Start();
        IReadOnlyList<ReaderEffect> effects = card.Reader.Step(new ReaderEvent.CardDetected());
        while (effects.OfType<ReaderEffect.SendCommand>().SingleOrDefault() is { } send)
        {
            effects = card.Reader.Step(new ReaderEvent.CardResponse(card.Transceive(send.Command.ToArray())));
        }

        return effects;
    }

    private static ScriptedKernel8 Long()
    {
        ScriptedKernel8 card = new()
        {
            IsLong = true, Factor = ScriptedKernel8.Key(66, 0x12), CardKey = ScriptedKernel8.Key(66, 0x33), CertifiedKey = ScriptedKernel8.Key(66, 0x33),
        };
        card.Fci[0x9F38] = ScriptedKernel8.Hex("9E849F2B089F02069F37049F1D08");
        card.Fci[0x9F2C] = ScriptedKernel8.Hex("0201FFFF000000");
        return card;
    }
}
