using Android.Views;

namespace SoftPos.Terminal.Android;

/// <summary>What every screen with a card, a code or a PIN does before anything is drawn on it.</summary>
public static class SecureWindow
{
    /// <summary>
    /// Keeps the window out of screenshots, recordings, mirrored displays and the list of recent apps, and hides the overlay windows of other
    /// apps. Call it in <c>OnCreate</c> before the content is set.
    /// </summary>
    public static void Apply(Activity screen)
    {
        ArgumentNullException.ThrowIfNull(screen);
        if (screen.Window is not { } window)
        {
            return;
        }

        window.SetFlags(WindowManagerFlags.Secure, WindowManagerFlags.Secure);
        window.AddFlags(WindowManagerFlags.KeepScreenOn);
        window.SetHideOverlayWindows(true);
        if (OperatingSystem.IsAndroidVersionAtLeast(33))
        {
            screen.SetRecentsScreenshotEnabled(false);
        }

        View content = window.DecorView;
        content.FilterTouchesWhenObscured = true;
        content.ImportantForAutofill = ImportantForAutofill.NoExcludeDescendants;
        content.ImportantForContentCapture = (int)ViewImportantForContentCapture.NoExcludeDescendants;
        if (OperatingSystem.IsAndroidVersionAtLeast(35))
        {
            content.ContentSensitivity = ViewContentSensitivity.Sensitive;
        }
    }
}
