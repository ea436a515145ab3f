namespace SoftPos.Terminal;

internal static class ContactlessSession
{
    public static CardSessionFactory Factory(TerminalPlatform platform) => throw new NotSupportedException(platform.ToString());
}
