using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace SoftPos.Keys;

/// <summary>Loads PKCS#11 libraries.</summary>
internal static class TokenLibrary
{
    public static readonly Pkcs11InteropFactories Factories = new();

    private static readonly Lock Gate = new();
    private static bool _isResolving;

    /// <exception cref="InvalidDataException">The library cannot be loaded.</exception>
    public static IPkcs11Library Load(string path)
    {
        lock (Gate)
        {
            if (!_isResolving)
            {
                // The wrapper asks for "libdl", which newer C libraries only have as libdl.so.2.
                NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, static (name, assembly, search) =>
                    name is "libdl" && NativeLibrary.TryLoad("libdl.so.2", assembly, search, out nint library) ? library : 0);
                _isResolving = true;
            }
        }

        try
        {
            return Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, path, AppType.MultiThreaded);
        }
        catch (Exception fault) when (fault is UnmanagedException or Pkcs11Exception or DllNotFoundException)
        {
            throw new InvalidDataException($"the PKCS#11 library {path} cannot be used: {fault.Message}", fault);
        }
    }
}
