using System.Text;
using System.Text.Json;
using SoftPos.Attestation.Certificates;

namespace SoftPos.Attestation.Tests.Certificates;

public class StatusListTests
{
    [Theory]
    [InlineData("{\"5cb838f1fe157a85\": {\"status\": \"REVOKED\"}}", CertificateStatus.Revoked)]
    [InlineData("{\"6681152659205225093\": {\"status\": \"REVOKED\", \"reason\": \"KEY_COMPROMISE\"}}", CertificateStatus.Revoked)]
    [InlineData("{\"05cb838f1fe157a85\": {\"status\": \"SUSPENDED\"}}", CertificateStatus.Suspended)]
    [InlineData("{\"5CB838F1FE157A85\": {\"status\": \"SOMETHING_NEW\"}}", CertificateStatus.Revoked)]
    [InlineData("{\"15cb838f1fe157a85\": {\"status\": \"REVOKED\"}}", CertificateStatus.Good)]
    [InlineData("{}", CertificateStatus.Good)]
    public void A_serial_is_found_in_hex_and_in_decimal(string entries, CertificateStatus expected)
    {
        Assert.True(StatusList.TryParse(Encoding.UTF8.GetBytes("{\"entries\": " + entries + "}"), null, out StatusList? list, out _));
        Assert.Equal(expected, list!.Find(WithSerial("serial_hex_collision_other"))?.Status ?? CertificateStatus.Good);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"entries\": []}")]
    [InlineData("{\"entries\": {")]
    [InlineData("")]
    public void A_list_without_entries_is_a_fault_and_not_an_empty_list(string json) =>
        Assert.False(StatusList.TryParse(Encoding.UTF8.GetBytes(json), null, out _, out FormatFault? fault) || fault is null);

    [Fact]
    public void Texts_that_are_not_utf8_are_a_fault()
    {
        byte[] json = [.. "{\"entries\":{\"1f\":{\"status\":\""u8, 0xFF, .. "\"}}}"u8];
        Assert.False(StatusList.TryParse(json, null, out StatusList? list, out FormatFault? fault));
        Assert.Null(list);
        Assert.Equal("JSON in UTF-8", fault!.Expected);
        byte[] verdict = [.. "{\"requestDetails\":{\"nonce\":\""u8, 0x9F, .. "\"}}"u8];
        Assert.False(SoftPos.Attestation.Play.PlayVerdict.TryParse(verdict, out _, out fault));
        Assert.Equal("JSON in UTF-8", fault!.Expected);
    }

    [Fact]
    public void The_published_list_of_2025_is_read_in_full()
    {
        byte[] json = File.ReadAllBytes(Vectors.PathOf("attestation", "vvb2060-keyattestation", "status.json"));
        Assert.True(StatusList.TryParse(json, null, out StatusList? list, out _));
        Assert.Equal(467, list!.Count);
        Assert.Equal(161, list.Entries.Count(entry => entry.Serial.All(char.IsAsciiDigit) && entry.Serial.Length <= 20));
    }

    private static AttestationCertificate WithSerial(string id)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllText(
            Vectors.PathOf("attestation", "synthetic", "public", "android-chains.json"))).RootElement;
        JsonElement one = root.GetProperty("cases").EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);
        Assert.True(AttestationCertificate.TryParse(one.GetProperty("chain")[1].GetBytesFromBase64(), out AttestationCertificate? certificate,
            out _));
        return certificate!;
    }
}
