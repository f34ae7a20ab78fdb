using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Shifts and rotates.</summary>
internal static class X64TableShift
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // SHL
        new(Code.Shl_rm8_1,     s => Shift<Shl, S8, Imm>(s)),
        new(Code.Shl_rm16_1,    s => Shift<Shl, S16, Imm>(s)),
        new(Code.Shl_rm32_1,    s => Shift<Shl, S32, Imm>(s)),
        new(Code.Shl_rm64_1,    s => Shift<Shl, S64, Imm>(s)),
        new(Code.Shl_rm8_imm8,  s => Shift<Shl, S8, Imm>(s)),
        new(Code.Shl_rm16_imm8, s => Shift<Shl, S16, Imm>(s)),
        new(Code.Shl_rm32_imm8, s => Shift<Shl, S32, Imm>(s)),
        new(Code.Shl_rm64_imm8, s => Shift<Shl, S64, Imm>(s)),
        new(Code.Shl_rm8_CL,    s => Shift<Shl, S8, Reg1>(s)),
        new(Code.Shl_rm16_CL,   s => Shift<Shl, S16, Reg1>(s)),
        new(Code.Shl_rm32_CL,   s => Shift<Shl, S32, Reg1>(s)),
        new(Code.Shl_rm64_CL,   s => Shift<Shl, S64, Reg1>(s)),

        // SAL (opcode extension 6, the same as SHL)
        new(Code.Sal_rm8_1,     s => Shift<Shl, S8, Imm>(s)),
        new(Code.Sal_rm16_1,    s => Shift<Shl, S16, Imm>(s)),
        new(Code.Sal_rm32_1,    s => Shift<Shl, S32, Imm>(s)),
        new(Code.Sal_rm64_1,    s => Shift<Shl, S64, Imm>(s)),
        new(Code.Sal_rm8_imm8,  s => Shift<Shl, S8, Imm>(s)),
        new(Code.Sal_rm16_imm8, s => Shift<Shl, S16, Imm>(s)),
        new(Code.Sal_rm32_imm8, s => Shift<Shl, S32, Imm>(s)),
        new(Code.Sal_rm64_imm8, s => Shift<Shl, S64, Imm>(s)),
        new(Code.Sal_rm8_CL,    s => Shift<Shl, S8, Reg1>(s)),
        new(Code.Sal_rm16_CL,   s => Shift<Shl, S16, Reg1>(s)),
        new(Code.Sal_rm32_CL,   s => Shift<Shl, S32, Reg1>(s)),
        new(Code.Sal_rm64_CL,   s => Shift<Shl, S64, Reg1>(s)),

        // SHR
        new(Code.Shr_rm8_1,     s => Shift<Shr, S8, Imm>(s)),
        new(Code.Shr_rm16_1,    s => Shift<Shr, S16, Imm>(s)),
        new(Code.Shr_rm32_1,    s => Shift<Shr, S32, Imm>(s)),
        new(Code.Shr_rm64_1,    s => Shift<Shr, S64, Imm>(s)),
        new(Code.Shr_rm8_imm8,  s => Shift<Shr, S8, Imm>(s)),
        new(Code.Shr_rm16_imm8, s => Shift<Shr, S16, Imm>(s)),
        new(Code.Shr_rm32_imm8, s => Shift<Shr, S32, Imm>(s)),
        new(Code.Shr_rm64_imm8, s => Shift<Shr, S64, Imm>(s)),
        new(Code.Shr_rm8_CL,    s => Shift<Shr, S8, Reg1>(s)),
        new(Code.Shr_rm16_CL,   s => Shift<Shr, S16, Reg1>(s)),
        new(Code.Shr_rm32_CL,   s => Shift<Shr, S32, Reg1>(s)),
        new(Code.Shr_rm64_CL,   s => Shift<Shr, S64, Reg1>(s)),

        // SAR
        new(Code.Sar_rm8_1,     s => Shift<Sar, S8, Imm>(s)),
        new(Code.Sar_rm16_1,    s => Shift<Sar, S16, Imm>(s)),
        new(Code.Sar_rm32_1,    s => Shift<Sar, S32, Imm>(s)),
        new(Code.Sar_rm64_1,    s => Shift<Sar, S64, Imm>(s)),
        new(Code.Sar_rm8_imm8,  s => Shift<Sar, S8, Imm>(s)),
        new(Code.Sar_rm16_imm8, s => Shift<Sar, S16, Imm>(s)),
        new(Code.Sar_rm32_imm8, s => Shift<Sar, S32, Imm>(s)),
        new(Code.Sar_rm64_imm8, s => Shift<Sar, S64, Imm>(s)),
        new(Code.Sar_rm8_CL,    s => Shift<Sar, S8, Reg1>(s)),
        new(Code.Sar_rm16_CL,   s => Shift<Sar, S16, Reg1>(s)),
        new(Code.Sar_rm32_CL,   s => Shift<Sar, S32, Reg1>(s)),
        new(Code.Sar_rm64_CL,   s => Shift<Sar, S64, Reg1>(s)),
    ];

    private static X64Operation Shift<TOp, TSize, TCount>(X64Shape shape)
        where TOp : struct, IX64Shift
        where TSize : struct, IX64Size
        where TCount : struct, IX64Operand =>
        shape == X64Shape.Register ? Of<Shift<TOp, TSize, Reg0, TCount>>() : Of<Shift<TOp, TSize, Mem, TCount>>();
}
