using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>The size of one access, in bytes.</summary>
internal interface IA64Size
{
    static abstract int Bytes { get; }
}

internal readonly struct Bytes1 : IA64Size
{
    public static int Bytes => 1;
}

internal readonly struct Bytes2 : IA64Size
{
    public static int Bytes => 2;
}

internal readonly struct Bytes4 : IA64Size
{
    public static int Bytes => 4;
}

internal readonly struct Bytes8 : IA64Size
{
    public static int Bytes => 8;
}

/// <summary>A Q register: one access of 16 bytes.</summary>
internal readonly struct Bytes16 : IA64Size
{
    public static int Bytes => 16;
}

/// <summary>What becomes of a loaded value.</summary>
internal interface IA64Widen
{
    static abstract ulong Apply(ulong value, int bytes);
}

internal readonly struct ZeroExtend : IA64Widen
{
    public static ulong Apply(ulong value, int bytes) => value;
}

/// <summary>To 64 bits.</summary>
internal readonly struct SignExtend : IA64Widen
{
    public static ulong Apply(ulong value, int bytes) => bytes switch
    {
        1 => (ulong)(sbyte)value,
        2 => (ulong)(short)value,
        4 => (ulong)(int)value,
        _ => value,
    };
}

/// <summary>To 32 bits.</summary>
internal readonly struct SignExtend32 : IA64Widen
{
    public static ulong Apply(ulong value, int bytes) => (uint)SignExtend.Apply(value, bytes);
}

/// <summary>Where an access goes, and what becomes of the base register.</summary>
internal interface IA64AddressMode
{
    /// <summary>True where the address counts from that of the instruction.</summary>
    static virtual bool IsRelative => false;

    static abstract ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct;

    static abstract void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct;
}

/// <summary>[Xn, #imm].</summary>
internal readonly struct Offset : IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.X(insn.Rn) + (ulong)insn.Imm;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct
    {
    }
}

/// <summary>[Xn, #imm]!.</summary>
internal readonly struct PreIndex : IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.X(insn.Rn) + (ulong)insn.Imm;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct => core.SetX(insn.Rn, address);
}

/// <summary>[Xn], #imm.</summary>
internal readonly struct PostIndex : IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.X(insn.Rn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct => core.SetX(insn.Rn, address + (ulong)insn.Imm);
}

/// <summary>[Xn, Rm, extend #shift].</summary>
internal readonly struct RegisterOffset<TExtend> : IA64AddressMode
    where TExtend : struct, IA64Extend
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        core.X(insn.Rn) + (TExtend.Apply(core.X(insn.Rm)) << insn.Imm2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct
    {
    }
}

/// <summary>PC-relative.</summary>
internal readonly struct Literal : IA64AddressMode
{
    public static bool IsRelative => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct => core.Pc + (ulong)insn.Imm;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteBack<TCore>(ref TCore core, in A64Insn insn, ulong address)
        where TCore : struct, IA64Core, allows ref struct
    {
    }
}

/// <summary>
/// LDR, LDRB, LDRH, LDRSB, LDRSH, LDRSW, LDUR, LDTR and so on. Option is the <see cref="Access"/>. Where the base is
/// also Rt and is written back (CONSTRAINED UNPREDICTABLE), the base wins.
/// </summary>
internal readonly struct Load<TSize, TWiden, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TWiden : struct, IA64Widen
    where TMode : struct, IA64AddressMode
{
    public static bool ReadsPc => TMode.IsRelative;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!core.Load(address, TSize.Bytes, (Access)insn.Option, out ulong value))
            return Flow.Event;
        core.SetX(insn.Rd, TWiden.Apply(value, TSize.Bytes));
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>STR, STRB, STRH, STUR, STTR and so on. Option is the <see cref="Access"/>.</summary>
internal readonly struct Store<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!core.Store(address, TSize.Bytes, (Access)insn.Option, core.X(insn.Rd)))
            return Flow.Event;
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>LDP, LDPSW, LDNP: two accesses, and no register changes unless both succeed.</summary>
internal readonly struct LoadPair<TSize, TWiden, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TWiden : struct, IA64Widen
    where TMode : struct, IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!core.Load(address, TSize.Bytes, (Access)insn.Option, out ulong first)
            || !core.Load(address + (ulong)TSize.Bytes, TSize.Bytes, (Access)insn.Option, out ulong second))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rd, TWiden.Apply(first, TSize.Bytes));
        core.SetX(insn.Ra, TWiden.Apply(second, TSize.Bytes));
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>STP, STNP: two accesses. The first stays done where the second faults, as the architecture allows.</summary>
internal readonly struct StorePair<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!core.Store(address, TSize.Bytes, (Access)insn.Option, core.X(insn.Rd))
            || !core.Store(address + (ulong)TSize.Bytes, TSize.Bytes, (Access)insn.Option, core.X(insn.Ra)))
        {
            return Flow.Event;
        }

        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}
