using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>MOV. SDM Vol. 2B, "MOV—Move".</summary>
internal readonly struct Mov<TSize, TDst, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        ulong address = TDst.Address(ref core, insn);
        return TDst.Write<TCore, TSize>(ref core, insn, address, Access.Plain, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>MOVNTI and MOVDIRI: stores with a non-temporal hint. SDM Vol. 2B, "MOVNTI"; "MOVDIRI".</summary>
internal readonly struct MovNonTemporal<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1);
        ulong address = X64Operands.Linear(ref core, insn);
        return core.Store(address, TSize.Bytes, Access.NonTemporal, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>MOVZX. SDM Vol. 2B, "MOVZX—Move With Zero-Extend".</summary>
internal readonly struct Movzx<TTo, TFrom, TSrc> : IX64Op
    where TTo : struct, IX64Size
    where TFrom : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TFrom>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TTo>(ref core, insn.Reg0, value);
        return Flow.Next;
    }
}

/// <summary>MOVSX, MOVSXD. SDM Vol. 2B, "MOVSX/MOVSXD—Move With Sign-Extension".</summary>
internal readonly struct Movsx<TTo, TFrom, TSrc> : IX64Op
    where TTo : struct, IX64Size
    where TFrom : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TFrom>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TTo>(ref core, insn.Reg0, (ulong)X64Value.SignExtend<TFrom>(value));
        return Flow.Next;
    }
}

/// <summary>LEA. SDM Vol. 2A, "LEA—Load Effective Address": a segment prefix has no part in it.</summary>
internal readonly struct Lea<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, X64Operands.Effective(ref core, insn));
        return Flow.Next;
    }
}

/// <summary>XCHG. SDM Vol. 2D, "XCHG—Exchange Register/Memory With Register": with memory always locked.</summary>
internal readonly struct Xchg<TSize, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if ((TDst.IsMemory && !core.CheckWrite(address, TSize.Bytes))
            || !TDst.Read<TCore, TSize>(ref core, insn, address, Access.Atomic, out ulong old))
        {
            return Flow.Event;
        }

        ulong value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1);
        if (!TDst.Write<TCore, TSize>(ref core, insn, address, Access.Atomic, value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg1, old);
        return Flow.Next;
    }
}

/// <summary>CMOVcc. SDM Vol. 2A, "CMOVcc—Conditional Move": the source is read, and a 32-bit destination zero-extended, in any case.</summary>
internal readonly struct Cmov<TCondition, TSize, TSrc> : IX64Op
    where TCondition : struct, IX64Condition
    where TSize : struct, IX64Size
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        if (!TCondition.Holds(ref core))
            value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg0);

        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, value);
        return Flow.Next;
    }
}

/// <summary>SETcc. SDM Vol. 2B, "SETcc—Set Byte on Condition".</summary>
internal readonly struct Set<TCondition, TDst> : IX64Op
    where TCondition : struct, IX64Condition
    where TDst : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        return TDst.Write<TCore, S8>(ref core, insn, address, Access.Plain, TCondition.Holds(ref core) ? 1ul : 0ul)
            ? Flow.Next
            : Flow.Event;
    }
}

/// <summary>CBW, CWDE, CDQE. SDM Vol. 2A, "CBW/CWDE/CDQE": the accumulator's lower half sign-extended.</summary>
internal readonly struct ConvertAccumulator<TTo, TFrom> : IX64Op
    where TTo : struct, IX64Size
    where TFrom : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Operands.WriteRegister<TCore, TTo>(ref core, 0, (ulong)X64Value.SignExtend<TFrom>(core.Gpr(0)));
        return Flow.Next;
    }
}

/// <summary>CWD, CDQ, CQO. SDM Vol. 2A, "CWD/CDQ/CQO": the accumulator's sign in all bits of DX.</summary>
internal readonly struct SignIntoDx<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Operands.WriteRegister<TCore, TSize>(ref core, 2, (ulong)(X64Value.SignExtend<TSize>(core.Gpr(0)) >> 63));
        return Flow.Next;
    }
}

/// <summary>Bytes of a value reversed, for BSWAP and MOVBE.</summary>
internal static class ByteOrder
{
    public static ulong Reverse<TSize>(ulong value)
        where TSize : struct, IX64Size =>
        BinaryPrimitives.ReverseEndianness(value) >> (64 - X64Value.Bits<TSize>());
}

/// <summary>BSWAP. SDM Vol. 2A, "BSWAP—Byte Swap". With 16 bits the result is undefined: <see cref="X64UndefinedFlags"/>.</summary>
internal readonly struct Bswap<TSize> : IX64Op
    where TSize : struct, IX64Size
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg0);
        ulong reversed = TSize.Bytes == 2 ? 0 : ByteOrder.Reverse<TSize>(value);
        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, reversed);
        return Flow.Next;
    }
}

/// <summary>MOVBE. SDM Vol. 2B, "MOVBE—Move Data After Swapping Bytes".</summary>
internal readonly struct Movbe<TSize, TDst, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
    where TSrc : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        ulong address = TDst.Address(ref core, insn);
        ulong reversed = ByteOrder.Reverse<TSize>(value);
        return TDst.Write<TCore, TSize>(ref core, insn, address, Access.Plain, reversed) ? Flow.Next : Flow.Event;
    }
}

/// <summary>XLAT. SDM Vol. 2D, "XLAT/XLATB—Table Look-up Translation": AL = [RBX + AL].</summary>
internal readonly struct Xlat : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong offset = core.Gpr(3) + (byte)core.Gpr(0);
        if ((insn.Prefixes & X64Insn.Address32) != 0)
            offset = (uint)offset;

        if (!core.Load(offset + X64Operands.SegmentBase(ref core, insn), 1, Access.Plain, out ulong value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, S8>(ref core, 0, value);
        return Flow.Next;
    }
}
