using System.Numerics;

namespace RcuEmu.Isa.Arm64;

/// <summary>What an operation makes of two lanes of the same size; the result is cut to it.</summary>
internal interface IA64Lane2
{
    static abstract ulong Apply(ulong first, ulong second, int bytes);
}

internal readonly struct LaneAdd : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first + second;
}

internal readonly struct LaneSub : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first - second;
}

internal readonly struct LaneMul : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first * second;
}

internal readonly struct LaneGreater : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) =>
        (long)SignExtend.Apply(first, bytes) > (long)SignExtend.Apply(second, bytes) ? ulong.MaxValue : 0;
}

internal readonly struct LaneGreaterEqual : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) =>
        (long)SignExtend.Apply(first, bytes) >= (long)SignExtend.Apply(second, bytes) ? ulong.MaxValue : 0;
}

internal readonly struct LaneHigher : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first > second ? ulong.MaxValue : 0;
}

internal readonly struct LaneHigherSame : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first >= second ? ulong.MaxValue : 0;
}

internal readonly struct LaneEqual : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => first == second ? ulong.MaxValue : 0;
}

internal readonly struct LaneTest : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes) => (first & second) != 0 ? ulong.MaxValue : 0;
}

/// <summary>SSHL: by the signed low byte of the second lane; to the right where it is negative.</summary>
internal readonly struct LaneShiftSigned : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes)
    {
        int shift = (sbyte)second;
        if (shift >= 0)
            return shift > 63 ? 0 : first << shift;
        return (ulong)((long)SignExtend.Apply(first, bytes) >> Math.Min(-shift, 63));
    }
}

/// <summary>USHL.</summary>
internal readonly struct LaneShiftUnsigned : IA64Lane2
{
    public static ulong Apply(ulong first, ulong second, int bytes)
    {
        int shift = (sbyte)second;
        if (Math.Abs(shift) > 63)
            return 0;
        return shift >= 0 ? first << shift : first >> -shift;
    }
}

/// <summary>SMAX, SMIN, UMAX, UMIN.</summary>
internal readonly struct LaneUpdate<TUpdate> : IA64Lane2
    where TUpdate : struct, IA64Update
{
    public static ulong Apply(ulong first, ulong second, int bytes) => TUpdate.Apply(first, second, bytes);
}

/// <summary>What an operation makes of one lane.</summary>
internal interface IA64Lane1
{
    static abstract ulong Apply(ulong value, int bytes);
}

internal readonly struct LaneCount : IA64Lane1
{
    public static ulong Apply(ulong value, int bytes) => (ulong)BitOperations.PopCount(value);
}

internal readonly struct LaneNot : IA64Lane1
{
    public static ulong Apply(ulong value, int bytes) => ~value;
}

internal readonly struct LaneNeg : IA64Lane1
{
    public static ulong Apply(ulong value, int bytes) => 0 - value;
}

internal readonly struct LaneAbs : IA64Lane1
{
    public static ulong Apply(ulong value, int bytes) => (long)SignExtend.Apply(value, bytes) < 0 ? 0 - value : value;
}

internal readonly struct LaneLeadingZeros : IA64Lane1
{
    public static ulong Apply(ulong value, int bytes) => (ulong)(BitOperations.LeadingZeroCount(value) - 64 + (bytes * 8));
}

/// <summary>Lane by lane of Vn and Vm. Cond is log2 of the lane's bytes, Option is 1 for 128 bits.</summary>
internal readonly struct VectorLanes2<TLane> : IA64Op
    where TLane : struct, IA64Lane2
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = Half(core.V(insn.Rn, 0), core.V(insn.Rm, 0), insn.Cond);
        ulong high = insn.Option == 1 ? Half(core.V(insn.Rn, 1), core.V(insn.Rm, 1), insn.Cond) : 0;
        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        return Flow.Next;
    }

    private static ulong Half(ulong first, ulong second, int log)
    {
        ulong result = 0;
        int bytes = 1 << log;
        for (int shift = 0; shift < 64; shift += bytes * 8)
        {
            ulong lane = TLane.Apply(A64Aligned.Truncate(first >> shift, bytes), A64Aligned.Truncate(second >> shift, bytes), bytes);
            result |= A64Aligned.Truncate(lane, bytes) << shift;
        }

        return result;
    }
}

/// <summary>Lane by lane of Vn.</summary>
internal readonly struct VectorLanes1<TLane> : IA64Op
    where TLane : struct, IA64Lane1
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = Half(core.V(insn.Rn, 0), insn.Cond);
        ulong high = insn.Option == 1 ? Half(core.V(insn.Rn, 1), insn.Cond) : 0;
        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        return Flow.Next;
    }

    private static ulong Half(ulong value, int log)
    {
        ulong result = 0;
        int bytes = 1 << log;
        for (int shift = 0; shift < 64; shift += bytes * 8)
            result |= A64Aligned.Truncate(TLane.Apply(A64Aligned.Truncate(value >> shift, bytes), bytes), bytes) << shift;
        return result;
    }
}

/// <summary>ADDP: sums of neighbours, those of Vn first.</summary>
internal readonly struct VectorAddPairs : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int log = insn.Cond, lanes = (8 << insn.Option) >> log;
        UInt128 result = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            int register = lane * 2 < lanes ? insn.Rn : insn.Rm, at = lane * 2 % lanes;
            ulong sum = A64VectorAccess.Lane(ref core, register, at, log) + A64VectorAccess.Lane(ref core, register, at + 1, log);
            result |= (UInt128)A64Aligned.Truncate(sum, 1 << log) << (lane << (log + 3));
        }

        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>What a bitwise operation makes of Vd, Vn and Vm.</summary>
internal interface IA64Bitwise
{
    static abstract ulong Apply(ulong d, ulong n, ulong m);
}

internal readonly struct BitsAnd : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => n & m;
}

internal readonly struct BitsBic : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => n & ~m;
}

internal readonly struct BitsOrr : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => n | m;
}

internal readonly struct BitsOrn : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => n | ~m;
}

internal readonly struct BitsEor : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => n ^ m;
}

/// <summary>BSL: Vd chooses.</summary>
internal readonly struct BitsBsl : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => (n & d) | (m & ~d);
}

/// <summary>BIT: from Vn where Vm is 1.</summary>
internal readonly struct BitsBit : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => (d & ~m) | (n & m);
}

/// <summary>BIF: from Vn where Vm is 0.</summary>
internal readonly struct BitsBif : IA64Bitwise
{
    public static ulong Apply(ulong d, ulong n, ulong m) => (d & m) | (n & ~m);
}

/// <summary>AND, BIC, ORR, ORN, EOR, BSL, BIT, BIF.</summary>
internal readonly struct VectorBitwise<TBitwise> : IA64Op
    where TBitwise : struct, IA64Bitwise
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = TBitwise.Apply(core.V(insn.Rd, 0), core.V(insn.Rn, 0), core.V(insn.Rm, 0));
        ulong high = TBitwise.Apply(core.V(insn.Rd, 1), core.V(insn.Rn, 1), core.V(insn.Rm, 1));
        A64VectorAccess.Set(ref core, insn.Rd, low, insn.Option == 1 ? high : 0);
        return Flow.Next;
    }
}
