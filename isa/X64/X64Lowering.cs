using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Takes Iced's instruction apart into the fields of <see cref="X64Insn"/>.</summary>
internal static class X64Lowering
{
    private static readonly byte[] Numbers = RegisterNumbers();

    /// <summary>The fields of an instruction, and what its operands are.</summary>
    public static X64Shape Lower(in Instruction iced, out X64Insn insn)
    {
        insn = new X64Insn
        {
            Base = X64Insn.None,
            Index = X64Insn.None,
            Length = (byte)iced.Length,
            Code = (ushort)iced.Code,
            Prefixes = Prefixes(iced),
            Condition = iced.ConditionCode == ConditionCode.None ? (byte)0 : (byte)(iced.ConditionCode - ConditionCode.o),
        };

        X64Shape shape = X64Shape.Register;
        for (int i = 0; i < iced.OpCount; i++)
        {
            if (LowerOperand(iced, i, ref insn))
                shape = Shape(insn);
        }

        if (iced.Code is Code.Enterq_imm16_imm8 or Code.Enterw_imm16_imm8)
            insn.Imm = iced.Immediate16 | ((long)iced.Immediate8_2nd << 16);

        return shape;
    }

    /// <summary>The number of a register in <see cref="X64Insn"/>: its place in its class; AH, CH, DH, BH are 16 to 19.</summary>
    public static byte Number(Register register) => Numbers[(int)register];

    private static X64Shape Shape(in X64Insn insn) =>
        insn.Base < 16 && insn.Index == X64Insn.None && insn.Segment == 0 && (insn.Prefixes & X64Insn.Address32) == 0
            ? X64Shape.Based
            : X64Shape.Memory;

    /// <summary>True for a memory operand with a ModRM or moffs address.</summary>
    private static bool LowerOperand(in Instruction iced, int operand, ref X64Insn insn)
    {
        OpKind kind = iced.GetOpKind(operand);
        switch (kind)
        {
            case OpKind.Register:
                SetRegister(ref insn, operand, Number(iced.GetOpRegister(operand)));
                return false;
            case OpKind.Memory:
                LowerMemory(iced, ref insn);
                return true;
            case OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64:
                insn.Displacement = (long)(iced.NearBranchTarget - iced.NextIP);
                return false;
            case >= OpKind.MemorySegSI and <= OpKind.MemoryESRDI:
                LowerString(iced, kind, ref insn);
                return false;
            case >= OpKind.Immediate8 and <= OpKind.Immediate32to64:
                insn.Imm = (long)iced.GetImmediate(operand);
                return false;
            default:
                return false;
        }
    }

    private static void SetRegister(ref X64Insn insn, int operand, byte number)
    {
        if (operand == 0)
            insn.Reg0 = number;
        else if (operand == 1)
            insn.Reg1 = number;
        else if (operand == 2)
            insn.Reg2 = number;
        else
            insn.Imm = number; // the fourth register operand of VBLENDV
    }

    private static void LowerMemory(in Instruction iced, ref X64Insn insn)
    {
        Register @base = iced.MemoryBase, index = iced.MemoryIndex;
        insn.Displacement = (long)iced.MemoryDisplacement64;
        if (@base is Register.RIP or Register.EIP)
        {
            insn.Base = X64Insn.RipBase;
            insn.Displacement = (long)((ulong)insn.Displacement - iced.NextIP);
        }
        else if (@base != Register.None)
        {
            insn.Base = Number(@base);
        }

        if (index != Register.None)
            insn.Index = Number(index);

        insn.Scale = (byte)System.Numerics.BitOperations.Log2((uint)iced.MemoryIndexScale);
        if (@base.IsGPR32() || index.IsGPR32() || @base == Register.EIP || iced.MemoryDisplSize == 4 && IsAbsolute32(iced))
            insn.Prefixes |= X64Insn.Address32;

        insn.Segment = Segment(iced);
    }

    /// <summary>An address without registers: 32 bits that Iced has sign-extended unless there is an address size prefix.</summary>
    private static bool IsAbsolute32(in Instruction iced) =>
        iced.MemoryBase == Register.None && iced.MemoryIndex == Register.None;

    private static void LowerString(in Instruction iced, OpKind kind, ref X64Insn insn)
    {
        if (kind is OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI)
            insn.Prefixes |= X64Insn.Address32;

        insn.Segment = Segment(iced);
    }

    private static byte Segment(in Instruction iced) => iced.SegmentPrefix switch
    {
        Register.FS => 4,
        Register.GS => 5,
        _ => 0,
    };

    private static byte Prefixes(in Instruction iced)
    {
        int prefixes = 0;
        if (iced.HasLockPrefix || (iced.Mnemonic == Mnemonic.Xchg && iced.Op0Kind == OpKind.Memory))
            prefixes |= X64Insn.Lock;

        if (iced.HasRepPrefix)
            prefixes |= X64Insn.Rep;

        if (iced.HasRepnePrefix)
            prefixes |= X64Insn.Repne;

        return (byte)prefixes;
    }

    private static byte[] RegisterNumbers()
    {
        byte[] numbers = new byte[256];
        for (Register register = Register.AL; register <= Register.BL; register++)
            numbers[(int)register] = (byte)(register - Register.AL);

        for (Register register = Register.AH; register <= Register.BH; register++)
            numbers[(int)register] = (byte)(16 + (register - Register.AH));

        for (Register register = Register.SPL; register <= Register.R15L; register++)
            numbers[(int)register] = (byte)(4 + (register - Register.SPL));

        for (Register register = Register.AX; register <= Register.TMM7; register++)
            numbers[(int)register] = (byte)register.GetNumber();

        return numbers;
    }
}
