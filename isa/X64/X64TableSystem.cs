using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Events, hints and system instructions.</summary>
internal static class X64TableSystem
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // Events
        new(Code.Int3,         _ => Of<Int3>()),
        new(Code.Int1,         _ => Of<Int1>()),
        new(Code.Int_imm8,     _ => Of<IntN>()),
        new(Code.Ud2,          _ => Of<UndefinedInstruction>()),
        new(Code.Ud1_r16_rm16, _ => Of<UndefinedInstruction>()),
        new(Code.Ud1_r32_rm32, _ => Of<UndefinedInstruction>()),
        new(Code.Ud1_r64_rm64, _ => Of<UndefinedInstruction>()),
        new(Code.Ud0_r16_rm16, _ => Of<UndefinedInstruction>()),
        new(Code.Ud0_r32_rm32, _ => Of<UndefinedInstruction>()),
        new(Code.Ud0_r64_rm64, _ => Of<UndefinedInstruction>()),
        new(Code.Hlt,          _ => Of<Hlt>()),
        new(Code.Vmcall,       _ => Of<Vmcall>()),
        new(Code.Vmmcall,      _ => Of<Vmcall>()),
        new(Code.Syscall,      _ => Of<Syscall>()),

        // Hints
        new(Code.Nopw,     _ => Of<Nop>()),
        new(Code.Nopd,     _ => Of<Nop>()),
        new(Code.Nopq,     _ => Of<Nop>()),
        new(Code.Nop_rm16, _ => Of<Nop>()),
        new(Code.Nop_rm32, _ => Of<Nop>()),
        new(Code.Nop_rm64, _ => Of<Nop>()),
        new(Code.Endbr64,  _ => Of<Nop>()),
        new(Code.Endbr32,  _ => Of<Nop>()),
        new(Code.Pause,    _ => Of<Nop>()),
    ];
}
