using System.Net;
using System.Net.Sockets;

namespace SoftPos.Lab;

/// <summary>Ports for listeners that cannot take a free one by themselves.</summary>
internal static class LoopbackPort
{
    public static int Free()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
