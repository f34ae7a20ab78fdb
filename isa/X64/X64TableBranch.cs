using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Near branches. Left out: branches with 16-bit operand size, which only AMD processors have in 64-bit mode, and far ones.</summary>
internal static class X64TableBranch
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // JMP, CALL, RET
        new(Code.Jmp_rel8_64,   _ => Of<JumpRelative>()),
        new(Code.Jmp_rel32_64,  _ => Of<JumpRelative>()),
        new(Code.Jmp_rm64,      s => s == X64Shape.Register ? Of<JumpIndirect<Reg0>>() : Of<JumpIndirect<Mem>>()),
        new(Code.Call_rel32_64, _ => Of<CallRelative>()),
        new(Code.Call_rm64,     s => s == X64Shape.Register ? Of<CallIndirect<Reg0>>() : Of<CallIndirect<Mem>>()),
        new(Code.Retnq,         _ => Of<Return>()),
        new(Code.Retnq_imm16,   _ => Of<Return>()),

        // Jcc
        new(Code.Jo_rel8_64,   _ => Of<JumpIf<IfO>>()),
        new(Code.Jo_rel32_64,  _ => Of<JumpIf<IfO>>()),
        new(Code.Jno_rel8_64,  _ => Of<JumpIf<IfNo>>()),
        new(Code.Jno_rel32_64, _ => Of<JumpIf<IfNo>>()),
        new(Code.Jb_rel8_64,   _ => Of<JumpIf<IfB>>()),
        new(Code.Jb_rel32_64,  _ => Of<JumpIf<IfB>>()),
        new(Code.Jae_rel8_64,  _ => Of<JumpIf<IfAe>>()),
        new(Code.Jae_rel32_64, _ => Of<JumpIf<IfAe>>()),
        new(Code.Je_rel8_64,   _ => Of<JumpIf<IfE>>()),
        new(Code.Je_rel32_64,  _ => Of<JumpIf<IfE>>()),
        new(Code.Jne_rel8_64,  _ => Of<JumpIf<IfNe>>()),
        new(Code.Jne_rel32_64, _ => Of<JumpIf<IfNe>>()),
        new(Code.Jbe_rel8_64,  _ => Of<JumpIf<IfBe>>()),
        new(Code.Jbe_rel32_64, _ => Of<JumpIf<IfBe>>()),
        new(Code.Ja_rel8_64,   _ => Of<JumpIf<IfA>>()),
        new(Code.Ja_rel32_64,  _ => Of<JumpIf<IfA>>()),
        new(Code.Js_rel8_64,   _ => Of<JumpIf<IfS>>()),
        new(Code.Js_rel32_64,  _ => Of<JumpIf<IfS>>()),
        new(Code.Jns_rel8_64,  _ => Of<JumpIf<IfNs>>()),
        new(Code.Jns_rel32_64, _ => Of<JumpIf<IfNs>>()),
        new(Code.Jp_rel8_64,   _ => Of<JumpIf<IfP>>()),
        new(Code.Jp_rel32_64,  _ => Of<JumpIf<IfP>>()),
        new(Code.Jnp_rel8_64,  _ => Of<JumpIf<IfNp>>()),
        new(Code.Jnp_rel32_64, _ => Of<JumpIf<IfNp>>()),
        new(Code.Jl_rel8_64,   _ => Of<JumpIf<IfL>>()),
        new(Code.Jl_rel32_64,  _ => Of<JumpIf<IfL>>()),
        new(Code.Jge_rel8_64,  _ => Of<JumpIf<IfGe>>()),
        new(Code.Jge_rel32_64, _ => Of<JumpIf<IfGe>>()),
        new(Code.Jle_rel8_64,  _ => Of<JumpIf<IfLe>>()),
        new(Code.Jle_rel32_64, _ => Of<JumpIf<IfLe>>()),
        new(Code.Jg_rel8_64,   _ => Of<JumpIf<IfG>>()),
        new(Code.Jg_rel32_64,  _ => Of<JumpIf<IfG>>()),

        // JRCXZ, LOOP
        new(Code.Jecxz_rel8_64,      _ => Of<JumpIfCounterZero<S32>>()),
        new(Code.Jrcxz_rel8_64,      _ => Of<JumpIfCounterZero<S64>>()),
        new(Code.Loop_rel8_64_ECX,   _ => Of<Loop<LoopAlways, S32>>()),
        new(Code.Loop_rel8_64_RCX,   _ => Of<Loop<LoopAlways, S64>>()),
        new(Code.Loope_rel8_64_ECX,  _ => Of<Loop<LoopWhileEqual, S32>>()),
        new(Code.Loope_rel8_64_RCX,  _ => Of<Loop<LoopWhileEqual, S64>>()),
        new(Code.Loopne_rel8_64_ECX, _ => Of<Loop<LoopWhileNotEqual, S32>>()),
        new(Code.Loopne_rel8_64_RCX, _ => Of<Loop<LoopWhileNotEqual, S64>>()),
    ];
}
