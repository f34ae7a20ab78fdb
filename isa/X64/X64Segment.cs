namespace RcuEmu.Isa.X64;

/// <summary>
/// Segments in 64-bit mode: selectors are values that the core keeps. Left out: descriptors; a selector is loaded without a look at a
/// table, and its base (FS, GS) is not changed by it.
/// </summary>
internal static class X64Segments
{
    public const uint Cs = 1, Ss = 2;

    public const uint Ldtr = 0, Tr = 1, GdtrBase = 2, GdtrLimit = 3, IdtrBase = 4, IdtrLimit = 5, Msw = 6;
}

/// <summary>MOV r/m, Sreg. SDM Vol. 2B, "MOV—Move": zero-extended into a register, a word in memory.</summary>
internal readonly struct ReadSelector<TSize, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(X64System.Selector, insn.Reg1, out ulong selector))
            return Flow.Event;

        return X64Words.Write<TCore, TSize, TDst>(ref core, insn, selector) ? Flow.Next : Flow.Event;
    }
}

/// <summary>MOV Sreg, r/m16.</summary>
internal readonly struct WriteSelector<TSrc> : IX64Op
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        TSrc.Read<TCore, S16>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong selector)
            && core.WriteSystem(X64System.Selector, insn.Reg0, selector)
            ? Flow.Next
            : Flow.Event;
}

/// <summary>Word results of system instructions.</summary>
internal static class X64Words
{
    /// <summary>Writes a register of the operand size, zero-extended, or a word in memory.</summary>
    public static bool Write<TCore, TSize, TDst>(ref TCore core, in X64Insn insn, ulong value)
        where TCore : struct, IX64Core, allows ref struct
        where TSize : struct, IX64Size
        where TDst : struct, IX64Operand
    {
        ulong address = TDst.Address(ref core, insn);
        return TDst.IsMemory
            ? TDst.Write<TCore, S16>(ref core, insn, address, Access.Plain, (ushort)value)
            : TDst.Write<TCore, TSize>(ref core, insn, address, Access.Plain, (ushort)value);
    }
}

/// <summary>Which descriptor-table register is meant.</summary>
internal interface IX64TableRegister
{
    /// <summary>Its index in <see cref="X64System.DescriptorTable"/>; the limit of GDTR and IDTR is one further.</summary>
    static abstract uint Index { get; }
}

/// <summary>LDTR.</summary>
internal readonly struct Ldtr : IX64TableRegister
{
    public static uint Index => X64Segments.Ldtr;
}

/// <summary>TR.</summary>
internal readonly struct Tr : IX64TableRegister
{
    public static uint Index => X64Segments.Tr;
}

/// <summary>GDTR.</summary>
internal readonly struct Gdtr : IX64TableRegister
{
    public static uint Index => X64Segments.GdtrBase;
}

/// <summary>IDTR.</summary>
internal readonly struct Idtr : IX64TableRegister
{
    public static uint Index => X64Segments.IdtrBase;
}

/// <summary>The machine status word.</summary>
internal readonly struct Msw : IX64TableRegister
{
    public static uint Index => X64Segments.Msw;
}

/// <summary>SLDT, STR, SMSW. SDM Vol. 2B, "SLDT—Store Local Descriptor Table Register".</summary>
internal readonly struct StoreTableSelector<TTable, TSize, TDst> : IX64Op
    where TTable : struct, IX64TableRegister
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(X64System.DescriptorTable, TTable.Index, out ulong value))
            return Flow.Event;

        return X64Words.Write<TCore, TSize, TDst>(ref core, insn, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>LLDT, LTR, LMSW: serialising. SDM Vol. 2A, "LLDT—Load Local Descriptor Table Register".</summary>
internal readonly struct LoadTableSelector<TTable, TSrc> : IX64Op
    where TTable : struct, IX64TableRegister
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, S16>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value)
            || !core.WriteSystem(X64System.DescriptorTable, TTable.Index, value))
        {
            return Flow.Event;
        }

        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>SGDT, SIDT: limit, then base. SDM Vol. 2B, "SGDT—Store Global Descriptor Table Register".</summary>
internal readonly struct StoreTable<TTable> : IX64Op
    where TTable : struct, IX64TableRegister
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        return core.ReadSystem(X64System.DescriptorTable, TTable.Index, out ulong tableBase)
            && core.ReadSystem(X64System.DescriptorTable, TTable.Index + 1, out ulong limit)
            && core.CheckWrite(address, 10)
            && core.Store(address, 2, Access.Plain, (ushort)limit)
            && core.Store(address + 2, 8, Access.Plain, tableBase)
            ? Flow.Next
            : Flow.Event;
    }
}

/// <summary>LGDT, LIDT: serialising. SDM Vol. 2A, "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register".</summary>
internal readonly struct LoadTable<TTable> : IX64Op
    where TTable : struct, IX64TableRegister
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        if (!core.Load(address, 2, Access.Plain, out ulong limit)
            || !core.Load(address + 2, 8, Access.Plain, out ulong tableBase)
            || !core.WriteSystem(X64System.DescriptorTable, TTable.Index + 1, limit)
            || !core.WriteSystem(X64System.DescriptorTable, TTable.Index, tableBase))
        {
            return Flow.Event;
        }

        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>
/// VERR, VERW. SDM Vol. 2D, "VERR/VERW—Verify a Segment for Reading or Writing". Left out: descriptors; every selector but the null one
/// counts as readable and writable. The kernel uses VERW for what it clears in the processor, not for its answer.
/// </summary>
internal readonly struct VerifySelector<TSrc> : IX64Op
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, S16>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong selector))
            return Flow.Event;

        core.ArithmeticFlags = (core.ArithmeticFlags & ~X64Flags.Zf) | ((selector & ~3ul) != 0 ? X64Flags.Zf : 0);
        return Flow.Next;
    }
}

/// <summary>
/// IRETQ, from CPL 0 to CPL 0: RIP, CS, RFLAGS, RSP and SS are read before anything changes. SDM Vol. 2A, "IRET/IRETD/IRETQ".
/// A frame of another privilege level raises <see cref="GuestEventKind.ExceptionReturn"/> with the target.
/// </summary>
internal readonly struct Iretq : IX64Op
{
    public static Course Course => Course.Other;

    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong frame = core.Gpr(X64Operands.Rsp);
        if (!core.Load(frame, 8, Access.Plain, out ulong rip)
            || !core.Load(frame + 8, 8, Access.Plain, out ulong cs)
            || !core.Load(frame + 16, 8, Access.Plain, out ulong flags)
            || !core.Load(frame + 24, 8, Access.Plain, out ulong rsp)
            || !core.Load(frame + 32, 8, Access.Plain, out ulong ss))
        {
            return Flow.Event;
        }

        if ((cs & 3) != 0)
            return core.Raise(GuestEventKind.ExceptionReturn, rip);

        if (!core.WriteSystem(X64System.Selector, X64Segments.Cs, (ushort)cs)
            || !core.WriteSystem(X64System.Selector, X64Segments.Ss, (ushort)ss))
        {
            return Flow.Event;
        }

        X64Flags.Write(ref core, flags, ~0ul);
        core.SetGpr(X64Operands.Rsp, rsp);
        core.Barrier(Barrier.Serialize);
        return core.BranchTo(rip, BranchKind.ExceptionReturn);
    }
}

/// <summary>SYSRET: to CPL 3, which the machine does not have. Detail: the target.</summary>
internal readonly struct Sysret : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Raise(GuestEventKind.ExceptionReturn, core.Gpr(1));
}

/// <summary>RETF with 64-bit operand size, within CPL 0. SDM Vol. 2B, "RET—Return From Procedure".</summary>
internal readonly struct ReturnFar : IX64Op
{
    public static Course Course => Course.Other;

    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong rsp = core.Gpr(X64Operands.Rsp);
        if (!core.Load(rsp, 8, Access.Plain, out ulong target) || !core.Load(rsp + 8, 8, Access.Plain, out ulong cs))
            return Flow.Event;

        if ((cs & 3) != 0)
            return core.Raise(GuestEventKind.ExceptionReturn, target);

        if (!core.WriteSystem(X64System.Selector, X64Segments.Cs, (ushort)cs))
            return Flow.Event;

        core.SetGpr(X64Operands.Rsp, rsp + 16 + (ulong)insn.Imm);
        return core.BranchTo(target, BranchKind.Return);
    }
}
