using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Android.Content;
using Android.Provider;

namespace SoftPos.Terminal.Android;

/// <summary>
/// What the storage remembers of the phone that it was made on: the identity that Android gives this app on this phone (other for another
/// signer, user or phone), and the boot count. A digest of it, never the identity itself.
/// </summary>
internal sealed class PhoneBinding
{
    private const string Name = "binding";

    private readonly Context _context;
    private readonly GenerationStore _storage;
    private readonly (string Identity, long Boots) _stored;

    public PhoneBinding(Context context, GenerationStore storage)
    {
        _context = context;
        _storage = storage;
        _stored = Parse(storage.Read(Name)) ?? (string.Empty, 0);
        if (_stored.Identity.Length == 0 && !storage.IsRolledBack)
        {
            storage.Write(Name, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Identity} {Boots}")));
        }
    }

    /// <summary>Then and now. Storage that was put back from an older copy counts as that of another phone.</summary>
    public BindingSight Look() => new(_storage.IsRolledBack ? "rolled back" : _stored.Identity, Identity, _stored.Boots, Boots);

    private string Identity
    {
        get
        {
            string id = Settings.Secure.GetString(_context.ContentResolver, Settings.Secure.AndroidId) ?? string.Empty;
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"softpos binding {_context.PackageName} {id}")));
        }
    }

    private long Boots => Settings.Global.GetInt(_context.ContentResolver, Settings.Global.BootCount, 0);

    private static (string Identity, long Boots)? Parse(byte[]? bytes) =>
        bytes is not null && Encoding.ASCII.GetString(bytes).Split(' ') is [{ Length: 64 } identity, var boots]
        && long.TryParse(boots, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? (identity, count)
            : null;
}
