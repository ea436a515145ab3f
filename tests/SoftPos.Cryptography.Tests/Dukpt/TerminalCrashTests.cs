namespace SoftPos.Cryptography;

/// <summary>
/// A terminal that dies at any moment: before, in the middle of and after every write of its state. Storage keeps the last whole write,
/// as a file replaced atomically does, or a torn one, which must be found. No serial number may come twice with keys in hand.
/// </summary>
public class TerminalCrashTests
{
    private const int Runs = 3000;

    private static readonly byte[] Key = Convert.FromHexString("1273671EA26AC29AFA4D1084127652A1");

    private enum Crash
    {
        None,
        BeforeWrite,
        AfterWrite,
        AfterUse,
    }

    [Fact]
    [Requirement("KEY-06")]
    public void No_counter_is_used_twice_wherever_the_terminal_dies()
    {
        for (int seed = 0; seed < Runs; seed++)
        {
            SeededRandom random = new(seed);
            byte[] disk = Export(AesDukptTerminal.Load(1, Key));
            HashSet<uint> used = [];
            for (int life = 0; life < 5; life++)
            {
                Assert.True(AesDukptTerminal.TryImport(disk, out AesDukptTerminal? terminal), $"seed {seed}");
                using (terminal)
                {
                    for (int sale = random.Next(4); sale >= 0; sale--)
                    {
                        Crash crash = (Crash)random.Next(4);
                        uint? counter = Sell(terminal!, crash, ref disk);
                        Assert.True(counter is null || used.Add(counter.Value), $"seed {seed}: counter {counter} came twice");
                        if (crash is not Crash.None)
                        {
                            break;
                        }
                    }
                }
            }

            Assert.True(AesDukptTerminal.TryImport(disk, out AesDukptTerminal? last));
            Assert.All(used, counter => Assert.True(counter < last!.NextCounter, $"seed {seed}: the state went back before counter {counter}"));
        }
    }

    [Fact]
    public void A_torn_write_is_found_and_never_taken_for_a_state()
    {
        SeededRandom random = new(5);
        byte[] old = Export(AesDukptTerminal.Load(1, Key));
        Assert.True(AesDukptTerminal.TryImport(old, out AesDukptTerminal? terminal));
        byte[] next = [];
        terminal!.TryBegin(state => next = state.ToArray(), out _);
        for (int length = 1; length < next.Length; length++)
        {
            byte[] torn = [.. next.AsSpan(0, length), .. old.AsSpan(length)];
            bool isWhole = torn.AsSpan().SequenceEqual(old) || torn.AsSpan().SequenceEqual(next);
            Assert.Equal(isWhole, AesDukptTerminal.TryImport(torn, out _));
        }

        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. next];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(AesDukptTerminal.TryImport(changed, out _));
        }
    }

    [Fact]
    public void A_key_update_loses_no_key_wherever_the_terminal_dies()
    {
        for (int seed = 0; seed < Runs; seed++)
        {
            SeededRandom random = new(seed);
            byte[] nextKey = random.Bytes(16);
            using InitialKey host = new(1, Key);
            using KeyBlockProtectionKey updateKey = host.DeriveUpdateKey();
            string block = DeviceKeyWrap.WrapInitialKey(updateKey, 2, nextKey, random);

            byte[] disk = Export(AesDukptTerminal.Load(1, Key));
            for (int sale = random.Next(6); sale > 0; sale--)
            {
                disk = Advanced(disk);
            }

            // The terminal may die after any step; the host sends the same block again until the terminal reports the new key.
            for (bool isUpdated = false; !isUpdated;)
            {
                Assert.True(AesDukptTerminal.TryImport(disk, out AesDukptTerminal? terminal), $"seed {seed}");
                using (terminal)
                {
                    isUpdated = terminal!.InitialKeyId == 2;
                    if (isUpdated || random.Next(3) == 0)
                    {
                        continue;
                    }

                    using KeyBlockProtectionKey own = terminal.DeriveUpdateKey()!;
                    Assert.True(DeviceKeyWrap.TryUnwrapInitialKey(own, block, out InitialKey? received), $"seed {seed}");
                    using (received)
                    using (AesDukptTerminal successor = AesDukptTerminal.Load(received!))
                    {
                        if (random.Next(3) != 0)
                        {
                            disk = Export(successor);
                        }
                    }
                }
            }

            Assert.True(AesDukptTerminal.TryImport(disk, out AesDukptTerminal? updated));
            using (updated)
            using (InitialKey next = new(2, nextKey))
            {
                updated!.TryBegin(_ => { }, out DukptTransaction? transaction);
                using (transaction)
                using (PinEncryptionKey pin = transaction!.DerivePinKey(DukptKeyType.Aes128))
                {
                    next.TryDerivePinKey(transaction.SerialNumber, DukptKeyType.Aes128, out PinEncryptionKey? hostPin);
                    Assert.Equal(hostPin!.Bytes.ToArray(), pin.Bytes.ToArray());
                }
            }
        }
    }

    /// <summary>One sale; answers the counter whose keys were used, or null when the terminal died before it had any.</summary>
    private static uint? Sell(AesDukptTerminal terminal, Crash crash, ref byte[] disk)
    {
        byte[] written = disk;
        try
        {
            terminal.TryBegin(
                state =>
                {
                    if (crash is Crash.BeforeWrite)
                    {
                        throw new IOException("power lost");
                    }

                    written = state.ToArray();
                    if (crash is Crash.AfterWrite)
                    {
                        throw new IOException("power lost");
                    }
                },
                out DukptTransaction? transaction);
            using (transaction)
            {
                return transaction!.SerialNumber.Counter;
            }
        }
        catch (IOException fault) when (crash is not Crash.None)
        {
            Assert.Equal("power lost", fault.Message);
            return null;
        }
        finally
        {
            disk = written;
        }
    }

    private static byte[] Advanced(byte[] disk)
    {
        Assert.True(AesDukptTerminal.TryImport(disk, out AesDukptTerminal? terminal));
        byte[] next = disk;
        using (terminal)
        {
            terminal!.TryBegin(state => next = state.ToArray(), out DukptTransaction? transaction);
            transaction!.Dispose();
        }

        return next;
    }

    private static byte[] Export(AesDukptTerminal terminal)
    {
        byte[] state = new byte[terminal.StateLength];
        terminal.Export(state);
        return state;
    }
}
