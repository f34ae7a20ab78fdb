using System.Runtime.InteropServices;

namespace RcuEmu.Isa.Text;

/// <summary>The few functions of libkeystone that assembling takes, bound at run time. Names and numbers: keystone.h (0.9.2).</summary>
internal static unsafe class KeystoneNative
{
    public const int ArchArm64 = 2;
    public const int ArchX86 = 4;
    public const int ModeLittleEndian = 0;
    public const int Mode64 = 8;
    public const int OptionSyntax = 1;
    public const int OptionSymbolResolver = 2;
    public const nuint SyntaxIntel = 1;

    private static readonly string[] LibraryNames = ["libkeystone.so", "libkeystone.so.0", "libkeystone.dylib", "keystone.dll"];

    private static readonly Lazy<nint> Library = new(() =>
    {
        nint library = 0;
        return Array.Exists(LibraryNames, name => NativeLibrary.TryLoad(name, out library)) ? library : 0;
    });

    /// <summary>True if the library is on this machine.</summary>
    public static bool IsAvailable => Library.Value != 0;

    /// <summary><c>ks_open</c>.</summary>
    public static int Open(int architecture, int mode, out nint engine)
    {
        nint opened;
        int error = ((delegate* unmanaged[Cdecl]<int, int, nint*, int>)Export("ks_open"))(architecture, mode, &opened);
        engine = opened;
        return error;
    }

    /// <summary><c>ks_close</c>.</summary>
    public static void Close(nint engine) => _ = ((delegate* unmanaged[Cdecl]<nint, int>)Export("ks_close"))(engine);

    /// <summary><c>ks_option</c>.</summary>
    public static void Option(nint engine, int option, nuint value) =>
        _ = ((delegate* unmanaged[Cdecl]<nint, int, nuint, int>)Export("ks_option"))(engine, option, value);

    /// <summary><c>ks_errno</c>.</summary>
    public static int Error(nint engine) => ((delegate* unmanaged[Cdecl]<nint, int>)Export("ks_errno"))(engine);

    /// <summary><c>ks_strerror</c>.</summary>
    public static string Describe(int error) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<int, nint>)Export("ks_strerror"))(error)) ?? $"error {error}";

    /// <summary><c>ks_asm</c>: the bytes, or null, and how many statements were read.</summary>
    public static byte[]? Assemble(nint engine, string text, ulong address, out nuint statements)
    {
        nint utf8 = Marshal.StringToCoTaskMemUTF8(text);
        byte* bytes = null;
        nuint length = 0;
        nuint count = 0;
        try
        {
            int failed = ((delegate* unmanaged[Cdecl]<nint, nint, ulong, byte**, nuint*, nuint*, int>)Export("ks_asm"))(
                engine, utf8, address, &bytes, &length, &count);
            statements = count;
            return failed != 0 ? null : new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();
        }
        finally
        {
            Marshal.FreeCoTaskMem(utf8);
            if (bytes is not null)
                ((delegate* unmanaged[Cdecl]<byte*, void>)Export("ks_free"))(bytes);
        }
    }

    private static nint Export(string name) => NativeLibrary.GetExport(Library.Value, name);
}
