using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>
/// The memory that instructions under test see: four pages from <see cref="Base"/>, of which the first two are
/// writable, the third is read-only and the fourth is not there. Nothing else is mapped.
/// </summary>
internal sealed unsafe class A64TestMemory : IDisposable
{
    public const ulong Base = 0x200000;
    public const int Page = 4096, Writable = 2 * Page, Readable = 3 * Page;

    public A64TestMemory() => Bytes = (byte*)NativeMemory.AllocZeroed(Readable);

    public byte* Bytes { get; private set; }

    /// <summary>True if an access of so many bytes is allowed. A store may straddle into the read-only page: then it is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Allows(ulong address, int bytes, bool isStore) =>
        address - Base <= (ulong)((isStore ? Writable : Readable) - bytes);

    public void Dispose()
    {
        NativeMemory.Free(Bytes);
        Bytes = null;
    }
}
