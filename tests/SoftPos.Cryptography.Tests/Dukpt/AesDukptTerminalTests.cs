using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

public class AesDukptTerminalTests
{
    private const ulong Id = 0x1234567890123456;

    private static readonly byte[] Key = Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1");

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Terminal_and_host_agree_on_the_first_counters(int keyLength)
    {
        byte[] initialKey = [.. Enumerable.Range(1, keyLength).Select(i => (byte)i)];
        using AesDukptTerminal terminal = AesDukptTerminal.Load(Id, initialKey);
        using InitialKey host = new(Id, initialKey);
        for (uint counter = 1; counter <= 3000; counter++)
        {
            CheckNext(terminal, host, counter);
        }
    }

    [Theory]
    [InlineData(0x0001FFFEu)]
    [InlineData(0x0000FFFFu)]
    [InlineData(0x00FFFF00u)]
    [InlineData(0x7FFF8000u)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFE2000u)]
    public void Terminal_and_host_agree_around_skips(uint start)
    {
        using InitialKey host = new(Id, Key);
        using AesDukptTerminal terminal = At(start);
        uint counter = start;
        for (int i = 0; i < 200; i++)
        {
            CheckNext(terminal, host, counter);
            if (!KeySerialNumber.TryNextCounter(counter, out counter))
            {
                Assert.True(terminal.IsExhausted);
                break;
            }
        }
    }

    [Fact]
    public void The_counter_skips_every_value_with_more_than_sixteen_ones()
    {
        Assert.True(KeySerialNumber.TryNextCounter(0x0001FFFE, out uint next));
        Assert.Equal(0x00020000u, next);
        Assert.True(KeySerialNumber.TryNextCounter(0xFFFE8000, out next));
        Assert.Equal(0xFFFF0000u, next);
        Assert.False(KeySerialNumber.TryNextCounter(0xFFFF0000, out _));
        Assert.False(KeySerialNumber.TryNextCounter(0xFFFFFFFF, out _));
        for (uint counter = 0x0001FF00; counter < 0x00040000; counter = next)
        {
            Assert.True(KeySerialNumber.TryNextCounter(counter, out next));
            Assert.True(BitOperations.PopCount(next) <= 16);
            for (uint skipped = counter + 1; skipped < next; skipped++)
            {
                Assert.True(BitOperations.PopCount(skipped) > 16);
            }
        }
    }

    [Fact]
    [Requirement("KEY-06")]
    public void After_the_last_counter_the_terminal_refuses_and_holds_no_key()
    {
        using AesDukptTerminal terminal = At(KeySerialNumber.LastCounter);
        Assert.True(terminal.TryBegin(_ => { }, out DukptTransaction? last));
        last!.Dispose();
        Assert.True(terminal.IsExhausted);
        Assert.False(terminal.TryBegin(_ => Assert.Fail("nothing to persist"), out _));
        Assert.Null(terminal.DeriveUpdateKey());
        Assert.Equal(-1, terminal.Registers.IndexOfAnyExcept((byte)0));
        Assert.True(AesDukptTerminal.TryImport(Export(terminal), out AesDukptTerminal? again));
        Assert.True(again!.IsExhausted);
    }

    [Fact]
    [Requirement("KEY-06")]
    public void The_state_persisted_before_a_transaction_no_longer_holds_its_key()
    {
        using AesDukptTerminal terminal = AesDukptTerminal.Load(Id, Key);
        for (uint counter = 1; counter < 600; counter++)
        {
            byte[] intermediate = new byte[16];
            AesDukpt.DeriveIntermediateKey(Key, new KeySerialNumber(Id, counter), intermediate);
            bool wasPersisted = false;
            terminal.TryBegin(
                state =>
                {
                    wasPersisted = true;
                    Assert.Equal(-1, state.IndexOf(intermediate));
                    Assert.True(AesDukptTerminal.TryImport(state, out AesDukptTerminal? next));
                    Assert.Equal(counter + 1, next!.NextCounter);
                },
                out DukptTransaction? transaction);
            Assert.True(wasPersisted);
            transaction!.Dispose();
        }
    }

    [Fact]
    public void A_failed_write_spends_the_counter_and_gives_no_key()
    {
        using AesDukptTerminal terminal = AesDukptTerminal.Load(Id, Key);
        DukptTransaction? transaction = null;
        Assert.Throws<IOException>(() => terminal.TryBegin(_ => throw new IOException("disk full"), out transaction));
        Assert.Null(transaction);
        Assert.Equal(2u, terminal.NextCounter);
    }

    [Fact]
    public void A_disposed_transaction_derives_nothing()
    {
        using AesDukptTerminal terminal = AesDukptTerminal.Load(Id, Key);
        terminal.TryBegin(_ => { }, out DukptTransaction? transaction);
        transaction!.Dispose();
        Assert.Throws<ObjectDisposedException>(() => transaction.DerivePinKey(DukptKeyType.Aes128));
    }

    [Fact]
    public void Every_changed_byte_of_a_state_is_found()
    {
        using AesDukptTerminal terminal = At(0x12345);
        byte[] state = Export(terminal);
        Assert.True(AesDukptTerminal.TryImport(state, out _));
        for (int i = 0; i < state.Length; i++)
        {
            state[i] ^= 0x40;
            Assert.False(AesDukptTerminal.TryImport(state, out _));
            state[i] ^= 0x40;
        }

        for (int length = 0; length < state.Length; length++)
        {
            Assert.False(AesDukptTerminal.TryImport(state.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_well_hashed_state_that_breaks_a_rule_is_refused()
    {
        using AesDukptTerminal terminal = At(0x12345);
        Assert.False(AesDukptTerminal.TryImport(With(terminal, 11, 0), out _));
        Assert.False(AesDukptTerminal.TryImport(With(terminal, 11, 0x0001FFFF), out _));
        Assert.False(AesDukptTerminal.TryImport(With(terminal, 11, 0x12344), out _));
        Assert.False(AesDukptTerminal.TryImport(With(terminal, 15, uint.MaxValue), out _));
        Assert.True(AesDukptTerminal.TryImport(With(terminal, 11, 0x12345), out _));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(0x12345u)]
    [InlineData(0x7FFFu)]
    [InlineData(0x80000000u)]
    [InlineData(0x80000001u)]
    [InlineData(0xC0000000u)]
    [InlineData(0xE0001000u)]
    [InlineData(0xFFFE8000u)]
    [InlineData(0xFFFF0000u)]
    public void The_update_key_is_the_hosts_at_every_counter(uint counter)
    {
        using AesDukptTerminal terminal = At(counter);
        using KeyBlockProtectionKey key = terminal.DeriveUpdateKey()!;
        Assert.Equal("9A9770AEE1ACD1B13473D0463A1883B9", Convert.ToHexString(key.Bytes));
    }

    [Fact]
    public void The_next_initial_key_arrives_under_the_update_key()
    {
        using AesDukptTerminal terminal = At(77);
        using InitialKey host = new(Id, Key);
        using KeyBlockProtectionKey wrapping = host.DeriveUpdateKey();
        byte[] next = RandomNumberGenerator.GetBytes(16);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string block = DeviceKeyWrap.WrapInitialKey(wrapping, Id + 1, next, random);
        using KeyBlockProtectionKey unwrapping = terminal.DeriveUpdateKey()!;
        Assert.True(DeviceKeyWrap.TryUnwrapInitialKey(unwrapping, block, out InitialKey? received));
        Assert.Equal(Id + 1, received!.Id);
        using AesDukptTerminal successor = AesDukptTerminal.Load(received.Id, received.Bytes);
        using InitialKey nextHost = new(Id + 1, next);
        CheckNext(successor, nextHost, 1);
    }

    [Fact]
    public void A_key_stronger_than_its_parent_is_never_derived()
    {
        using AesDukptTerminal terminal = AesDukptTerminal.Load(Id, Key);
        terminal.TryBegin(_ => { }, out DukptTransaction? transaction);
        using InitialKey host = new(Id, Key);
        foreach (DukptKeyType type in (DukptKeyType[])[DukptKeyType.Aes192, DukptKeyType.Aes256, DukptKeyType.Tdes3])
        {
            Assert.Throws<ArgumentException>(() => transaction!.DerivePinKey(type));
            Assert.Throws<ArgumentException>(() => host.TryDerivePinKey(new KeySerialNumber(Id, 1), type, out _));
        }
    }

    /// <summary>The state that a terminal has when the given counter is next, built from the registers' definition.</summary>
    internal static AesDukptTerminal At(uint counter)
    {
        AesDukptTerminal terminal = new(Id, 16, counter, false);
        uint inUse = AesDukptTerminal.ExpectedInUse(counter);
        int own = BitOperations.TrailingZeroCount(counter);
        for (int i = 0; i < 32; i++)
        {
            if ((inUse & (1u << i)) != 0)
            {
                uint above = i == 31 ? 0 : counter >> (i + 1) << (i + 1);
                uint held = i == own ? counter : above | (1u << i);
                byte[] key = new byte[16];
                AesDukpt.DeriveIntermediateKey(Key, new KeySerialNumber(Id, held), key, 32);
                key.CopyTo(terminal.Registers[(i * 16)..]);
            }
        }

        terminal.Restore(inUse);
        return terminal;
    }

    private static byte[] Export(AesDukptTerminal terminal)
    {
        byte[] state = new byte[terminal.StateLength];
        terminal.Export(state);
        return state;
    }

    private static byte[] With(AesDukptTerminal terminal, int offset, uint value)
    {
        byte[] state = Export(terminal);
        BinaryPrimitives.WriteUInt32BigEndian(state.AsSpan(offset), value);
        SHA256.HashData(state.AsSpan(0, state.Length - 32), state.AsSpan(state.Length - 32));
        return state;
    }

    private static void CheckNext(AesDukptTerminal terminal, InitialKey host, uint counter)
    {
        Assert.True(terminal.TryBegin(_ => { }, out DukptTransaction? transaction));
        using (transaction)
        {
            Assert.Equal(counter, transaction!.SerialNumber.Counter);
            using PinEncryptionKey own = transaction.DerivePinKey(DukptKeyType.Aes128);
            Assert.Equal(KeySerialNumberFault.None, host.TryDerivePinKey(transaction.SerialNumber, DukptKeyType.Aes128, out PinEncryptionKey? theirs));
            using (theirs)
            {
                Assert.True(own.Bytes.SequenceEqual(theirs!.Bytes));
            }
        }
    }
}
