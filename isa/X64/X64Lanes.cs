using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>Element-wise work that several vector instructions share.</summary>
internal static class X64Lanes
{
    /// <summary>16 bytes of high:low from byte <paramref name="from"/> on, 0 above the 32.</summary>
    public static Vector128<byte> Bytes(Vector128<byte> high, Vector128<byte> low, int from)
    {
        Vector128<byte> result = default;
        for (int i = 0; i < 16 && from + i < 32; i++)
            result = result.WithElement(i, from + i < 16 ? low[from + i] : high[from + i - 16]);

        return result;
    }

    /// <summary>Elements of the low or the high half of a and b, in turn.</summary>
    public static Vector128<byte> Unpack<T>(Vector128<byte> a, Vector128<byte> b, bool high)
        where T : unmanaged
    {
        Vector128<T> x = a.As<byte, T>(), y = b.As<byte, T>(), result = default;
        int half = Vector128<T>.Count / 2, from = high ? half : 0;
        for (int i = 0; i < half; i++)
            result = result.WithElement(i * 2, x[from + i]).WithElement((i * 2) + 1, y[from + i]);

        return result.AsByte();
    }

    /// <summary>Elements chosen by fields of <paramref name="imm"/>: the first <paramref name="fromA"/> out of a, the others out of b.</summary>
    public static Vector128<byte> Select<T>(Vector128<byte> a, Vector128<byte> b, byte imm, int bits, int fromA)
        where T : unmanaged
    {
        Vector128<T> x = a.As<byte, T>(), y = b.As<byte, T>(), result = default;
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            int index = (imm >> (i * bits)) & ((1 << bits) - 1);
            result = result.WithElement(i, i < fromA ? x[index] : y[index]);
        }

        return result.AsByte();
    }

    /// <summary>Elements of b where a bit of <paramref name="imm"/> is set, else of a.</summary>
    public static Vector128<byte> Blend<T>(Vector128<byte> a, Vector128<byte> b, int imm)
        where T : unmanaged
    {
        Vector128<T> x = a.As<byte, T>(), y = b.As<byte, T>();
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            if (((imm >> i) & 1) != 0)
                x = x.WithElement(i, y[i]);
        }

        return x.AsByte();
    }

    /// <summary>Four words from <paramref name="first"/> on chosen among themselves; the other four stay.</summary>
    public static Vector128<byte> ShuffleWords(Vector128<byte> source, byte imm, int first)
    {
        Vector128<ushort> words = source.AsUInt16(), result = words;
        for (int i = 0; i < 4; i++)
            result = result.WithElement(first + i, words[first + ((imm >> (i * 2)) & 3)]);

        return result.AsByte();
    }

    /// <summary>PSHUFB.</summary>
    public static Vector128<byte> ShuffleBytes(Vector128<byte> a, Vector128<byte> selectors)
    {
        Vector128<byte> result = default;
        for (int i = 0; i < 16; i++)
        {
            if ((selectors[i] & 0x80) == 0)
                result = result.WithElement(i, a[selectors[i] & 15]);
        }

        return result;
    }

    /// <summary>Each element brought between two bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Clamp<T>(Vector128<T> value, T low, T high)
        where T : unmanaged => Vector128.Min(Vector128.Max(value, Vector128.Create(low)), Vector128.Create(high));

    /// <summary>The 127-bit product over GF(2).</summary>
    public static Vector128<byte> CarrylessMultiply(ulong a, ulong b)
    {
        ulong low = 0, high = 0;
        for (int i = 0; i < 64; i++)
        {
            if (((b >> i) & 1) == 0)
                continue;

            low ^= a << i;
            high ^= i == 0 ? 0 : a >> (64 - i);
        }

        return Vector128.Create(low, high).AsByte();
    }
}
