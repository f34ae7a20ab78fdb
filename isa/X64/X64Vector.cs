using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RcuEmu.Isa.X64;

/// <summary>How a vector instruction is encoded: which halves it touches and how many operands it names.</summary>
internal interface IX64VectorForm
{
    /// <summary>1 for 128 bits, 2 for 256.</summary>
    static abstract int Halves { get; }

    /// <summary>VEX: the first source is an operand of its own, and the bits above the result are cleared.</summary>
    static abstract bool IsVex { get; }
}

/// <summary>SSE: the destination is the first source, bits 255 to 128 are kept, and a 16-byte memory operand must be aligned.</summary>
internal readonly struct Sse : IX64VectorForm
{
    public static int Halves => 1;

    public static bool IsVex => false;
}

/// <summary>VEX.128.</summary>
internal readonly struct Vex128 : IX64VectorForm
{
    public static int Halves => 1;

    public static bool IsVex => true;
}

/// <summary>VEX.256.</summary>
internal readonly struct Vex256 : IX64VectorForm
{
    public static int Halves => 2;

    public static bool IsVex => true;
}

/// <summary>The last source of a vector instruction.</summary>
internal interface IX64VectorSource
{
    /// <summary>Reads 128 bits of it. False: an event was raised.</summary>
    static abstract bool Read<TCore, TForm>(ref TCore core, in X64Insn insn, int half, out Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm;
}

/// <summary>A register: the second operand in SSE and in VEX forms with two, the third in VEX forms with three.</summary>
internal readonly struct VectorRegister<TOperand> : IX64VectorSource
    where TOperand : struct, IX64OperandNumber
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TForm>(ref TCore core, in X64Insn insn, int half, out Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm
    {
        value = X64Vectors.Read(ref core, TOperand.Register(insn), half);
        return true;
    }
}

/// <summary>A register whose low 128 bits serve both halves: the count of a shift.</summary>
internal readonly struct VectorCount<TSource> : IX64VectorSource
    where TSource : struct, IX64VectorSource
{
    public static bool Read<TCore, TForm>(ref TCore core, in X64Insn insn, int half, out Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm => TSource.Read<TCore, TForm>(ref core, insn, 0, out value);
}

/// <summary>The immediate, in the low byte: the count of a shift.</summary>
internal readonly struct VectorImm : IX64VectorSource
{
    public static bool Read<TCore, TForm>(ref TCore core, in X64Insn insn, int half, out Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm
    {
        value = Vector128.CreateScalar((ulong)(byte)insn.Imm).AsByte();
        return true;
    }
}

/// <summary>16 or 32 bytes of memory; aligned to 16 in SSE forms.</summary>
internal readonly struct VectorMem : IX64VectorSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Read<TCore, TForm>(ref TCore core, in X64Insn insn, int half, out Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm
    {
        ulong address = X64Operands.Linear(ref core, insn) + ((ulong)half * 16);
        value = default;
        if (!TForm.IsVex && (address & 15) != 0)
        {
            core.Raise(GuestEventKind.GeneralProtection, address);
            return false;
        }

        if (!core.Load128(address, Access.Plain, out ulong low, out ulong high))
            return false;

        value = Vector128.Create(low, high).AsByte();
        return true;
    }
}

/// <summary>One of the register operands.</summary>
internal interface IX64OperandNumber
{
    static abstract int Register(in X64Insn insn);
}

/// <summary>The first operand.</summary>
internal readonly struct Op0 : IX64OperandNumber
{
    public static int Register(in X64Insn insn) => insn.Reg0;
}

/// <summary>The second operand.</summary>
internal readonly struct Op1 : IX64OperandNumber
{
    public static int Register(in X64Insn insn) => insn.Reg1;
}

/// <summary>The third operand.</summary>
internal readonly struct Op2 : IX64OperandNumber
{
    public static int Register(in X64Insn insn) => insn.Reg2;
}

/// <summary>Vector registers by halves.</summary>
internal static class X64Vectors
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Read<TCore>(ref TCore core, int register, int half)
        where TCore : struct, IX64Core, allows ref struct =>
        Vector128.Create(core.Ymm(register, half * 2), core.Ymm(register, (half * 2) + 1)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<TCore>(ref TCore core, int register, int half, Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.SetYmm(register, half * 2, value.AsUInt64().GetElement(0));
        core.SetYmm(register, (half * 2) + 1, value.AsUInt64().GetElement(1));
    }

    /// <summary>Writes the low half and, in VEX forms, clears the high one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteLow<TCore, TForm>(ref TCore core, int register, Vector128<byte> value)
        where TCore : struct, IX64Core, allows ref struct
        where TForm : struct, IX64VectorForm
    {
        Write(ref core, register, 0, value);
        if (TForm.IsVex)
            Write(ref core, register, 1, default);
    }
}

/// <summary>What an instruction does to 128 bits of two sources; 256-bit forms do it to each half.</summary>
internal interface IX64VectorBinary
{
    /// <summary>How many bits of the immediate a half uses; the high half of a 256-bit form takes the next ones.</summary>
    static virtual int ImmBits => 0;

    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b, byte imm);
}

/// <summary>A vector instruction of two sources. Both halves are read before one is written.</summary>
internal readonly struct VectorBinary<TOp, TForm, TSrc> : IX64Op
    where TOp : struct, IX64VectorBinary
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        int first = TForm.IsVex ? insn.Reg1 : insn.Reg0;
        byte imm = (byte)insn.Imm;
        if (!TSrc.Read<TCore, TForm>(ref core, insn, 0, out Vector128<byte> low))
            return Flow.Event;

        Vector128<byte> high = default;
        if (TForm.Halves == 2)
        {
            if (!TSrc.Read<TCore, TForm>(ref core, insn, 1, out high))
                return Flow.Event;

            high = TOp.Apply(X64Vectors.Read(ref core, first, 1), high, (byte)(imm >> TOp.ImmBits));
        }

        X64Vectors.Write(ref core, insn.Reg0, 0, TOp.Apply(X64Vectors.Read(ref core, first, 0), low, imm));
        if (TForm.IsVex)
            X64Vectors.Write(ref core, insn.Reg0, 1, high);

        return Flow.Next;
    }
}

/// <summary>A vector instruction of one source and perhaps an immediate, lane by lane or half by half.</summary>
internal readonly struct VectorUnary<TOp, TForm, TSrc> : IX64Op
    where TOp : struct, IX64VectorBinary
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        byte imm = (byte)insn.Imm;
        if (!TSrc.Read<TCore, TForm>(ref core, insn, 0, out Vector128<byte> low))
            return Flow.Event;

        Vector128<byte> high = default;
        if (TForm.Halves == 2)
        {
            if (!TSrc.Read<TCore, TForm>(ref core, insn, 1, out high))
                return Flow.Event;

            high = TOp.Apply(default, high, imm);
        }

        X64Vectors.Write(ref core, insn.Reg0, 0, TOp.Apply(default, low, imm));
        if (TForm.IsVex)
            X64Vectors.Write(ref core, insn.Reg0, 1, high);

        return Flow.Next;
    }
}

/// <summary>
/// PBLENDVB, BLENDVPS, BLENDVPD. SDM Vol. 2B, "PBLENDVB—Variable Blend Packed Bytes": elements of the last source where the mask's sign bit is
/// set. The mask is XMM0 in SSE forms and the fourth operand in VEX forms.
/// </summary>
internal readonly struct BlendByMask<TSize, TForm, TSrc> : IX64Op
    where TSize : struct, IX64Size
    where TForm : struct, IX64VectorForm
    where TSrc : struct, IX64VectorSource
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!TSrc.Read<TCore, TForm>(ref core, insn, 0, out Vector128<byte> low))
            return Flow.Event;

        Vector128<byte> high = default;
        if (TForm.Halves == 2)
        {
            if (!TSrc.Read<TCore, TForm>(ref core, insn, 1, out high))
                return Flow.Event;

            high = Blend(ref core, insn, 1, high);
        }

        X64Vectors.Write(ref core, insn.Reg0, 0, Blend(ref core, insn, 0, low));
        if (TForm.IsVex)
            X64Vectors.Write(ref core, insn.Reg0, 1, high);

        return Flow.Next;
    }

    private static Vector128<byte> Blend<TCore>(ref TCore core, in X64Insn insn, int half, Vector128<byte> b)
        where TCore : struct, IX64Core, allows ref struct
    {
        Vector128<byte> a = X64Vectors.Read(ref core, TForm.IsVex ? insn.Reg1 : insn.Reg0, half);
        Vector128<byte> mask = X64Vectors.Read(ref core, TForm.IsVex ? (int)insn.Imm : 0, half);
        Vector128<byte> signs = TSize.Bytes switch
        {
            1 => Vector128.LessThan(mask.AsSByte(), default).AsByte(),
            4 => Vector128.LessThan(mask.AsInt32(), default).AsByte(),
            _ => Vector128.LessThan(mask.AsInt64(), default).AsByte(),
        };
        return Vector128.ConditionalSelect(signs, b, a);
    }
}
