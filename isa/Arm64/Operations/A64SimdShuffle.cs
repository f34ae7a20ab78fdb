namespace RcuEmu.Isa.Arm64;

/// <summary>REV16, REV32, REV64: elements (Cond) are reversed within containers of Imm2 bytes.</summary>
internal readonly struct VectorReverse : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int log = insn.Cond, lanes = (8 << insn.Option) >> log, group = insn.Imm2 >> log;
        UInt128 result = 0;
        for (int lane = 0; lane < lanes; lane++)
            result |= (UInt128)A64VectorAccess.Lane(ref core, insn.Rn, lane ^ (group - 1), log) << (lane << (log + 3));
        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>From which of the lanes of Vn (0 up) and Vm (count up) a lane of a permutation comes.</summary>
internal interface IA64Permutation
{
    static abstract int Source(int lane, int lanes, int part);
}

internal readonly struct Unzip : IA64Permutation
{
    public static int Source(int lane, int lanes, int part) => (lane * 2) + part;
}

internal readonly struct Zip : IA64Permutation
{
    public static int Source(int lane, int lanes, int part) => ((lane & 1) * lanes) + (lane / 2) + (part * lanes / 2);
}

internal readonly struct Transpose : IA64Permutation
{
    public static int Source(int lane, int lanes, int part) => ((lane & 1) * lanes) + (lane & ~1) + part;
}

/// <summary>UZP1, ZIP1, TRN1.</summary>
internal readonly struct FirstHalf : IA64Flag
{
    public static bool Value => false;
}

/// <summary>UZP2, ZIP2, TRN2.</summary>
internal readonly struct SecondHalf : IA64Flag
{
    public static bool Value => true;
}

/// <summary>UZP, ZIP and TRN.</summary>
internal readonly struct VectorPermute<TPermutation, TPart> : IA64Op
    where TPermutation : struct, IA64Permutation
    where TPart : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int log = insn.Cond, lanes = (8 << insn.Option) >> log;
        UInt128 result = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            int source = TPermutation.Source(lane, lanes, TPart.Value ? 1 : 0);
            int register = source < lanes ? insn.Rn : insn.Rm;
            result |= (UInt128)A64VectorAccess.Lane(ref core, register, source % lanes, log) << (lane << (log + 3));
        }

        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>EXT: bytes from Imm up of Vm:Vn.</summary>
internal readonly struct VectorExtract : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bytes = 8 << insn.Option;
        UInt128 result = 0;
        for (int lane = 0; lane < bytes; lane++)
        {
            int source = lane + (int)insn.Imm;
            int register = source < bytes ? insn.Rn : insn.Rm;
            result |= (UInt128)A64VectorAccess.Lane(ref core, register, source % bytes, 0) << (lane * 8);
        }

        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>TBL, and TBX where a number beyond the table (Imm2 registers from Vn) leaves the byte of Vd.</summary>
internal readonly struct VectorTable<TKeeps> : IA64Op
    where TKeeps : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        UInt128 result = 0;
        for (int lane = 0; lane < 8 << insn.Option; lane++)
        {
            int number = (int)A64VectorAccess.Lane(ref core, insn.Rm, lane, 0);
            ulong value = number < insn.Imm2 * 16
                ? A64VectorAccess.Lane(ref core, (insn.Rn + (number / 16)) & 31, number % 16, 0)
                : TKeeps.Value ? A64VectorAccess.Lane(ref core, insn.Rd, lane, 0) : 0;
            result |= (UInt128)value << (lane * 8);
        }

        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>What a shift by an immediate makes of the lanes of Vd and Vn.</summary>
internal interface IA64LaneShift
{
    static abstract ulong Apply(ulong d, ulong n, int shift, int bytes);
}

internal readonly struct ShiftRightSigned : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) =>
        (ulong)((long)SignExtend.Apply(n, bytes) >> Math.Min(shift, 63));
}

internal readonly struct ShiftRightUnsigned : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) => shift == 64 ? 0 : n >> shift;
}

internal readonly struct ShiftAddSigned : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) => d + ShiftRightSigned.Apply(d, n, shift, bytes);
}

internal readonly struct ShiftAddUnsigned : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) => d + ShiftRightUnsigned.Apply(d, n, shift, bytes);
}

internal readonly struct ShiftLeft : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) => n << shift;
}

/// <summary>SLI: the low bits of Vd stay.</summary>
internal readonly struct ShiftLeftInsert : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes) => (n << shift) | (d & ((1UL << shift) - 1));
}

/// <summary>SRI: the high bits of Vd stay.</summary>
internal readonly struct ShiftRightInsert : IA64LaneShift
{
    public static ulong Apply(ulong d, ulong n, int shift, int bytes)
    {
        ulong mask = ShiftRightUnsigned.Apply(0, A64Aligned.Truncate(ulong.MaxValue, bytes), shift, bytes);
        return ShiftRightUnsigned.Apply(0, n, shift, bytes) | (d & ~mask);
    }
}

/// <summary>SHL, SLI, SRI, SSHR, USHR, SSRA, USRA. Imm2 is the shift.</summary>
internal readonly struct VectorShift<TShift> : IA64Op
    where TShift : struct, IA64LaneShift
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = Half(core.V(insn.Rd, 0), core.V(insn.Rn, 0), insn);
        ulong high = insn.Option == 1 ? Half(core.V(insn.Rd, 1), core.V(insn.Rn, 1), insn) : 0;
        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        return Flow.Next;
    }

    private static ulong Half(ulong d, ulong n, in A64Insn insn)
    {
        ulong result = 0;
        int bytes = 1 << insn.Cond;
        for (int shift = 0; shift < 64; shift += bytes * 8)
        {
            ulong lane = TShift.Apply(A64Aligned.Truncate(d >> shift, bytes), A64Aligned.Truncate(n >> shift, bytes), insn.Imm2, bytes);
            result |= A64Aligned.Truncate(lane, bytes) << shift;
        }

        return result;
    }
}
