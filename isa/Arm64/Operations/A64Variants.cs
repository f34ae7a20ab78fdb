namespace RcuEmu.Isa.Arm64;

/// <summary>The width of a data-processing operation: the manual's datasize.</summary>
internal interface IA64Width
{
    static abstract bool Is64 { get; }
}

internal readonly struct Bits32 : IA64Width
{
    public static bool Is64 => false;
}

internal readonly struct Bits64 : IA64Width
{
    public static bool Is64 => true;
}

/// <summary>A yes or no that the manual has as a parameter of its pseudocode, as a type.</summary>
internal interface IA64Flag
{
    static abstract bool Value { get; }
}

/// <summary>setflags is TRUE.</summary>
internal readonly struct SetsFlags : IA64Flag
{
    public static bool Value => true;
}

/// <summary>setflags is FALSE.</summary>
internal readonly struct KeepsFlags : IA64Flag
{
    public static bool Value => false;
}

/// <summary>sub_op is FALSE.</summary>
internal readonly struct Add : IA64Flag
{
    public static bool Value => false;
}

/// <summary>sub_op is TRUE.</summary>
internal readonly struct Sub : IA64Flag
{
    public static bool Value => true;
}

/// <summary>The extension or operation is signed.</summary>
internal readonly struct Signed : IA64Flag
{
    public static bool Value => true;
}

/// <summary>The extension or operation is unsigned.</summary>
internal readonly struct Unsigned : IA64Flag
{
    public static bool Value => false;
}

/// <summary>How the second operand becomes what is computed with.</summary>
internal interface IA64Shift
{
    static abstract ulong Apply(ulong value, int amount, bool is64);
}

internal readonly struct Lsl : IA64Shift
{
    public static ulong Apply(ulong value, int amount, bool is64) => is64 ? value << amount : (uint)value << amount;
}

internal readonly struct Lsr : IA64Shift
{
    public static ulong Apply(ulong value, int amount, bool is64) => is64 ? value >> amount : (uint)value >> amount;
}

internal readonly struct Asr : IA64Shift
{
    public static ulong Apply(ulong value, int amount, bool is64) =>
        is64 ? (ulong)((long)value >> amount) : (uint)((int)value >> amount);
}

internal readonly struct Ror : IA64Shift
{
    public static ulong Apply(ulong value, int amount, bool is64) =>
        is64 ? ulong.RotateRight(value, amount) : uint.RotateRight((uint)value, amount);
}

/// <summary>ExtendReg: the low bits of Rm, extended, then shifted left.</summary>
internal interface IA64Extend
{
    static abstract ulong Apply(ulong value);
}

internal readonly struct Uxtb : IA64Extend
{
    public static ulong Apply(ulong value) => (byte)value;
}

internal readonly struct Uxth : IA64Extend
{
    public static ulong Apply(ulong value) => (ushort)value;
}

internal readonly struct Uxtw : IA64Extend
{
    public static ulong Apply(ulong value) => (uint)value;
}

internal readonly struct Uxtx : IA64Extend
{
    public static ulong Apply(ulong value) => value;
}

internal readonly struct Sxtb : IA64Extend
{
    public static ulong Apply(ulong value) => (ulong)(sbyte)value;
}

internal readonly struct Sxth : IA64Extend
{
    public static ulong Apply(ulong value) => (ulong)(short)value;
}

internal readonly struct Sxtw : IA64Extend
{
    public static ulong Apply(ulong value) => (ulong)(int)value;
}

/// <summary>SXTX: extends nothing.</summary>
internal readonly struct Sxtx : IA64Extend
{
    public static ulong Apply(ulong value) => value;
}
