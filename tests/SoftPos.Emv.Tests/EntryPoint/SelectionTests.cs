using SoftPos.Emv.Authentication;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.EntryPoint;
using SoftPos.Iso7816;

namespace SoftPos.Emv.Tests.EntryPoint;

/// <summary>Protocol activation and combination selection (Book B, 3.2 and 3.3), as the commands that a card sees.</summary>
public sealed class SelectionTests
{
    private const string Visa = "A0000000031010";
    private const string Mastercard = "A0000000041010";

    [Theory]

    // Directory entries as 4F / 87 / 9F2A, and the names that are selected in their order.
    [InlineData("A0000000031010", "A0000000031010")]
    [InlineData("A0000000031010/02;A0000000041010/01", "A0000000041010,A0000000031010")]
    [InlineData("A0000000031010/00;A0000000041010/0F", "A0000000041010,A0000000031010")]
    [InlineData("A0000000031010;A0000000041010/01", "A0000000041010,A0000000031010")]
    [InlineData("A0000000041010/01;A0000000031010/01", "A0000000041010,A0000000031010")]
    [InlineData("A0000000031010/82;A0000000041010/F1", "A0000000041010,A0000000031010")]
    [InlineData("A000000003101001/01", "A000000003101001")]
    [InlineData("A0000000031010//03", "A0000000031010")]
    [InlineData("A0000000031010//02", "")]
    [InlineData("A0000000031010//43", "")]
    [InlineData("A0000000031010//8303", "")]
    [InlineData("A0000000031010//810276", "")]
    [InlineData("A0000000031010//C00276", "")]
    [InlineData("A0000000031010//030000000000", "A0000000031010")]
    [InlineData("A000000025/01;A0000000041010/02", "A0000000041010")]
    [InlineData("A0000003;A0000000041010/02", "A0000000041010")]
    [InlineData("", "")]
    public void Candidates_are_tried_in_the_order_of_their_priority(string entries, string selected)
    {
        Scripted card = new(entries);

        Outcome outcome = card.Run();

        Assert.Equal(selected, string.Join(',', card.Selected));
        Assert.Equal((OutcomeKind.EndApplication, OutcomeReason.NoApplication), (outcome.Kind, outcome.Reason));
        Assert.Equal((UiMessage.UseAnotherCard, UiStatus.ReadyToRead), (outcome.UiOnOutcome!.Message, outcome.UiOnOutcome.Status));
    }

    [Theory]
    [InlineData("6A82")]
    [InlineData("6283")]
    [InlineData("9000")]
    [InlineData("6F0084009000")]
    [InlineData("6FFF9000")]
    public void A_directory_that_cannot_be_read_gives_no_candidate(string response)
    {
        Scripted card = new(Visa) { Directory = Convert.FromHexString(response) };

        Assert.Equal(OutcomeReason.NoApplication, card.Run().Reason);
        Assert.Empty(card.Selected);
    }

    [Theory]
    [InlineData(true, "A00000000310100102")]
    [InlineData(false, "A0000000031010")]
    [InlineData(null, "A0000000031010")]
    public void The_extended_selection_is_added_where_both_have_it(bool? supported, string name)
    {
        Scripted card = new(Visa) { ExtendedSelection = supported, CardExtension = [0x01, 0x02] };
        card.Run();
        Assert.Equal(name, Assert.Single(card.Selected));
    }

    [Theory]
    [InlineData("A0000000041010")]
    [InlineData("A00000000310")]
    public void A_card_that_answers_for_another_name_is_not_taken(string answered)
    {
        Scripted card = new(Visa) { Fci = new TlvWriter().Open(0x6F).Write(0x84, Convert.FromHexString(answered)).Open(0xA5).Write(0x9F38, [0x9F, 0x66, 0x04]).Close().Close().ToArray() };

        Assert.Equal(OutcomeReason.NoApplication, card.Run().Reason);
        Assert.Equal(2, card.Commands);
    }

    [Fact]
    public void A_Visa_card_without_qualifiers_in_its_PDOL_is_for_a_kernel_that_is_not_here()
    {
        Scripted card = new(Visa) { Fci = new TlvWriter().Open(0x6F).Write(0x84, Convert.FromHexString(Visa)).Open(0xA5).Write(0x9F38, [0x9F, 0x02, 0x06]).Close().Close().ToArray() };

        Assert.Equal(OutcomeReason.NoApplication, card.Run().Reason);
        Assert.Equal(2, card.Commands);
    }

    [Fact]
    public void A_collision_is_told_and_polling_goes_on()
    {
        ContactlessReader reader = new();
        IReadOnlyList<ReaderEffect> effects = reader.Start(Scripted.Request, new Scripted(Visa).Configuration(), () => new byte[4]);
        Assert.Equal((UiMessage.PresentCard, UiStatus.ReadyToRead), Shown(effects[0]));
        Assert.IsType<ReaderEffect.FieldOn>(effects[1]);
        Assert.Equal((UiMessage.PresentOneCardOnly, UiStatus.ProcessingError), Shown(Assert.Single(reader.Step(new ReaderEvent.CollisionDetected()))));
        Assert.Equal((UiMessage.PresentOneCardOnly, UiStatus.ReadyToRead), Shown(Assert.Single(reader.Step(new ReaderEvent.CollisionEnded()))));
        Assert.IsType<ReaderEffect.SendCommand>(Assert.Single(reader.Step(new ReaderEvent.CardDetected())));
    }

    [Fact]
    public void A_card_that_is_lost_while_it_is_selected_is_asked_for_again_and_not_for_ever()
    {
        ContactlessReader reader = new();
        IReadOnlyList<ReaderEffect> effects = reader.Start(Scripted.Request, new Scripted(Visa).Configuration(), () => new byte[4]);
        int activations = 0;
        while (!effects.OfType<ReaderEffect.Finish>().Any())
        {
            activations++;
            Assert.InRange(activations, 1, ContactlessReader.MaxActivations);
            reader.Step(new ReaderEvent.CardDetected());
            effects = reader.Step(new ReaderEvent.FieldError());
        }

        Assert.Equal(ContactlessReader.MaxActivations, activations);
        Assert.Equal(OutcomeReason.CommunicationError, effects.OfType<ReaderEffect.Finish>().Single().Outcome.Reason);
    }

    [Theory]
    [InlineData("61", 34)]
    [InlineData("6C", 2)]
    public void A_card_that_asks_to_be_asked_again_is_bounded(string status, int commands)
    {
        Scripted card = new(Visa) { Directory = [Convert.ToByte(status, 16), 0x10] };
        Assert.Equal(OutcomeReason.NoApplication, card.Run().Reason);
        Assert.Equal(commands, card.Commands);
    }

    [Fact]
    public void A_combination_without_its_kernel_is_passed_over()
    {
        Scripted card = new(Visa) { VisaKernel = 9, Fci = new TlvWriter().Open(0x6F).Write(0x84, Convert.FromHexString(Visa)).Open(0xA5).Close().Close().ToArray() };
        card.Entry = Visa + "//09";

        Assert.Equal(OutcomeReason.NoApplication, card.Run().Reason);
        Assert.Equal(Visa, Assert.Single(card.Selected));
        Assert.Equal(2, card.Commands);
    }

    [Fact]
    public void A_reader_started_without_pre_processing_sends_the_qualifiers_as_configured()
    {
        Scripted card = new(Visa)
        {
            Ttq = "26C04000",
            Fci = new TlvWriter().Open(0x6F).Write(0x84, Convert.FromHexString(Visa)).Open(0xA5).Write(0x9F38, [0x9F, 0x66, 0x04]).Close().Close().ToArray(),
        };
        ContactlessReader reader = new();
        reader.StartWithoutPreProcessing(Scripted.Request, card.Configuration(), () => new byte[4]);
        ReaderEffect.SendCommand send = (ReaderEffect.SendCommand)Assert.Single(reader.Step(new ReaderEvent.CardDetected()));
        for (int i = 0; i < 2; i++)
        {
            send = (ReaderEffect.SendCommand)Assert.Single(reader.Step(new ReaderEvent.CardResponse(card.Answer(send.Command.ToArray()))));
        }

        Assert.Equal("80A80000068304" + "26C04000" + "00", Convert.ToHexString(send.Command.ToArray()));
    }

    private static (UiMessage? Message, UiStatus Status) Shown(ReaderEffect effect)
    {
        UiRequest request = Assert.IsType<ReaderEffect.Show>(effect).Request;
        return (request.Message, request.Status);
    }

    private sealed class Scripted(string entries)
    {
        public static TransactionRequest Request { get; } = new(TransactionKind.Purchase, 1000, new DateOnly(2026, 11, 24), default);

        public string Entry { get; set; } = entries;

        public byte VisaKernel { get; init; } = 3;

        public string Ttq { get; init; } = "26004000";

        public byte[]? Directory { get; init; }

        public byte[]? Fci { get; init; }

        public bool? ExtendedSelection { get; init; }

        public byte[] CardExtension { get; init; } = [];

        public List<string> Selected { get; } = [];

        public int Commands { get; private set; }

        public Outcome Run()
        {
            ContactlessReader reader = new();
            bool came = false;
            return ReaderRun.ToOutcome(reader, reader.Start(Request, Configuration(), () => new byte[4]), command => Answer(command.ToArray()), () => !came && (came = true));
        }

        public ReaderConfiguration Configuration() => new()
        {
            Version = "test",
            Environment = ReaderEnvironment.Lab,
            Terminal = new TerminalProfile { CountryCode = 276, CurrencyCode = 978 },
            Combinations = [Of(Visa, VisaKernel), Of(Mastercard, 2)],
            CaKeys = new CaKeySet([], []),
        };

        private Combination Of(string aid, byte kernel) => new()
        {
            Aid = Convert.FromHexString(aid),
            KernelId = [kernel],
            Kinds = [TransactionKind.Purchase],
            TransactionLimit = 100_000,
            Ttq = kernel == 3 ? Convert.FromHexString(Ttq) : null,
            ExtendedSelection = ExtendedSelection,
        };

        public byte[] Answer(byte[] command)
        {
            Commands++;
            if (command[1] != 0xA4 || command.AsSpan(5).StartsWith("2PAY"u8))
            {
                return Directory ?? [.. Entries(), 0x90, 0x00];
            }

            Selected.Add(Convert.ToHexString(command.AsSpan(5, command[4])));
            return Fci is null ? [0x6A, 0x82] : [.. Fci, 0x90, 0x00];
        }

        private byte[] Entries()
        {
            TlvWriter writer = new TlvWriter().Open(0x6F).Write(0x84, "2PAY.SYS.DDF01"u8).Open(0xA5).Open(0xBF0C);
            foreach (string[] entry in Entry.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('/')))
            {
                writer.Open(0x61).Write(0x4F, Convert.FromHexString(entry[0]));
                if (entry.Length > 1 && entry[1].Length > 0)
                {
                    writer.Write(0x87, Convert.FromHexString(entry[1]));
                }

                if (entry.Length > 2)
                {
                    writer.Write(0x9F2A, Convert.FromHexString(entry[2]));
                }

                if (CardExtension.Length > 0)
                {
                    writer.Write(0x9F29, CardExtension);
                }

                writer.Close();
            }

            return writer.Close().Close().Close().ToArray();
        }
    }
}
