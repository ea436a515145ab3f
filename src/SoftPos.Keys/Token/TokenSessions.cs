using System.Collections.Concurrent;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace SoftPos.Keys;

/// <summary>A token with its user signed in, and a bounded number of sessions, one caller each at a time.</summary>
internal sealed class TokenSessions : IDisposable
{
    /// <summary>Sessions at once: a token works on few things side by side, and each session holds its objects.</summary>
    private const int MostSessions = 8;

    private readonly IPkcs11Library _library;
    private readonly ISlot _slot;
    private readonly ISession _login;
    private readonly ConcurrentBag<ISession> _idle = [];
    private readonly SemaphoreSlim _free = new(MostSessions, MostSessions);

    private TokenSessions(IPkcs11Library library, ISlot slot, ISession login)
    {
        _library = library;
        _slot = slot;
        _login = login;
    }

    /// <exception cref="InvalidDataException">No such token, or its PIN is another one.</exception>
    public static TokenSessions Open(TokenOptions options)
    {
        IPkcs11Library library = TokenLibrary.Load(options.Library);
        try
        {
            ISlot slot = library.GetSlotList(SlotsType.WithTokenPresent).Find(one => one.GetTokenInfo().Label.TrimEnd() == options.Token)
                ?? throw new InvalidDataException($"there is no token '{options.Token}' behind {options.Library}");
            ISession login = slot.OpenSession(SessionType.ReadWrite);
            try
            {
                login.Login(CKU.CKU_USER, options.UserPin);
            }
            catch (Pkcs11Exception fault) when (fault.RV is CKR.CKR_USER_ALREADY_LOGGED_IN)
            {
                // Another room of this process has the token open; signing in is the process's.
            }
            catch (Pkcs11Exception fault)
            {
                throw new InvalidDataException($"token '{options.Token}' refuses its user: {fault.RV}", fault);
            }

            return new TokenSessions(library, slot, login);
        }
        catch
        {
            library.Dispose();
            throw;
        }
    }

    /// <summary>Runs work on a session of its own.</summary>
    public T Use<T>(Func<ISession, T> work)
    {
        _free.Wait();
        ISession? session = null;
        try
        {
            session = _idle.TryTake(out ISession? idle) ? idle : _slot.OpenSession(SessionType.ReadWrite);
            return work(session);
        }
        finally
        {
            if (session is not null)
            {
                _idle.Add(session);
            }

            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out ISession? session))
        {
            session.Dispose();
        }

        _login.Dispose();
        _library.Dispose();
        _free.Dispose();
    }
}
