using System.Runtime.CompilerServices;
using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>
/// Where an operand lies: a type parameter of the operation. Memory operands have their address computed once, by
/// <see cref="Address"/>, and handed to the accesses.
/// </summary>
internal interface IX64Operand
{
    /// <summary>True if accesses can fault.</summary>
    static abstract bool IsMemory { get; }

    /// <summary>The linear address of a memory operand, 0 for others.</summary>
    static abstract ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct;

    /// <summary>Reads the operand, zero-extended from its size. False: an event was raised.</summary>
    static abstract bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size;

    /// <summary>Writes the operand. False: an event was raised.</summary>
    static abstract bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size;
}

/// <summary>The register in <see cref="X64Insn.Reg0"/>.</summary>
internal readonly struct Reg0 : IX64Operand
{
    public static bool IsMemory => false;

    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg0);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, value);
        return true;
    }
}

/// <summary>The register in <see cref="X64Insn.Reg1"/>.</summary>
internal readonly struct Reg1 : IX64Operand
{
    public static bool IsMemory => false;

    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg1, value);
        return true;
    }
}

/// <summary>The register in <see cref="X64Insn.Reg2"/>.</summary>
internal readonly struct Reg2 : IX64Operand
{
    public static bool IsMemory => false;

    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg2);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg2, value);
        return true;
    }
}

/// <summary>The immediate. It is never written.</summary>
internal readonly struct Imm : IX64Operand
{
    public static bool IsMemory => false;

    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        value = X64Value.Truncate<TSize>((ulong)insn.Imm);
        return true;
    }

    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => throw new System.Diagnostics.UnreachableException("an immediate is no destination");
}

/// <summary>Memory, in any addressing form.</summary>
internal readonly struct Mem : IX64Operand
{
    public static bool IsMemory => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => X64Operands.Linear(ref core, insn);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => core.Load(address, TSize.Bytes, access, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => core.Store(address, TSize.Bytes, access, value);
}

/// <summary>Memory at a base register plus a displacement, without index, segment or address size prefix: the common form.</summary>
internal readonly struct Based : IX64Operand
{
    public static bool IsMemory => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Address<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct => core.Gpr(insn.Base) + (ulong)insn.Displacement;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => core.Load(address, TSize.Bytes, access, out value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Write<TCore, TSize>(ref TCore core, in X64Insn insn, ulong address, Access access, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size => core.Store(address, TSize.Bytes, access, value);
}

/// <summary>Registers by size, effective addresses, and the kind of access that a prefix asks for.</summary>
internal static class X64Operands
{
    /// <summary>RSP.</summary>
    public const int Rsp = 4;

    /// <summary>Reads a register of a size; byte registers 16 to 19 are AH, CH, DH and BH.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadRegister<TCore, TSize>(ref TCore core, int register)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        if (TSize.Bytes == 1 && register >= 16)
            return (byte)(core.Gpr(register - 16) >> 8);

        return X64Value.Truncate<TSize>(core.Gpr(register));
    }

    /// <summary>Writes a register of a size. SDM Vol. 1, "General-Purpose Registers in 64-Bit Mode": 32 bits clear the upper half, 8 and 16 keep the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteRegister<TCore, TSize>(ref TCore core, int register, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
    {
        if (TSize.Bytes == 8)
            core.SetGpr(register, value);
        else if (TSize.Bytes == 4)
            core.SetGpr(register, (uint)value);
        else if (TSize.Bytes == 2)
            core.SetGpr(register, (core.Gpr(register) & ~0xfffful) | (ushort)value);
        else if (register < 16)
            core.SetGpr(register, (core.Gpr(register) & ~0xfful) | (byte)value);
        else
            core.SetGpr(register - 16, (core.Gpr(register - 16) & ~0xff00ul) | ((ulong)(byte)value << 8));
    }

    /// <summary>The effective address: base + index * scale + displacement, without the segment base (LEA).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = (ulong)insn.Displacement;
        if (insn.Base < 16)
            address += core.Gpr(insn.Base);
        else if (insn.Base == X64Insn.RipBase)
            address += core.NextRip;

        if (insn.Index != X64Insn.None)
            address += core.Gpr(insn.Index) << insn.Scale;

        return (insn.Prefixes & X64Insn.Address32) != 0 ? (uint)address : address;
    }

    /// <summary>The linear address: the effective address plus the FS or GS base.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Linear<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        Effective(ref core, insn) + SegmentBase(ref core, insn);

    /// <summary>The base of the segment that a prefix names, 0 without one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SegmentBase<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        insn.Segment == 0 ? 0 : core.SegmentBase(insn.Segment == 4 ? Register.FS : Register.GS);

    /// <summary>The read of a read-modify-write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Access ReadAccess(in X64Insn insn) =>
        (insn.Prefixes & X64Insn.Lock) != 0 ? Access.Atomic : Access.Modify;

    /// <summary>The write of a read-modify-write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Access WriteAccess(in X64Insn insn) =>
        (insn.Prefixes & X64Insn.Lock) != 0 ? Access.Atomic : Access.Plain;

    /// <summary>
    /// Reads an operand that the instruction is going to write: asks first whether the write can succeed, so that a
    /// fault leaves everything as it was. False: an event was raised.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ReadToModify<TCore, TSize, TDst>(ref TCore core, in X64Insn insn, ulong address, out ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
        where TDst : struct, IX64Operand
    {
        if (!TDst.IsMemory)
            return TDst.Read<TCore, TSize>(ref core, insn, address, Access.Plain, out value);

        value = 0;
        return core.CheckWrite(address, TSize.Bytes)
            && TDst.Read<TCore, TSize>(ref core, insn, address, ReadAccess(insn), out value);
    }
}
