using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>An operand size. A type parameter, so that masks and shifts are constants in the compiled operation.</summary>
internal interface IX64Size
{
    /// <summary>1, 2, 4 or 8.</summary>
    static abstract int Bytes { get; }
}

/// <summary>A byte.</summary>
internal readonly struct S8 : IX64Size
{
    public static int Bytes => 1;
}

/// <summary>A word.</summary>
internal readonly struct S16 : IX64Size
{
    public static int Bytes => 2;
}

/// <summary>A doubleword. Writing one to a general register clears bits 63 to 32.</summary>
internal readonly struct S32 : IX64Size
{
    public static int Bytes => 4;
}

/// <summary>A quadword.</summary>
internal readonly struct S64 : IX64Size
{
    public static int Bytes => 8;
}

/// <summary>
/// Values of an operand size. Inside an operation a value is a <see cref="ulong"/> with the bits above its size clear.
/// </summary>
internal static class X64Value
{
    /// <summary>The size in bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bits<TSize>()
        where TSize : struct, IX64Size => TSize.Bytes * 8;

    /// <summary>Clears the bits above the size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate<TSize>(ulong value)
        where TSize : struct, IX64Size => TSize.Bytes switch
        {
            1 => (byte)value,
            2 => (ushort)value,
            4 => (uint)value,
            _ => value,
        };

    /// <summary>Copies the sign bit of the size into all bits above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend<TSize>(ulong value)
        where TSize : struct, IX64Size => TSize.Bytes switch
        {
            1 => (sbyte)value,
            2 => (short)value,
            4 => (int)value,
            _ => (long)value,
        };

    /// <summary>The sign bit of the size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Sign<TSize>(ulong value)
        where TSize : struct, IX64Size => ((value >> (Bits<TSize>() - 1)) & 1) != 0;
}
