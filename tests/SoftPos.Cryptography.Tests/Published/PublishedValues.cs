using System.Text.Json;

namespace SoftPos.Cryptography.Published;

/// <summary>A file of named published values: hexadecimal strings, lists of them, or texts.</summary>
internal sealed class PublishedValues
{
    private readonly JsonElement _root;

    public PublishedValues(params string[] path) =>
        _root = JsonDocument.Parse(File.ReadAllBytes(Vectors.PathOf(path))).RootElement;

    public JsonElement Root => _root;

    public byte[] Hex(string name) => Convert.FromHexString(_root.GetProperty(name).GetProperty("value").GetString()!);

    public byte[][] List(string name)
    {
        byte[][] values = [.. _root.GetProperty(name).GetProperty("value").EnumerateArray().Select(value => Convert.FromHexString(value.GetString()!))];
        Assert.NotEmpty(values);
        return values;
    }

    public string Text(string name) => _root.GetProperty(name).GetProperty("text").GetString()!;
}
