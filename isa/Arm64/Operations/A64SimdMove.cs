namespace RcuEmu.Isa.Arm64;

/// <summary>DUP (element): lane Imm2 of Vn into every lane. Cond is log2 of its bytes.</summary>
internal readonly struct DuplicateElement : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong all = A64Replicate.Of(A64VectorAccess.Lane(ref core, insn.Rn, insn.Imm2, insn.Cond), insn.Cond);
        A64VectorAccess.Set(ref core, insn.Rd, all, insn.Option == 1 ? all : 0);
        return Flow.Next;
    }
}

/// <summary>DUP (general).</summary>
internal readonly struct DuplicateGeneral : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong all = A64Replicate.Of(core.X(insn.Rn), insn.Cond);
        A64VectorAccess.Set(ref core, insn.Rd, all, insn.Option == 1 ? all : 0);
        return Flow.Next;
    }
}

/// <summary>DUP (element, scalar), FMOV (register): one lane, zero-extended.</summary>
internal readonly struct DuplicateScalar : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        A64VectorAccess.Set(ref core, insn.Rd, A64VectorAccess.Lane(ref core, insn.Rn, insn.Imm2, insn.Cond), 0);
        return Flow.Next;
    }
}

/// <summary>INS (general), FMOV to the top half.</summary>
internal readonly struct InsertGeneral : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        A64VectorAccess.SetLane(ref core, insn.Rd, insn.Imm2, insn.Cond, core.X(insn.Rn));
        return Flow.Next;
    }
}

/// <summary>INS (element): lane Imm of Vn into lane Imm2 of Vd.</summary>
internal readonly struct InsertElement : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = A64VectorAccess.Lane(ref core, insn.Rn, (int)insn.Imm, insn.Cond);
        A64VectorAccess.SetLane(ref core, insn.Rd, insn.Imm2, insn.Cond, value);
        return Flow.Next;
    }
}

/// <summary>UMOV, FMOV to a general register.</summary>
internal readonly struct MoveElement : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetX(insn.Rd, A64VectorAccess.Lane(ref core, insn.Rn, insn.Imm2, insn.Cond));
        return Flow.Next;
    }
}

/// <summary>SMOV.</summary>
internal readonly struct MoveElementSigned<TWidth> : IA64Op
    where TWidth : struct, IA64Width
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong value = A64VectorAccess.Lane(ref core, insn.Rn, insn.Imm2, insn.Cond);
        A64Arithmetic.SetResult<TCore, TWidth>(ref core, insn.Rd, SignExtend.Apply(value, 1 << insn.Cond));
        return Flow.Next;
    }
}

/// <summary>FMOV from a general register.</summary>
internal readonly struct MoveFromGeneral : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        A64VectorAccess.Set(ref core, insn.Rd, A64Aligned.Truncate(core.X(insn.Rn), 1 << insn.Cond), 0);
        return Flow.Next;
    }
}

/// <summary>What a modified immediate does to the old value.</summary>
internal interface IA64Immediate
{
    static abstract ulong Apply(ulong old, ulong immediate);
}

internal readonly struct ImmediateMove : IA64Immediate
{
    public static ulong Apply(ulong old, ulong immediate) => immediate;
}

internal readonly struct ImmediateMoveNot : IA64Immediate
{
    public static ulong Apply(ulong old, ulong immediate) => ~immediate;
}

internal readonly struct ImmediateOrr : IA64Immediate
{
    public static ulong Apply(ulong old, ulong immediate) => old | immediate;
}

internal readonly struct ImmediateBic : IA64Immediate
{
    public static ulong Apply(ulong old, ulong immediate) => old & ~immediate;
}

/// <summary>MOVI, MVNI, ORR, BIC (vector, immediate). Imm is expanded to 64 bits.</summary>
internal readonly struct VectorImmediate<TImmediate> : IA64Op
    where TImmediate : struct, IA64Immediate
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = TImmediate.Apply(core.V(insn.Rd, 0), (ulong)insn.Imm);
        ulong high = TImmediate.Apply(core.V(insn.Rd, 1), (ulong)insn.Imm);
        A64VectorAccess.Set(ref core, insn.Rd, low, insn.Option == 1 ? high : 0);
        return Flow.Next;
    }
}
