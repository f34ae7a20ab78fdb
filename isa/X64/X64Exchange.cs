using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.X64;

/// <summary>
/// CMPXCHG. SDM Vol. 2A, "CMPXCHG—Compare and Exchange": the destination receives a write whatever the comparison gives, so a
/// failing one faults on a read-only page and shows as a write too. A register is left alone by a failing one, its upper half too: <see cref="X64UndefinedFlags"/>.
/// </summary>
internal readonly struct Cmpxchg<TSize, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out ulong old))
            return Flow.Event;

        ulong expected = X64Operands.ReadRegister<TCore, TSize>(ref core, 0);
        ulong value = old == expected ? X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1) : old;
        if ((TDst.IsMemory || old == expected)
            && !TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), value))
        {
            return Flow.Event;
        }

        if (old != expected)
            X64Operands.WriteRegister<TCore, TSize>(ref core, 0, old);

        ulong difference = Sub.Apply<TSize>(expected, old, 0, out ulong carries);
        core.SetFlags(X64Value.SignExtend<TSize>(difference), carries);
        return Flow.Next;
    }
}

/// <summary>CMPXCHG8B. SDM Vol. 2A, "CMPXCHG8B/CMPXCHG16B": EDX:EAX compared, ECX:EBX stored; ZF alone changes.</summary>
internal readonly struct Cmpxchg8b : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, S64, Mem>(ref core, insn, address, out ulong old))
            return Flow.Event;

        bool equal = old == ((core.Gpr(2) << 32) | (uint)core.Gpr(0));
        ulong value = equal ? (core.Gpr(1) << 32) | (uint)core.Gpr(3) : old;
        if (!core.Store(address, 8, X64Operands.WriteAccess(insn), value))
            return Flow.Event;

        if (!equal)
        {
            core.SetGpr(0, (uint)old);
            core.SetGpr(2, old >> 32);
        }

        core.ArithmeticFlags = (core.ArithmeticFlags & ~X64Flags.Zf) | (equal ? X64Flags.Zf : 0);
        return Flow.Next;
    }
}

/// <summary>CMPXCHG16B: RDX:RAX compared, RCX:RBX stored. An operand that is not 16-byte aligned is #GP.</summary>
internal readonly struct Cmpxchg16b : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        if ((address & 15) != 0)
            return core.Raise(GuestEventKind.GeneralProtection, address);

        if (!core.CheckWrite(address, 16)
            || !core.Load128(address, X64Operands.ReadAccess(insn), out ulong low, out ulong high))
        {
            return Flow.Event;
        }

        bool equal = low == core.Gpr(0) && high == core.Gpr(2);
        if (!core.Store128(address, X64Operands.WriteAccess(insn), equal ? core.Gpr(3) : low, equal ? core.Gpr(1) : high))
            return Flow.Event;

        if (!equal)
        {
            core.SetGpr(0, low);
            core.SetGpr(2, high);
        }

        core.ArithmeticFlags = (core.ArithmeticFlags & ~X64Flags.Zf) | (equal ? X64Flags.Zf : 0);
        return Flow.Next;
    }
}

/// <summary>XADD. SDM Vol. 2D, "XADD—Exchange and Add": the sum is written last, so XADD r, r doubles.</summary>
internal readonly struct Xadd<TSize, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn);
        if (!X64Operands.ReadToModify<TCore, TSize, TDst>(ref core, insn, address, out ulong a))
            return Flow.Event;

        ulong b = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg1);
        ulong sum = Add.Apply<TSize>(a, b, 0, out ulong carries);
        if (TDst.IsMemory && !TDst.Write<TCore, TSize>(ref core, insn, address, X64Operands.WriteAccess(insn), sum))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg1, a);
        if (!TDst.IsMemory)
            TDst.Write<TCore, TSize>(ref core, insn, address, Access.Plain, sum);

        core.SetFlags(X64Value.SignExtend<TSize>(sum), carries);
        return Flow.Next;
    }
}
