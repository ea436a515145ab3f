using Android.Content;
using Android.Graphics;
using SoftPos.Emv.Configuration;
using SoftPos.Terminal.Screens;

namespace SoftPos.Terminal.Android;

/// <summary>Files inside the signed app. One that is wrong stops the app at its start, with the reasons: a release with it must never ship.</summary>
public static class AndroidFiles
{
    /// <summary>Names of the assets.</summary>
    public const string DeploymentName = "deployment.json", ThemeName = "theme.json", ReaderName = "reader.json";

    /// <summary>A logo is a hand's breadth on a screen, not a photograph.</summary>
    private const int MaxLogo = 256 * 1024;

    private const string LanguageSetting = "language", Settings = "softpos-settings";

    /// <summary>The deployment of this app.</summary>
    public static Deployment ReadDeployment(Context context) =>
        Deployment.Read(Asset(context, DeploymentName, Deployment.MaxFile), out Deployment? deployment) is var faults && deployment is not null
            ? deployment
            : throw Wrong(DeploymentName, faults);

    /// <summary>The theme of this app.</summary>
    public static Theme ReadTheme(Context context) =>
        Theme.Read(Asset(context, ThemeName, Theme.MaxFile), out Theme? theme) is var faults && theme is not null ? theme : throw Wrong(ThemeName, faults);

    /// <summary>The picture that the theme names; null where it names none.</summary>
    public static Bitmap? ReadLogo(Context context, Theme theme)
    {
        ArgumentNullException.ThrowIfNull(theme);
        if (theme.Logo.Length == 0)
        {
            return null;
        }

        byte[] bytes = Asset(context, theme.Logo, MaxLogo);
        return BitmapFactory.DecodeByteArray(bytes, 0, bytes.Length) ?? throw Wrong(theme.Logo, ["not a picture"]);
    }

    /// <summary>Applications, limits and keys with which the reader starts; the back end publishes newer ones.</summary>
    internal static ReaderConfiguration ReadReader(Context context) => ReaderConfigurationReader.TryRead(
        Asset(context, ReaderName, ReaderConfigurationReader.MaxDocument), ReaderName, out ReaderConfiguration? reader, out IReadOnlyList<ConfigurationFault> faults)
            ? reader
            : throw Wrong(ReaderName, [.. faults.Select(static fault => fault.ToString())]);

    /// <summary>Language that the merchant chose, else the phone's.</summary>
    public static string LanguageOf(Context context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string? chosen = context.GetSharedPreferences(Settings, FileCreationMode.Private)?.GetString(LanguageSetting, null);
        return ScreenPhrases.Chosen(chosen ?? context.Resources?.Configuration?.Locales.Get(0)?.ToLanguageTag() ?? "en");
    }

    /// <summary>Remembers the language.</summary>
    public static void SetLanguage(Context context, string language)
    {
        ArgumentNullException.ThrowIfNull(context);
        using ISharedPreferencesEditor? editor = context.GetSharedPreferences(Settings, FileCreationMode.Private)?.Edit();
        editor?.PutString(LanguageSetting, ScreenPhrases.Chosen(language));
        editor?.Apply();
    }

    private static byte[] Asset(Context context, string name, int most)
    {
        ArgumentNullException.ThrowIfNull(context);
        using System.IO.Stream file = context.Assets?.Open(name) ?? throw new InvalidOperationException($"the app has no {name}");
        using MemoryStream bytes = new();
        byte[] part = new byte[16 * 1024];
        while (file.Read(part) is > 0 and var count)
        {
            bytes.Write(part, 0, count);
            if (bytes.Length > most)
            {
                throw Wrong(name, [$"more than {most} bytes"]);
            }
        }

        return bytes.ToArray();
    }

    private static InvalidOperationException Wrong(string name, IReadOnlyList<string> faults) => new($"{name}: {string.Join("; ", faults)}");
}
