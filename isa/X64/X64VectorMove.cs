using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>Whether a vector move asks for alignment, and how it stores.</summary>
internal interface IX64MoveKind
{
    static abstract bool IsAligned { get; }

    static abstract Access Access { get; }
}

/// <summary>MOVAPS, MOVDQA.</summary>
internal readonly struct Aligned : IX64MoveKind
{
    public static bool IsAligned => true;

    public static Access Access => Access.Plain;
}

/// <summary>MOVUPS, MOVDQU, LDDQU.</summary>
internal readonly struct Unaligned : IX64MoveKind
{
    public static bool IsAligned => false;

    public static Access Access => Access.Plain;
}

/// <summary>MOVNTPS, MOVNTDQ, MOVNTDQA.</summary>
internal readonly struct Streaming : IX64MoveKind
{
    public static bool IsAligned => true;

    public static Access Access => Access.NonTemporal;
}

/// <summary>Register to register moves of 16 or 32 bytes.</summary>
internal readonly struct VectorCopy<TForm> : IX64Op
    where TForm : struct, IX64VectorForm
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Vectors.Write(ref core, insn.Reg0, 0, X64Vectors.Read(ref core, insn.Reg1, 0));
        if (TForm.IsVex)
            X64Vectors.Write(ref core, insn.Reg0, 1, TForm.Halves == 2 ? X64Vectors.Read(ref core, insn.Reg1, 1) : default);

        return Flow.Next;
    }
}

/// <summary>MOVUPS, MOVAPS and the like from memory. SDM Vol. 2B, "MOVDQA", "MOVDQU", "MOVUPS".</summary>
internal readonly struct VectorLoad<TKind, TForm> : IX64Op
    where TKind : struct, IX64MoveKind
    where TForm : struct, IX64VectorForm
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        if (TKind.IsAligned && (address & ((16ul * (ulong)TForm.Halves) - 1)) != 0)
            return core.Raise(GuestEventKind.GeneralProtection, address);

        ulong q2 = 0, q3 = 0;
        if (!core.Load128(address, TKind.Access, out ulong q0, out ulong q1)
            || (TForm.Halves == 2 && !core.Load128(address + 16, TKind.Access, out q2, out q3)))
        {
            return Flow.Event;
        }

        X64Vectors.Write(ref core, insn.Reg0, 0, Vector128.Create(q0, q1).AsByte());
        if (TForm.IsVex)
            X64Vectors.Write(ref core, insn.Reg0, 1, Vector128.Create(q2, q3).AsByte());

        return Flow.Next;
    }
}

/// <summary>The same into memory.</summary>
internal readonly struct VectorStore<TKind, TForm> : IX64Op
    where TKind : struct, IX64MoveKind
    where TForm : struct, IX64VectorForm
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = X64Operands.Linear(ref core, insn);
        if (TKind.IsAligned && (address & ((16ul * (ulong)TForm.Halves) - 1)) != 0)
            return core.Raise(GuestEventKind.GeneralProtection, address);

        if (TForm.Halves == 2 && !core.CheckWrite(address, 32))
            return Flow.Event;

        if (!core.Store128(address, TKind.Access, core.Ymm(insn.Reg1, 0), core.Ymm(insn.Reg1, 1))
            || (TForm.Halves == 2 && !core.Store128(address + 16, TKind.Access, core.Ymm(insn.Reg1, 2), core.Ymm(insn.Reg1, 3))))
        {
            return Flow.Event;
        }

        return Flow.Next;
    }
}

/// <summary>MOVD, MOVQ, MOVSS, MOVSD into a vector register from a general register or memory: the rest of it is cleared.</summary>
internal readonly struct ScalarIn<TSize, TForm, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out ulong value))
            return Flow.Event;

        X64Vectors.WriteLow<TCore, TForm>(ref core, insn.Reg0, Vector128.CreateScalar(value).AsByte());
        return Flow.Next;
    }
}

/// <summary>MOVD, MOVQ, MOVSS, MOVSD, MOVLPS, MOVHPS out of a vector register: quadword <typeparamref name="TQuadword"/> of Reg1.</summary>
internal readonly struct ScalarOut<TSize, TQuadword, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TQuadword : struct, IX64Quadword
    where TDst : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong address = TDst.Address(ref core, insn), value = X64Value.Truncate<TSize>(core.Ymm(insn.Reg1, TQuadword.Index));
        return TDst.Write<TCore, TSize>(ref core, insn, address, Access.Plain, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>A quadword of the low half.</summary>
internal interface IX64Quadword
{
    static abstract int Index { get; }
}

/// <summary>Bits 63 to 0.</summary>
internal readonly struct LowQuadword : IX64Quadword
{
    public static int Index => 0;
}

/// <summary>Bits 127 to 64.</summary>
internal readonly struct HighQuadword : IX64Quadword
{
    public static int Index => 1;
}

/// <summary>MOVQ xmm, xmm: the high quadword is cleared.</summary>
internal readonly struct MovqRegister<TForm> : IX64Op
    where TForm : struct, IX64VectorForm
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64Vectors.WriteLow<TCore, TForm>(ref core, insn.Reg0, Vector128.CreateScalar(core.Ymm(insn.Reg1, 0)).AsByte());
        return Flow.Next;
    }
}

/// <summary>MOVLPS, MOVLPD, MOVHPS, MOVHPD from memory: one quadword is replaced.</summary>
internal readonly struct QuadwordIn<TForm, TQuadword> : IX64Op
    where TForm : struct, IX64VectorForm
    where TQuadword : struct, IX64Quadword
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.Load(X64Operands.Linear(ref core, insn), 8, Access.Plain, out ulong value))
            return Flow.Event;

        Vector128<ulong> old = X64Vectors.Read(ref core, TForm.IsVex ? insn.Reg1 : insn.Reg0, 0).AsUInt64();
        X64Vectors.WriteLow<TCore, TForm>(ref core, insn.Reg0, old.WithElement(TQuadword.Index, value).AsByte());
        return Flow.Next;
    }
}

/// <summary>PMOVMSKB. SDM Vol. 2B, "PMOVMSKB—Move Byte Mask".</summary>
internal readonly struct MoveMask<TForm> : IX64Op
    where TForm : struct, IX64VectorForm
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        uint mask = X64Vectors.Read(ref core, insn.Reg1, 0).ExtractMostSignificantBits();
        if (TForm.Halves == 2)
            mask |= X64Vectors.Read(ref core, insn.Reg1, 1).ExtractMostSignificantBits() << 16;

        core.SetGpr(insn.Reg0, mask);
        return Flow.Next;
    }
}

/// <summary>PTEST. SDM Vol. 2B, "PTEST—Logical Compare": ZF if no common bit, CF if the source has none outside.</summary>
internal readonly struct Ptest<TForm, TSrc> : IX64Op
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        Vector128<byte> common = default, outside = default;
        for (int half = 0; half < TForm.Halves; half++)
        {
            if (!TSrc.Read<TCore, TForm>(ref core, insn, half, out Vector128<byte> b))
                return Flow.Event;

            Vector128<byte> a = X64Vectors.Read(ref core, insn.Reg0, half);
            common |= a & b;
            outside |= Vector128.AndNot(b, a);
        }

        core.ArithmeticFlags = (common == default ? X64Flags.Zf : 0) | (outside == default ? X64Flags.Cf : 0);
        return Flow.Next;
    }
}

/// <summary>VZEROUPPER, VZEROALL. SDM Vol. 2C, "VZEROUPPER—Zero Upper Bits of YMM Registers".</summary>
internal readonly struct VectorZero<TFrom> : IX64Op
    where TFrom : struct, IX64Quadword
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        for (int register = 0; register < 16; register++)
        {
            if (TFrom.Index == 0)
                X64Vectors.Write(ref core, register, 0, default);

            X64Vectors.Write(ref core, register, 1, default);
        }

        return Flow.Next;
    }
}

/// <summary>VPBROADCASTB to Q, VBROADCASTSS, VBROADCASTSD. SDM Vol. 2C, "VPBROADCAST".</summary>
internal readonly struct Broadcast<TSize, TForm, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value = core.Ymm(insn.Reg1, 0);
        if (TSrc.IsMemory && !TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out value))
            return Flow.Event;

        Vector128<byte> all = TSize.Bytes switch
        {
            1 => Vector128.Create((byte)value),
            2 => Vector128.Create((ushort)value).AsByte(),
            4 => Vector128.Create((uint)value).AsByte(),
            _ => Vector128.Create(value).AsByte(),
        };
        X64Vectors.Write(ref core, insn.Reg0, 0, all);
        X64Vectors.Write(ref core, insn.Reg0, 1, TForm.Halves == 2 ? all : default);
        return Flow.Next;
    }
}

/// <summary>VBROADCASTI128, VBROADCASTF128.</summary>
internal readonly struct Broadcast128 : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.Load128(X64Operands.Linear(ref core, insn), Access.Plain, out ulong low, out ulong high))
            return Flow.Event;

        Vector128<byte> value = Vector128.Create(low, high).AsByte();
        X64Vectors.Write(ref core, insn.Reg0, 0, value);
        X64Vectors.Write(ref core, insn.Reg0, 1, value);
        return Flow.Next;
    }
}

/// <summary>VINSERTI128, VINSERTF128. SDM Vol. 2C, "VINSERTI128".</summary>
internal readonly struct Insert128<TSrc> : IX64Op
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, Vex128>(ref core, insn, 0, out Vector128<byte> value))
            return Flow.Event;

        int replaced = (int)insn.Imm & 1;
        Vector128<byte> other = X64Vectors.Read(ref core, insn.Reg1, 1 - replaced);
        X64Vectors.Write(ref core, insn.Reg0, replaced, value);
        X64Vectors.Write(ref core, insn.Reg0, 1 - replaced, other);
        return Flow.Next;
    }
}

/// <summary>VEXTRACTI128, VEXTRACTF128 into a register or memory. SDM Vol. 2C, "VEXTRACTI128".</summary>
internal readonly struct Extract128<TDst> : IX64Op
    where TDst : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        Vector128<byte> value = X64Vectors.Read(ref core, insn.Reg1, (int)insn.Imm & 1);
        if (!TDst.IsMemory)
        {
            X64Vectors.WriteLow<TCore, Vex128>(ref core, insn.Reg0, value);
            return Flow.Next;
        }

        Vector128<ulong> quadwords = value.AsUInt64();
        return core.Store128(X64Operands.Linear(ref core, insn), Access.Plain, quadwords[0], quadwords[1]) ? Flow.Next : Flow.Event;
    }
}

/// <summary>VPERM2I128, VPERM2F128: each half is one of the four source halves, or 0. SDM Vol. 2C, "VPERM2I128".</summary>
internal readonly struct Permute128<TSrc> : IX64Op
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, Vex256>(ref core, insn, 0, out Vector128<byte> b0)
            || !TSrc.Read<TCore, Vex256>(ref core, insn, 1, out Vector128<byte> b1))
        {
            return Flow.Event;
        }

        Vector128<byte> a0 = X64Vectors.Read(ref core, insn.Reg1, 0), a1 = X64Vectors.Read(ref core, insn.Reg1, 1);
        X64Vectors.Write(ref core, insn.Reg0, 0, Pick((int)insn.Imm, a0, a1, b0, b1));
        X64Vectors.Write(ref core, insn.Reg0, 1, Pick((int)insn.Imm >> 4, a0, a1, b0, b1));
        return Flow.Next;
    }

    private static Vector128<byte> Pick(int control, Vector128<byte> a0, Vector128<byte> a1, Vector128<byte> b0, Vector128<byte> b1) =>
        (control & 8) != 0 ? default : (control & 3) switch { 0 => a0, 1 => a1, 2 => b0, _ => b1 };
}

/// <summary>VPERMQ, VPERMPD by an immediate. SDM Vol. 2C, "VPERMQ—Qwords Element Permutation".</summary>
internal readonly struct PermuteQuadwords<TSrc> : IX64Op
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, Vex256>(ref core, insn, 0, out Vector128<byte> low)
            || !TSrc.Read<TCore, Vex256>(ref core, insn, 1, out Vector128<byte> high))
        {
            return Flow.Event;
        }

        Vector256<ulong> source = Vector256.Create(low, high).AsUInt64();
        for (int i = 0; i < 4; i++)
            core.SetYmm(insn.Reg0, i, source[(int)(insn.Imm >> (i * 2)) & 3]);

        return Flow.Next;
    }
}

/// <summary>PINSRB to PINSRQ. SDM Vol. 2B, "PINSRB/PINSRD/PINSRQ—Insert Byte/Dword/Qword".</summary>
internal readonly struct InsertElement<TSize, TForm, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value;
        if (TSrc.IsMemory)
        {
            if (!TSrc.Read<TCore, TSize>(ref core, insn, TSrc.Address(ref core, insn), Access.Plain, out value))
                return Flow.Event;
        }
        else
        {
            TSrc.Read<TCore, S64>(ref core, insn, 0, Access.Plain, out value);
        }

        Vector128<byte> vector = X64Vectors.Read(ref core, TForm.IsVex ? insn.Reg1 : insn.Reg0, 0);
        int index = (int)insn.Imm & ((16 / TSize.Bytes) - 1);
        vector = TSize.Bytes switch
        {
            1 => vector.WithElement(index, (byte)value),
            2 => vector.AsUInt16().WithElement(index, (ushort)value).AsByte(),
            4 => vector.AsUInt32().WithElement(index, (uint)value).AsByte(),
            _ => vector.AsUInt64().WithElement(index, value).AsByte(),
        };
        X64Vectors.WriteLow<TCore, TForm>(ref core, insn.Reg0, vector);
        return Flow.Next;
    }
}

/// <summary>PEXTRB to PEXTRQ. SDM Vol. 2B, "PEXTRB/PEXTRD/PEXTRQ—Extract Byte/Dword/Qword".</summary>
internal readonly struct ExtractElement<TSize, TDst> : IX64Op
    where TSize : struct, IX64Size
    where TDst : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        Vector128<byte> vector = X64Vectors.Read(ref core, insn.Reg1, 0);
        int index = (int)insn.Imm & ((16 / TSize.Bytes) - 1);
        ulong value = TSize.Bytes switch
        {
            1 => vector[index],
            2 => vector.AsUInt16()[index],
            4 => vector.AsUInt32()[index],
            _ => vector.AsUInt64()[index],
        };
        if (!TDst.IsMemory)
        {
            core.SetGpr(insn.Reg0, value);
            return Flow.Next;
        }

        return core.Store(TDst.Address(ref core, insn), TSize.Bytes, Access.Plain, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>LDMXCSR. SDM Vol. 2A, "LDMXCSR—Load MXCSR Register".</summary>
internal readonly struct Ldmxcsr : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.Load(X64Operands.Linear(ref core, insn), 4, Access.Plain, out ulong value)
            && core.WriteSystem(X64System.Mxcsr, 0, value)
            ? Flow.Next
            : Flow.Event;
}

/// <summary>STMXCSR. SDM Vol. 2B, "STMXCSR—Store MXCSR Register State".</summary>
internal readonly struct Stmxcsr : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.ReadSystem(X64System.Mxcsr, 0, out ulong value)
            && core.Store(X64Operands.Linear(ref core, insn), 4, Access.Plain, (uint)value)
            ? Flow.Next
            : Flow.Event;
}
