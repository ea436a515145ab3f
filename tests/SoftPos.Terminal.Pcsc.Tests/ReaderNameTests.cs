namespace SoftPos.Terminal.Pcsc;

public class ReaderNameTests
{
    private static readonly string[] Readers = ["ACS ACR1252 Dual Reader [ACR1252 PICC] 00 00", "ACS ACR1252 Dual Reader [ACR1252 SAM] 01 00", "Virtual PCD 00 00"];

    [Theory]
    [InlineData("Virtual PCD 00 00", 2)]
    [InlineData("virtual", 2)]
    [InlineData("PICC", 0)]
    public void A_reader_is_found_by_its_name_or_by_a_part_that_only_it_has(string name, int index) =>
        Assert.Equal(Readers[index], PcscReaders.Choose(Readers, name));

    [Theory]
    [InlineData("ACR1252")]
    [InlineData("Gemalto")]
    public void An_ambiguous_or_unknown_name_is_refused_with_the_readers_that_there_are(string name)
    {
        CardReaderException fault = Assert.Throws<CardReaderException>(() => PcscReaders.Choose(Readers, name));
        Assert.Contains("Virtual PCD 00 00", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_reader_the_message_says_so()
    {
        CardReaderException fault = Assert.Throws<CardReaderException>(() => PcscReaders.Choose([], "any"));
        Assert.Contains("no reader is connected", fault.Message, StringComparison.Ordinal);
    }
}
