using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>
/// The carry words that <see cref="IX64Core.SetFlags"/> takes, and RFLAGS bits. SDM Vol. 1, "EFLAGS Register".
/// </summary>
internal static class X64Flags
{
    public const uint Cf = 1 << 0;
    public const uint Pf = 1 << 2;
    public const uint Af = 1 << 4;
    public const uint Zf = 1 << 6;
    public const uint Sf = 1 << 7;
    public const uint Of = 1 << 11;

    /// <summary>The six of them.</summary>
    public const uint Arithmetic = Cf | Pf | Af | Zf | Sf | Of;

    public const ulong Tf = 1 << 8;
    public const ulong If = 1 << 9;
    public const ulong Df = 1 << 10;
    public const ulong Iopl = 3 << 12;
    public const ulong Nt = 1 << 14;
    public const ulong Rf = 1 << 16;
    public const ulong Ac = 1 << 18;
    public const ulong Id = 1 << 21;

    /// <summary>Bit 1, always set.</summary>
    public const ulong Fixed = 1 << 1;

    /// <summary>What POPF and IRET can change at CPL 0 besides the arithmetic flags; RF is dropped (Left out: it shows only with debug registers).</summary>
    public const ulong Writable = Tf | If | Df | Iopl | Nt | Ac | Id;

    private const ulong CarryOut = 1ul << 63, CarryIntoSign = 1ul << 62, CarryIntoBit4 = 8;

    /// <summary>
    /// The carry word from a vector of carries (bit n: the carry, or borrow, out of bit n) of an operand size.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromVector<TSize>(ulong vector)
        where TSize : struct, IX64Size =>
        ((vector << (64 - X64Value.Bits<TSize>())) & (CarryOut | CarryIntoSign)) | (vector & CarryIntoBit4);

    /// <summary>The carry word with the given CF, OF and AF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of3(bool cf, bool of, bool af) =>
        ((cf ? 1ul : 0) << 63) | ((cf != of ? 1ul : 0) << 62) | (af ? CarryIntoBit4 : 0);

    /// <summary>The carries of a + b (+ carry) = sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddVector(ulong a, ulong b, ulong sum) => (a & b) | ((a | b) & ~sum);

    /// <summary>The borrows of a - b (- borrow) = difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SubVector(ulong a, ulong b, ulong difference) => (~a & b) | (~(a ^ b) & difference);

    /// <summary>Replaces CF and OF, and leaves the other arithmetic flags as they are (rotates).</summary>
    public static void SetCfOf<TCore>(ref TCore core, bool cf, bool of)
        where TCore : struct, IX64Core, allows ref struct =>
        core.ArithmeticFlags = (core.ArithmeticFlags & ~(Cf | Of)) | (cf ? Cf : 0) | (of ? Of : 0);

    /// <summary>Replaces CF alone (BT, CLC, STC, CMC).</summary>
    public static void SetCf<TCore>(ref TCore core, bool cf)
        where TCore : struct, IX64Core, allows ref struct =>
        core.ArithmeticFlags = (core.ArithmeticFlags & ~Cf) | (cf ? Cf : 0);

    /// <summary>RFLAGS as PUSHF and an exception frame hold it.</summary>
    public static ulong Read<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => core.SystemFlags | Fixed | core.ArithmeticFlags;

    /// <summary>Loads RFLAGS as POPF and IRET do at CPL 0, within <paramref name="mask"/> (16 bits for POPFW).</summary>
    public static void Write<TCore>(ref TCore core, ulong value, ulong mask)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong writable = Writable & mask;
        core.SystemFlags = (core.SystemFlags & ~writable) | (value & writable);
        core.ArithmeticFlags = (uint)value & Arithmetic;
    }
}
