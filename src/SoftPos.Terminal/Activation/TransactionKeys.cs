using System.Security.Cryptography;
using SoftPos.Cryptography;

namespace SoftPos.Terminal;

/// <summary>
/// AES DUKPT for one purpose, its state sealed on the phone. A transaction key exists only after the state that can no longer give it is
/// durable: what leaves the phone sealed can never be sealed again under the same key, whatever crashes.
/// </summary>
internal sealed class TransactionKeys : IDisposable
{
    private readonly SealedStore _store;
    private readonly string _name;
    private readonly AesDukptTerminal _state;

    private TransactionKeys(SealedStore store, string name, AesDukptTerminal state)
    {
        _store = store;
        _name = name;
        _state = state;
    }

    /// <summary>Loads an initial key and stores its state; the caller zeroes the key.</summary>
    public static TransactionKeys Start(SealedStore store, string name, InitialKey initialKey)
    {
        AesDukptTerminal state = AesDukptTerminal.Load(initialKey);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(state.StateLength, pinned: true);
        state.Export(bytes);
        store.Write(name, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return new TransactionKeys(store, name, state);
    }

    /// <summary>Takes the stored state back; null when there is none or it is damaged.</summary>
    public static TransactionKeys? Open(SealedStore store, string name)
    {
        if (store.Read(name) is not { } bytes)
        {
            return null;
        }

        bool isRead = AesDukptTerminal.TryImport(bytes, out AesDukptTerminal? state);
        CryptographicOperations.ZeroMemory(bytes);
        return isRead ? new TransactionKeys(store, name, state!) : null;
    }

    /// <summary>The keys of the next transaction; null when the initial key is used up.</summary>
    public DukptTransaction? Begin() =>
        _state.TryBegin(state => _store.Write(_name, state), out DukptTransaction? transaction) ? transaction : null;

    public void Dispose() => _state.Dispose();
}
