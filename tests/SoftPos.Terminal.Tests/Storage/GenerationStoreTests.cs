using System.Security.Cryptography;
using System.Text;

namespace SoftPos.Terminal;

/// <summary>Storage whose generations are bound to keys that never come back: an old copy opens nothing.</summary>
public sealed class GenerationStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"softpos-generation-{Convert.ToHexString(RandomNumberGenerator.GetBytes(6))}");
    private readonly MemoryKeys _keys = new();

    [Fact]
    public void What_was_written_is_there_after_every_opening_and_one_key_is_left()
    {
        Open().Write("state", "one"u8);
        Open().Write("other", "two"u8);
        GenerationStore third = Open();
        Assert.Equal(("one", "two"), (Text(third, "state"), Text(third, "other")));
        Assert.False(third.IsRolledBack);
        Assert.Equal([3], _keys.Generations);
        third.Delete("state");
        Assert.Null(third.Read("state"));
        Assert.False(third.IsRolledBack);
    }

    [Fact]
    [Requirement("SWP-05", Partly = true)]
    public void A_copy_that_is_put_back_opens_nothing_and_is_seen()
    {
        Open().Write("state", "counter 5"u8);
        byte[] copy = File.ReadAllBytes(Path.Combine(_folder, "state"));
        Open().Write("state", "counter 6"u8);
        File.WriteAllBytes(Path.Combine(_folder, "state"), copy);
        GenerationStore restored = Open();
        Assert.Null(restored.Read("state"));
        Assert.True(restored.IsRolledBack);
    }

    [Fact]
    [Requirement("SWP-05", Partly = true)]
    public void A_copy_on_another_phone_or_under_another_name_opens_nothing()
    {
        Open().Write("state", "one"u8);
        File.Copy(Path.Combine(_folder, "state"), Path.Combine(_folder, "other"));
        GenerationStore here = Open();
        Assert.Equal("one", Text(here, "state"));
        Assert.Null(here.Read("other"));
        GenerationStore elsewhere = new(new FolderStore(_folder), new MemoryKeys());
        Assert.Null(elsewhere.Read("state"));
        Assert.True(elsewhere.IsRolledBack);
    }

    [Fact]
    [Requirement("SWP-05", Partly = true)]
    public void A_changed_byte_anywhere_is_seen()
    {
        Open().Write("state", "one"u8);
        byte[] good = File.ReadAllBytes(Path.Combine(_folder, "state"));
        for (int at = 0; at < good.Length; at++)
        {
            GenerationStore store = Open();
            byte[] bad = File.ReadAllBytes(Path.Combine(_folder, "state"));
            byte[] kept = [.. bad];
            bad[at] ^= 0x40;
            File.WriteAllBytes(Path.Combine(_folder, "state"), bad);
            Assert.Null(store.Read("state"));
            Assert.True(store.IsRolledBack);
            File.WriteAllBytes(Path.Combine(_folder, "state"), kept);
        }
    }

    [Fact]
    public void A_crash_at_any_key_operation_of_an_opening_loses_nothing()
    {
        Open().Write("a", "one"u8);
        GenerationStore first = Open();
        first.Write("b", "two"u8);
        for (int step = 1; step < 12; step++)
        {
            _keys.FailAt = step;
            try
            {
                Open();
            }
            catch (InvalidOperationException)
            {
                // The process died here.
            }

            _keys.FailAt = 0;
            GenerationStore after = Open();
            Assert.Equal(("one", "two"), (Text(after, "a"), Text(after, "b")));
            Assert.False(after.IsRolledBack, $"step {step}");
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private GenerationStore Open() => new(new FolderStore(_folder), _keys);

    private static string? Text(GenerationStore store, string name) => store.Read(name) is { } bytes ? Encoding.ASCII.GetString(bytes) : null;

    private sealed class MemoryKeys : IGenerationKeys
    {
        private readonly Dictionary<long, byte[]> _keys = [];
        private int _operations;
        private int _failAt;

        /// <summary>The key operation that fails, counted from now; 0 for none.</summary>
        public int FailAt
        {
            get => _failAt;
            set
            {
                _failAt = value;
                _operations = 0;
            }
        }

        public IReadOnlyList<long> Generations => [.. _keys.Keys.Order()];

        public void Create(long generation)
        {
            Count();
            _keys.Add(generation, RandomNumberGenerator.GetBytes(32));
        }

        public void Delete(long generation)
        {
            Count();
            _keys.Remove(generation);
        }

        public byte[] Authenticate(long generation, ReadOnlySpan<byte> data)
        {
            Count();
            return HMACSHA256.HashData(_keys[generation], data);
        }

        private void Count()
        {
            if (++_operations == FailAt)
            {
                throw new InvalidOperationException("the process died");
            }
        }
    }
}
