namespace RcuEmu.Isa.Arm64;

/// <summary>Multiplication of polynomials over {0, 1}: DDI 0487, J1.3, "shared/functions/vector/PolynomialMult".</summary>
internal static class A64Polynomial
{
    /// <summary>The product of two polynomials of degree 63 at most.</summary>
    public static UInt128 Multiply(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (int bit = 0; bit < 64; bit++)
            product ^= (a >> bit & 1) != 0 ? (UInt128)b << bit : 0;
        return product;
    }
}

/// <summary>PMULL and PMULL2 of 64-bit elements. DDI 0487, C7.2, "PMULL, PMULL2".</summary>
internal readonly struct PolynomialMultiplyLong64<TPart> : IA64Op
    where TPart : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int half = TPart.Value ? 1 : 0;
        UInt128 product = A64Polynomial.Multiply(core.V(insn.Rn, half), core.V(insn.Rm, half));
        A64VectorAccess.Set(ref core, insn.Rd, (ulong)product, (ulong)(product >> 64));
        return Flow.Next;
    }
}

/// <summary>PMULL and PMULL2 of 8-bit elements.</summary>
internal readonly struct PolynomialMultiplyLong8<TPart> : IA64Op
    where TPart : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int half = TPart.Value ? 1 : 0;
        ulong n = core.V(insn.Rn, half), m = core.V(insn.Rm, half);
        UInt128 result = 0;
        for (int lane = 0; lane < 8; lane++)
            result |= A64Polynomial.Multiply((byte)(n >> (lane * 8)), (byte)(m >> (lane * 8))) << (lane * 16);
        A64VectorAccess.Set(ref core, insn.Rd, (ulong)result, (ulong)(result >> 64));
        return Flow.Next;
    }
}

/// <summary>PMUL: the low half of each product, in 8 lanes or 16.</summary>
internal readonly struct PolynomialMultiply<TIsFull> : IA64Op
    where TIsFull : struct, IA64Flag
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong low = Half(core.V(insn.Rn, 0), core.V(insn.Rm, 0));
        ulong high = TIsFull.Value ? Half(core.V(insn.Rn, 1), core.V(insn.Rm, 1)) : 0;
        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        return Flow.Next;
    }

    private static ulong Half(ulong n, ulong m)
    {
        ulong result = 0;
        for (int at = 0; at < 64; at += 8)
            result |= (ulong)(byte)A64Polynomial.Multiply((byte)(n >> at), (byte)(m >> at)) << at;
        return result;
    }
}
