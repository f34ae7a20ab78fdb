using System.Collections.Frozen;
using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>The registers that an operand of an instruction form can be.</summary>
internal enum X64RegisterClass : byte
{
    None, Gpr8, Gpr16, Gpr32, Gpr64, Segment, Mm, Xmm, Ymm, K, Cr, Dr, Bnd, St,
}

/// <summary>What may stand at one operand of an instruction form.</summary>
/// <param name="Class">The registers, if it can be one.</param>
/// <param name="Memory">True if it can be memory.</param>
/// <param name="Fixed">The one register that it is.</param>
/// <param name="Immediate">How an immediate is stored; <see cref="OpKind.Register"/> where it is none.</param>
/// <param name="Bytes">The size of an operand that tells the operation's size, or 0.</param>
/// <param name="Branch">The bytes of a relative distance, or 0.</param>
/// <param name="String">How Iced calls memory that a string instruction implies; <see cref="OpKind.Register"/> where it is none.</param>
/// <param name="Name">The SDM's notation, for errors.</param>
internal readonly record struct X64Slot(
    string Name,
    X64RegisterClass Class = X64RegisterClass.None,
    bool Memory = false,
    Register Fixed = Register.None,
    OpKind Immediate = OpKind.Register,
    int Bytes = 0,
    int Branch = 0,
    OpKind String = OpKind.Register)
{
    /// <summary>True for a register of the x87 stack.</summary>
    public bool IsStack => Class == X64RegisterClass.St || Fixed == Register.ST0;
}

/// <summary>Iced's kinds of operands, in terms of what a text can have there. Kinds without a row cannot be assembled.</summary>
internal static class X64SlotTable
{
    private static readonly FrozenDictionary<OpCodeOperandKind, X64Slot> Slots = new Dictionary<OpCodeOperandKind, X64Slot>
    {
        [OpCodeOperandKind.mem] = new("m", Memory: true),
        [OpCodeOperandKind.mem_offs] = new("moffs", Memory: true),
        [OpCodeOperandKind.mem_mib] = new("mib", Memory: true),
        [OpCodeOperandKind.mem_vsib32x] = new("vm32x", Memory: true),
        [OpCodeOperandKind.mem_vsib64x] = new("vm64x", Memory: true),
        [OpCodeOperandKind.mem_vsib32y] = new("vm32y", Memory: true),
        [OpCodeOperandKind.mem_vsib64y] = new("vm64y", Memory: true),
        [OpCodeOperandKind.r8_or_mem] = new("r/m8", X64RegisterClass.Gpr8, Memory: true, Bytes: 1),
        [OpCodeOperandKind.r16_or_mem] = new("r/m16", X64RegisterClass.Gpr16, Memory: true, Bytes: 2),
        [OpCodeOperandKind.r32_or_mem] = new("r/m32", X64RegisterClass.Gpr32, Memory: true, Bytes: 4),
        [OpCodeOperandKind.r64_or_mem] = new("r/m64", X64RegisterClass.Gpr64, Memory: true, Bytes: 8),
        [OpCodeOperandKind.mm_or_mem] = new("mm/m64", X64RegisterClass.Mm, Memory: true),
        [OpCodeOperandKind.xmm_or_mem] = new("xmm/m", X64RegisterClass.Xmm, Memory: true),
        [OpCodeOperandKind.ymm_or_mem] = new("ymm/m", X64RegisterClass.Ymm, Memory: true),
        [OpCodeOperandKind.k_or_mem] = new("k/m", X64RegisterClass.K, Memory: true),
        [OpCodeOperandKind.r8_reg] = new("r8", X64RegisterClass.Gpr8, Bytes: 1),
        [OpCodeOperandKind.r8_opcode] = new("r8", X64RegisterClass.Gpr8, Bytes: 1),
        [OpCodeOperandKind.r16_reg] = new("r16", X64RegisterClass.Gpr16, Bytes: 2),
        [OpCodeOperandKind.r16_rm] = new("r16", X64RegisterClass.Gpr16, Bytes: 2),
        [OpCodeOperandKind.r16_opcode] = new("r16", X64RegisterClass.Gpr16, Bytes: 2),
        [OpCodeOperandKind.r32_reg] = new("r32", X64RegisterClass.Gpr32, Bytes: 4),
        [OpCodeOperandKind.r32_rm] = new("r32", X64RegisterClass.Gpr32, Bytes: 4),
        [OpCodeOperandKind.r32_opcode] = new("r32", X64RegisterClass.Gpr32, Bytes: 4),
        [OpCodeOperandKind.r32_vvvv] = new("r32", X64RegisterClass.Gpr32, Bytes: 4),
        [OpCodeOperandKind.r64_reg] = new("r64", X64RegisterClass.Gpr64, Bytes: 8),
        [OpCodeOperandKind.r64_rm] = new("r64", X64RegisterClass.Gpr64, Bytes: 8),
        [OpCodeOperandKind.r64_opcode] = new("r64", X64RegisterClass.Gpr64, Bytes: 8),
        [OpCodeOperandKind.r64_vvvv] = new("r64", X64RegisterClass.Gpr64, Bytes: 8),
        [OpCodeOperandKind.r16_reg_mem] = new("r16", X64RegisterClass.Gpr16),
        [OpCodeOperandKind.r32_reg_mem] = new("r32", X64RegisterClass.Gpr32),
        [OpCodeOperandKind.r64_reg_mem] = new("r64", X64RegisterClass.Gpr64),
        [OpCodeOperandKind.seg_reg] = new("Sreg", X64RegisterClass.Segment),
        [OpCodeOperandKind.k_reg] = new("k", X64RegisterClass.K),
        [OpCodeOperandKind.k_rm] = new("k", X64RegisterClass.K),
        [OpCodeOperandKind.k_vvvv] = new("k", X64RegisterClass.K),
        [OpCodeOperandKind.mm_reg] = new("mm", X64RegisterClass.Mm),
        [OpCodeOperandKind.mm_rm] = new("mm", X64RegisterClass.Mm),
        [OpCodeOperandKind.xmm_reg] = new("xmm", X64RegisterClass.Xmm),
        [OpCodeOperandKind.xmm_rm] = new("xmm", X64RegisterClass.Xmm),
        [OpCodeOperandKind.xmm_vvvv] = new("xmm", X64RegisterClass.Xmm),
        [OpCodeOperandKind.xmm_is4] = new("xmm", X64RegisterClass.Xmm),
        [OpCodeOperandKind.ymm_reg] = new("ymm", X64RegisterClass.Ymm),
        [OpCodeOperandKind.ymm_rm] = new("ymm", X64RegisterClass.Ymm),
        [OpCodeOperandKind.ymm_vvvv] = new("ymm", X64RegisterClass.Ymm),
        [OpCodeOperandKind.ymm_is4] = new("ymm", X64RegisterClass.Ymm),
        [OpCodeOperandKind.cr_reg] = new("CR", X64RegisterClass.Cr),
        [OpCodeOperandKind.dr_reg] = new("DR", X64RegisterClass.Dr),
        [OpCodeOperandKind.bnd_reg] = new("bnd", X64RegisterClass.Bnd),
        [OpCodeOperandKind.sti_opcode] = new("ST(i)", X64RegisterClass.St),
        [OpCodeOperandKind.es] = new("ES", Fixed: Register.ES),
        [OpCodeOperandKind.cs] = new("CS", Fixed: Register.CS),
        [OpCodeOperandKind.ss] = new("SS", Fixed: Register.SS),
        [OpCodeOperandKind.ds] = new("DS", Fixed: Register.DS),
        [OpCodeOperandKind.fs] = new("FS", Fixed: Register.FS),
        [OpCodeOperandKind.gs] = new("GS", Fixed: Register.GS),
        [OpCodeOperandKind.al] = new("AL", Fixed: Register.AL, Bytes: 1),
        [OpCodeOperandKind.cl] = new("CL", Fixed: Register.CL),
        [OpCodeOperandKind.ax] = new("AX", Fixed: Register.AX, Bytes: 2),
        [OpCodeOperandKind.dx] = new("DX", Fixed: Register.DX),
        [OpCodeOperandKind.eax] = new("EAX", Fixed: Register.EAX, Bytes: 4),
        [OpCodeOperandKind.rax] = new("RAX", Fixed: Register.RAX, Bytes: 8),
        [OpCodeOperandKind.st0] = new("ST(0)", Fixed: Register.ST0),
        [OpCodeOperandKind.imm8] = new("imm8", Immediate: OpKind.Immediate8),
        [OpCodeOperandKind.imm8_const_1] = new("1", Immediate: OpKind.Immediate8),
        [OpCodeOperandKind.imm8sex16] = new("imm8", Immediate: OpKind.Immediate8to16, Bytes: 2),
        [OpCodeOperandKind.imm8sex32] = new("imm8", Immediate: OpKind.Immediate8to32, Bytes: 4),
        [OpCodeOperandKind.imm8sex64] = new("imm8", Immediate: OpKind.Immediate8to64, Bytes: 8),
        [OpCodeOperandKind.imm16] = new("imm16", Immediate: OpKind.Immediate16),
        [OpCodeOperandKind.imm32] = new("imm32", Immediate: OpKind.Immediate32),
        [OpCodeOperandKind.imm32sex64] = new("imm32", Immediate: OpKind.Immediate32to64, Bytes: 8),
        [OpCodeOperandKind.imm64] = new("imm64", Immediate: OpKind.Immediate64),
        [OpCodeOperandKind.br64_1] = new("rel8", Branch: 1),
        [OpCodeOperandKind.br64_4] = new("rel32", Branch: 4),
        [OpCodeOperandKind.xbegin_4] = new("rel32", Branch: 4),
        [OpCodeOperandKind.seg_rSI] = new("[rsi]", Memory: true, String: OpKind.MemorySegRSI),
        [OpCodeOperandKind.es_rDI] = new("es:[rdi]", Memory: true, String: OpKind.MemoryESRDI),
        [OpCodeOperandKind.seg_rDI] = new("[rdi]", Memory: true, String: OpKind.MemorySegRDI),
        [OpCodeOperandKind.seg_rBX_al] = new("[rbx+al]", Memory: true, String: OpKind.Memory),
    }.ToFrozenDictionary();

    /// <summary>What may stand at an operand of this kind, or null: the assembler does not have such forms.</summary>
    public static X64Slot? Find(OpCodeOperandKind kind) => Slots.TryGetValue(kind, out X64Slot slot) ? slot : null;

    /// <summary>True if <paramref name="register"/> belongs to a class.</summary>
    public static bool Has(X64RegisterClass registers, Register register) => registers switch
    {
        X64RegisterClass.Gpr8 => register.IsGPR8(),
        X64RegisterClass.Gpr16 => register.IsGPR16(),
        X64RegisterClass.Gpr32 => register.IsGPR32(),
        X64RegisterClass.Gpr64 => register.IsGPR64(),
        X64RegisterClass.Segment => register.IsSegmentRegister(),
        X64RegisterClass.Mm => register.IsMM(),
        X64RegisterClass.Xmm => register.IsXMM(),
        X64RegisterClass.Ymm => register.IsYMM(),
        X64RegisterClass.K => register.IsK(),
        X64RegisterClass.Cr => register.IsCR(),
        X64RegisterClass.Dr => register.IsDR(),
        X64RegisterClass.Bnd => register.IsBND(),
        X64RegisterClass.St => register.IsST(),
        _ => false,
    };
}
