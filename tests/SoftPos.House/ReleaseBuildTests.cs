using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SoftPos.House;

/// <summary>What is inside the assemblies that ship, read from the files as an attacker would.</summary>
public class ReleaseBuildTests
{
    /// <summary>Rooms that a phone carries.</summary>
    private static readonly string[] OnThePhone = ["Terminal", "Contract", "Emv", "Cryptography", "Iso7816"];

    /// <summary>Marks of the sandbox's published keys and of its doors; none may be in what a phone carries.</summary>
    private static readonly string[] TestMarks = ["LabAttestation", "SandboxKey", "/sandbox/", "0123456789ABCDEFFEDCBA9876543210", "LabCard"];

    [Fact]
    [Requirement("SWP-04", Partly = true)]
    public void Assemblies_of_the_phone_are_optimised_and_not_open_to_a_debugger()
    {
        string[] open = [.. OnThePhone.Where(room =>
        {
            using PEReader file = Open(room, out MetadataReader metadata);
            return Debugging(metadata) is { } modes && modes.HasFlag(DebuggableAttribute.DebuggingModes.DisableOptimizations);
        })];
        Assert.SkipWhen(IsDebug, "this is a debug build; release builds are what ships");
        Assert.True(open.Length == 0, $"built for debugging: {string.Join(", ", open)}");
    }

    [Fact]
    [Requirement("SWP-04")]
    public void Assemblies_of_the_phone_hold_no_test_keys_and_refer_to_nothing_of_the_lab()
    {
        List<string> found = [];
        foreach (string room in OnThePhone)
        {
            using PEReader file = Open(room, out MetadataReader metadata);
            found.AddRange(metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
                .Where(name => name is "SoftPos.Lab" or "SoftPos.Backend" or "SoftPos.Keys" or "SoftPos.Payments" || name.StartsWith("xunit", StringComparison.Ordinal))
                .Select(name => $"{room} refers to {name}"));
            HashSet<string> texts = [.. Texts(metadata)];
            found.AddRange(TestMarks.Where(mark => texts.Any(text => text.Contains(mark, StringComparison.Ordinal)))
                .Where(mark => !(room == "Cryptography" && mark.StartsWith("0123", StringComparison.Ordinal)))
                .Select(mark => $"{room} holds '{mark}'"));
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static bool IsDebug => AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal);

    private static PEReader Open(string room, out MetadataReader metadata)
    {
        string configuration = IsDebug ? "Debug" : "Release";
        string path = Path.Combine(Tree.Root, "src", $"SoftPos.{room}", "bin", configuration, "net10.0", $"SoftPos.{room}.dll");
        PEReader file = new(new MemoryStream(File.ReadAllBytes(path)));
        metadata = file.GetMetadataReader();
        return file;
    }

    private static DebuggableAttribute.DebuggingModes? Debugging(MetadataReader metadata)
    {
        foreach (CustomAttributeHandle handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            CustomAttribute attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind is HandleKind.MemberReference
                && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) == nameof(DebuggableAttribute))
            {
                BlobReader value = metadata.GetBlobReader(attribute.Value);
                value.ReadUInt16();
                return (DebuggableAttribute.DebuggingModes)value.ReadInt32();
            }
        }

        return null;
    }

    /// <summary>Names of types, and every text that the code can load.</summary>
    private static IEnumerable<string> Texts(MetadataReader metadata)
    {
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            yield return metadata.GetString(metadata.GetTypeDefinition(handle).Name);
        }

        for (UserStringHandle handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            yield return metadata.GetUserString(handle);
        }
    }
}
