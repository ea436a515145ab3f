namespace SoftPos.Terminal;

/// <summary>Other apps, what they may see and do, and the way to the network.</summary>
internal static class NeighbourProbes
{
    /// <summary>So many of the permissions that let see a screen make an app from nowhere a risk.</summary>
    private const int RiskyTogether = 2;

    public static IEnumerable<IProbe> Of(IPhoneSystem phone) =>
    [
        new SystemProbe("malware.known", () => Sight.Of(Array.Find(Indicators.Malware, name => phone.FindApp(name) is not null))),
        new SystemProbe("malware.remote-control", () => RemoteControl(phone)),
        new SystemProbe("malware.risky-permissions", () => Sight.Of(phone.Apps?.Any(IsRisky), "1 app")),
        new SystemProbe("accessibility.service", () => Sight.Of(phone.AccessibilityServices?.Any(static service => !service.IsSystem), "service")),
        new SystemProbe("screen.capture", () => Sight.Of(phone.Screen is { } screen ? screen.IsRecorded || screen.ForeignDisplays > 0 : null, "projection")),
        new SystemProbe("screen.overlay", () => Sight.Of(phone.Screen is { } screen ? screen.ObscuredTouches > 0 : null, "obscured touches")),
        new SystemProbe("input.keyboard", () => Keyboard(phone)),
        new SystemProbe("network.proxy", () => Sight.Of(phone.Network is { } network ? network.Proxy.Length > 0 : null, "set")),
        new SystemProbe("network.user-ca", () => Sight.Of(phone.Network is { } network ? network.UserCertificates > 0 : null, "added")),
        new SystemProbe("network.vpn", () => Sight.Of(phone.Network?.HasVpn, "on")),
        new SystemProbe("location.mock", () => Location(phone)),
    ];

    private static Sight RemoteControl(IPhoneSystem phone)
    {
        string? app = Array.Find(Indicators.RemoteControl, name => phone.FindApp(name) is not null);
        return app is not null ? Sight.Found(app)
            : Sight.Of(Array.Exists(Indicators.RemoteControlPorts, port => phone.Listens(port) == true) ? "port" : null);
    }

    private static bool IsRisky(InstalledApp app) => !app.IsSystem && !Indicators.Stores.Contains(app.Installer)
        && app.Permissions.Count(static permission => Indicators.ScreenPermissions.Contains(permission)) >= RiskyTogether;

    private static Sight Keyboard(IPhoneSystem phone)
    {
        if (phone.Keyboard is not { } package)
        {
            return Sight.Unavailable;
        }

        bool isKnown = Indicators.Keyboards.Contains(package) || phone.FindApp(package) is { IsSystem: true };
        return Sight.Of(isKnown ? null : "keyboard");
    }

    private static Sight Location(IPhoneSystem phone) =>
        Array.Find(Indicators.MockLocation, name => phone.FindApp(name) is not null) is { } app && phone.HasMockLocation is null
            ? Sight.Found(app)
            : Sight.Of(phone.HasMockLocation, "test provider");
}
