using System.Buffers.Binary;
using System.Globalization;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One relocation kind of an object file.</summary>
/// <param name="Type">Its number.</param>
/// <param name="Name">Its name in the ABI.</param>
/// <param name="Value">What is computed from target (S + A) and place (P).</param>
/// <param name="Low">The lowest value that fits.</param>
/// <param name="High">The highest value that fits.</param>
/// <param name="Unit">The value must be a multiple of this.</param>
/// <param name="Write">Puts the value into the bytes at the place.</param>
/// <param name="Size">Bytes at the place.</param>
internal sealed record Relocation(
    uint Type, string Name, Func<ulong, ulong, Int128> Value, Int128 Low, Int128 High, int Unit, Action<Span<byte>, ulong> Write, int Size)
{
    /// <summary>Whether a value can be written without losing any of it.</summary>
    public bool Fits(Int128 value) => value >= Low && value <= High && value % Unit == 0;

    /// <summary>The range for a message.</summary>
    public string Range => $"{Hex(Low)} .. {Hex(High)}{(Unit > 1 ? $", a multiple of {Unit}" : "")}";

    /// <summary>A signed number as people write it: <c>-0x80000000</c>.</summary>
    public static string Hex(Int128 value) =>
        (value < 0 ? "-0x" : "0x") + Int128.Abs(value).ToString("x", CultureInfo.InvariantCulture).TrimStart('0').PadLeft(1, '0');

    /// <summary>S + A, as an unsigned address.</summary>
    public static Int128 Target(ulong target, ulong place) => target;

    /// <summary>S + A, as the sign-extended number that a signed field holds.</summary>
    public static Int128 SignedTarget(ulong target, ulong place) => (long)target;

    /// <summary>S + A - P.</summary>
    public static Int128 Distance(ulong target, ulong place) => (long)(target - place);

    /// <summary>Page(S + A) - Page(P): 4 KiB pages.</summary>
    public static Int128 PageDistance(ulong target, ulong place) => (long)((target & ~0xffful) - (place & ~0xffful));

    /// <summary>The low 12 bits of S + A.</summary>
    public static Int128 PageOffset(ulong target, ulong place) => target & 0xfff;

    /// <summary>Writes the value's low bytes.</summary>
    public static void WriteNumber(Span<byte> bytes, ulong value)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(value >> (8 * i));
    }

    /// <summary>A writer of one bit field of an A64 instruction: value bits from <paramref name="shift"/> on go to bit <paramref name="position"/>.</summary>
    public static Action<Span<byte>, ulong> Field(int position, int width, int shift) => (bytes, value) =>
    {
        uint mask = (uint)((1ul << width) - 1) << position;
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (word & ~mask) | ((uint)((value >> shift) << position) & mask));
    };

    /// <summary>The writer of ADR and ADRP, whose immediate is in two pieces. DDI 0487, C6.2, "ADR".</summary>
    public static Action<Span<byte>, ulong> AdrField(int shift) => (bytes, value) =>
    {
        Field(29, 2, shift)(bytes, value);
        Field(5, 19, shift + 2)(bytes, value);
    };
}
