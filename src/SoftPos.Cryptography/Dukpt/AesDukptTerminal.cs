using System.Numerics;
using System.Security.Cryptography;

namespace SoftPos.Cryptography;

/// <summary>Makes the given state durable; returns only when it is, and throws otherwise. The bytes are valid during the call only.</summary>
public delegate void DukptStateWriter(ReadOnlySpan<byte> state);

/// <summary>
/// AES DUKPT on the terminal (X9.24-3): 32 registers of intermediate keys, and the counter of the next transaction. After a transaction
/// began, nothing in the state leads back to its keys. No counter is used twice: a transaction is handed out only after the state that
/// follows it was made durable. One thread at a time.
/// </summary>
public sealed class AesDukptTerminal : IDisposable
{
    internal const int RegisterCount = 32;

    private readonly SecretBytes _registers;
    private readonly int _keyLength;
    private readonly DukptKeyType _type;
    private uint _inUse;
    private uint _counter;
    private bool _isExhausted;

    internal AesDukptTerminal(ulong initialKeyId, int keyLength, uint counter, bool isExhausted)
    {
        InitialKeyId = initialKeyId;
        _keyLength = keyLength;
        _type = DukptKeyTypes.OfAesLength(keyLength);
        _counter = counter;
        _isExhausted = isExhausted;
        _registers = new SecretBytes(RegisterCount * keyLength);
        _registers.Span.Clear();
    }

    /// <summary>Id of the initial key that this state grew from.</summary>
    public ulong InitialKeyId { get; }

    /// <summary>True when every counter was used: the terminal needs a new initial key.</summary>
    public bool IsExhausted => _isExhausted;

    /// <summary>Counter of the next transaction; meaningless when exhausted.</summary>
    public uint NextCounter => _counter;

    /// <summary>Length of the exported state in bytes.</summary>
    public int StateLength => AesDukptState.Length(_keyLength);

    internal int KeyLength => _keyLength;

    internal uint InUse => _inUse;

    internal Span<byte> Registers => _registers.Span;

    /// <summary>Loads an initial key (16, 24 or 32 bytes); the caller erases its copy and persists <see cref="Export"/> before anything else.</summary>
    public static AesDukptTerminal Load(ulong initialKeyId, ReadOnlySpan<byte> initialKey)
    {
        AesDukptTerminal terminal = new(initialKeyId, initialKey.Length, 1, false);
        for (int i = RegisterCount - 1; i >= 0; i--)
        {
            terminal.SetRegister(i, initialKey, 1u << i);
        }

        return terminal;
    }

    /// <summary>Loads an initial key that was unwrapped on the device; the caller disposes it and persists <see cref="Export"/> before anything else.</summary>
    public static AesDukptTerminal Load(InitialKey initialKey)
    {
        ArgumentNullException.ThrowIfNull(initialKey);
        return Load(initialKey.Id, initialKey.Bytes);
    }

    /// <summary>Takes an exported state back.</summary>
    /// <returns>False when it is damaged or breaks a rule of the registers; a terminal without state asks for a new initial key.</returns>
    public static bool TryImport(ReadOnlySpan<byte> state, out AesDukptTerminal? terminal) => AesDukptState.TryRead(state, out terminal);

    /// <summary>Writes the state, which holds keys: the owner seals it under a key of the device's hardware.</summary>
    /// <param name="state">Exactly <see cref="StateLength"/> bytes.</param>
    public void Export(Span<byte> state) => AesDukptState.Write(this, state);

    /// <summary>Begins the next transaction.</summary>
    /// <param name="persist">Called once with the advanced state, before this method returns. When it throws, the counter is spent.</param>
    /// <returns>False when the initial key is used up.</returns>
    public bool TryBegin(DukptStateWriter persist, out DukptTransaction? transaction)
    {
        ArgumentNullException.ThrowIfNull(persist);
        transaction = null;
        if (_isExhausted)
        {
            return false;
        }

        int source = BitOperations.TrailingZeroCount(_counter);
        if ((_inUse & (1u << source)) == 0)
        {
            throw new InvalidOperationException("the register of the next transaction is empty");
        }

        KeySerialNumber serialNumber = new(InitialKeyId, _counter);
        DukptTransaction begun = new(serialNumber, Register(source));
        Advance(source);
        byte[] state = GC.AllocateUninitializedArray<byte>(StateLength, pinned: true);
        try
        {
            Export(state);
            persist(state);
            transaction = begun;
            return true;
        }
        catch
        {
            begun.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(state);
        }
    }

    /// <summary>The key under which the host sends the next initial key; null when the initial key is used up.</summary>
    public KeyBlockProtectionKey? DeriveUpdateKey()
    {
        if (_isExhausted)
        {
            return null;
        }

        // The highest register on the way to the counter of 32 ones: the first zero from the left, or the next transaction's own.
        int zero = 31 - BitOperations.LeadingZeroCount(~_counter);
        int start = Math.Max(zero, BitOperations.TrailingZeroCount(_counter));
        Span<byte> key = stackalloc byte[DukptDerivation.LongestKey];
        key = key[.._keyLength];
        Register(start).CopyTo(key);
        uint reached = uint.MaxValue << start;
        for (int i = start - 1; i >= 0; i--)
        {
            reached |= 1u << i;
            DukptDerivation.Derive(
                key, DukptDerivation.IntermediateKey, _type, DukptDerivation.Context(InitialKeyId, reached), key);
        }

        KeySerialNumber all = new(InitialKeyId, uint.MaxValue);
        AesDukpt.DeriveFromIntermediate(key, all, DukptKeyUsage.KeyEncryption, _type, key);
        KeyBlockProtectionKey result = new(key);
        CryptographicOperations.ZeroMemory(key);
        return result;
    }

    public void Dispose() => _registers.Dispose();

    public override string ToString() => $"AES DUKPT state of {InitialKeyId:X16}, next counter {_counter:X8}";

    /// <summary>Registers that must hold a key when the given counter is next: its own, and above it those of its zeros.</summary>
    internal static uint ExpectedInUse(uint counter)
    {
        uint own = 1u << BitOperations.TrailingZeroCount(counter);
        return own | (~counter & ~(own - 1));
    }

    internal void Restore(uint inUse) => _inUse = inUse;

    private void Advance(int source)
    {
        if (BitOperations.PopCount(_counter) < KeySerialNumber.MostOnes)
        {
            for (int i = source - 1; i >= 0; i--)
            {
                SetRegister(i, Register(source), _counter | (1u << i));
            }
        }

        ClearRegister(source);
        if (!KeySerialNumber.TryNextCounter(_counter, out uint next))
        {
            _isExhausted = true;
            _registers.Span.Clear();
            _inUse = 0;
            return;
        }

        // A skip leaves keys of counters that will never come; they go too.
        for (int i = BitOperations.TrailingZeroCount(next) - 1; i >= 0; i--)
        {
            ClearRegister(i);
        }

        _counter = next;
    }

    private Span<byte> Register(int index) => _registers.Span.Slice(index * _keyLength, _keyLength);

    private void SetRegister(int index, ReadOnlySpan<byte> parent, uint counter)
    {
        DukptDerivation.Derive(
            parent, DukptDerivation.IntermediateKey, _type, DukptDerivation.Context(InitialKeyId, counter), Register(index));
        _inUse |= 1u << index;
    }

    private void ClearRegister(int index)
    {
        CryptographicOperations.ZeroMemory(Register(index));
        _inUse &= ~(1u << index);
    }
}
