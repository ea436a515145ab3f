using Android.Content;
using Android.Net;
using Java.Security;

namespace SoftPos.Terminal.Android;

/// <summary>The way to the network. The link itself trusts pinned keys only; this tells who stands in between.</summary>
internal static class NetworkLook
{
    private const string UserPrefix = "user:";
    private const int MaxCertificates = 4096;

    public static NetworkSight? Of(Context context)
    {
        if (context.GetSystemService(Context.ConnectivityService) is not ConnectivityManager manager)
        {
            return null;
        }

        NetworkCapabilities? active = manager.GetNetworkCapabilities(manager.ActiveNetwork);
        bool hasVpn = active is not null && (active.HasTransport(TransportType.Vpn) || !active.HasCapability(NetCapability.NotVpn));
        string proxy = manager.DefaultProxy is { Host: { Length: > 0 } host } way ? FormattableString.Invariant($"{host}:{way.Port}") : string.Empty;
        return new NetworkSight(hasVpn, proxy, UserCertificates());
    }

    private static int UserCertificates()
    {
        try
        {
            KeyStore? store = KeyStore.GetInstance("AndroidCAStore");
            store?.Load(null);
            Java.Util.IEnumeration? names = store?.Aliases();
            int added = 0;
            for (int seen = 0; seen < MaxCertificates && names is { HasMoreElements: true }; seen++)
            {
                added += names.NextElement()?.ToString()?.StartsWith(UserPrefix, StringComparison.Ordinal) is true ? 1 : 0;
            }

            return added;
        }
        catch (Exception fault) when (fault is GeneralSecurityException or Java.IO.IOException)
        {
            return 0;
        }
    }
}
