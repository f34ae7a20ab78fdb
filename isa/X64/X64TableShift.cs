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

        // ROL
        new(Code.Rol_rm8_1,     s => Rotate<Rol, S8, Imm>(s)),
        new(Code.Rol_rm16_1,    s => Rotate<Rol, S16, Imm>(s)),
        new(Code.Rol_rm32_1,    s => Rotate<Rol, S32, Imm>(s)),
        new(Code.Rol_rm64_1,    s => Rotate<Rol, S64, Imm>(s)),
        new(Code.Rol_rm8_imm8,  s => Rotate<Rol, S8, Imm>(s)),
        new(Code.Rol_rm16_imm8, s => Rotate<Rol, S16, Imm>(s)),
        new(Code.Rol_rm32_imm8, s => Rotate<Rol, S32, Imm>(s)),
        new(Code.Rol_rm64_imm8, s => Rotate<Rol, S64, Imm>(s)),
        new(Code.Rol_rm8_CL,    s => Rotate<Rol, S8, Reg1>(s)),
        new(Code.Rol_rm16_CL,   s => Rotate<Rol, S16, Reg1>(s)),
        new(Code.Rol_rm32_CL,   s => Rotate<Rol, S32, Reg1>(s)),
        new(Code.Rol_rm64_CL,   s => Rotate<Rol, S64, Reg1>(s)),

        // ROR
        new(Code.Ror_rm8_1,     s => Rotate<Ror, S8, Imm>(s)),
        new(Code.Ror_rm16_1,    s => Rotate<Ror, S16, Imm>(s)),
        new(Code.Ror_rm32_1,    s => Rotate<Ror, S32, Imm>(s)),
        new(Code.Ror_rm64_1,    s => Rotate<Ror, S64, Imm>(s)),
        new(Code.Ror_rm8_imm8,  s => Rotate<Ror, S8, Imm>(s)),
        new(Code.Ror_rm16_imm8, s => Rotate<Ror, S16, Imm>(s)),
        new(Code.Ror_rm32_imm8, s => Rotate<Ror, S32, Imm>(s)),
        new(Code.Ror_rm64_imm8, s => Rotate<Ror, S64, Imm>(s)),
        new(Code.Ror_rm8_CL,    s => Rotate<Ror, S8, Reg1>(s)),
        new(Code.Ror_rm16_CL,   s => Rotate<Ror, S16, Reg1>(s)),
        new(Code.Ror_rm32_CL,   s => Rotate<Ror, S32, Reg1>(s)),
        new(Code.Ror_rm64_CL,   s => Rotate<Ror, S64, Reg1>(s)),

        // RCL
        new(Code.Rcl_rm8_1,     s => Rotate<Rcl, S8, Imm>(s)),
        new(Code.Rcl_rm16_1,    s => Rotate<Rcl, S16, Imm>(s)),
        new(Code.Rcl_rm32_1,    s => Rotate<Rcl, S32, Imm>(s)),
        new(Code.Rcl_rm64_1,    s => Rotate<Rcl, S64, Imm>(s)),
        new(Code.Rcl_rm8_imm8,  s => Rotate<Rcl, S8, Imm>(s)),
        new(Code.Rcl_rm16_imm8, s => Rotate<Rcl, S16, Imm>(s)),
        new(Code.Rcl_rm32_imm8, s => Rotate<Rcl, S32, Imm>(s)),
        new(Code.Rcl_rm64_imm8, s => Rotate<Rcl, S64, Imm>(s)),
        new(Code.Rcl_rm8_CL,    s => Rotate<Rcl, S8, Reg1>(s)),
        new(Code.Rcl_rm16_CL,   s => Rotate<Rcl, S16, Reg1>(s)),
        new(Code.Rcl_rm32_CL,   s => Rotate<Rcl, S32, Reg1>(s)),
        new(Code.Rcl_rm64_CL,   s => Rotate<Rcl, S64, Reg1>(s)),

        // RCR
        new(Code.Rcr_rm8_1,     s => Rotate<Rcr, S8, Imm>(s)),
        new(Code.Rcr_rm16_1,    s => Rotate<Rcr, S16, Imm>(s)),
        new(Code.Rcr_rm32_1,    s => Rotate<Rcr, S32, Imm>(s)),
        new(Code.Rcr_rm64_1,    s => Rotate<Rcr, S64, Imm>(s)),
        new(Code.Rcr_rm8_imm8,  s => Rotate<Rcr, S8, Imm>(s)),
        new(Code.Rcr_rm16_imm8, s => Rotate<Rcr, S16, Imm>(s)),
        new(Code.Rcr_rm32_imm8, s => Rotate<Rcr, S32, Imm>(s)),
        new(Code.Rcr_rm64_imm8, s => Rotate<Rcr, S64, Imm>(s)),
        new(Code.Rcr_rm8_CL,    s => Rotate<Rcr, S8, Reg1>(s)),
        new(Code.Rcr_rm16_CL,   s => Rotate<Rcr, S16, Reg1>(s)),
        new(Code.Rcr_rm32_CL,   s => Rotate<Rcr, S32, Reg1>(s)),
        new(Code.Rcr_rm64_CL,   s => Rotate<Rcr, S64, Reg1>(s)),

        // SHLD
        new(Code.Shld_rm16_r16_imm8, s => DoubleShift<ToTheLeft, S16, Imm>(s)),
        new(Code.Shld_rm32_r32_imm8, s => DoubleShift<ToTheLeft, S32, Imm>(s)),
        new(Code.Shld_rm64_r64_imm8, s => DoubleShift<ToTheLeft, S64, Imm>(s)),
        new(Code.Shld_rm16_r16_CL,   s => DoubleShift<ToTheLeft, S16, Reg2>(s)),
        new(Code.Shld_rm32_r32_CL,   s => DoubleShift<ToTheLeft, S32, Reg2>(s)),
        new(Code.Shld_rm64_r64_CL,   s => DoubleShift<ToTheLeft, S64, Reg2>(s)),

        // SHRD
        new(Code.Shrd_rm16_r16_imm8, s => DoubleShift<ToTheRight, S16, Imm>(s)),
        new(Code.Shrd_rm32_r32_imm8, s => DoubleShift<ToTheRight, S32, Imm>(s)),
        new(Code.Shrd_rm64_r64_imm8, s => DoubleShift<ToTheRight, S64, Imm>(s)),
        new(Code.Shrd_rm16_r16_CL,   s => DoubleShift<ToTheRight, S16, Reg2>(s)),
        new(Code.Shrd_rm32_r32_CL,   s => DoubleShift<ToTheRight, S32, Reg2>(s)),
        new(Code.Shrd_rm64_r64_CL,   s => DoubleShift<ToTheRight, S64, Reg2>(s)),

        // BMI2
        new(Code.VEX_Shlx_r32_rm32_r32,  s => Flagless<Shlx, S32, Reg2>(s)),
        new(Code.VEX_Shlx_r64_rm64_r64,  s => Flagless<Shlx, S64, Reg2>(s)),
        new(Code.VEX_Shrx_r32_rm32_r32,  s => Flagless<Shrx, S32, Reg2>(s)),
        new(Code.VEX_Shrx_r64_rm64_r64,  s => Flagless<Shrx, S64, Reg2>(s)),
        new(Code.VEX_Sarx_r32_rm32_r32,  s => Flagless<Sarx, S32, Reg2>(s)),
        new(Code.VEX_Sarx_r64_rm64_r64,  s => Flagless<Sarx, S64, Reg2>(s)),
        new(Code.VEX_Rorx_r32_rm32_imm8, s => Flagless<Rorx, S32, Imm>(s)),
        new(Code.VEX_Rorx_r64_rm64_imm8, s => Flagless<Rorx, S64, Imm>(s)),
    ];

    private static X64Operation Shift<TOp, TSize, TCount>(X64Shape shape)
        where TOp : struct, IX64Shift
        where TSize : struct, IX64Size
        where TCount : struct, IX64Operand =>
        shape == X64Shape.Register ? Of<Shift<TOp, TSize, Reg0, TCount>>() : Of<Shift<TOp, TSize, Mem, TCount>>();

    private static X64Operation Rotate<TOp, TSize, TCount>(X64Shape shape)
        where TOp : struct, IX64Rotate
        where TSize : struct, IX64Size
        where TCount : struct, IX64Operand =>
        shape == X64Shape.Register ? Of<Rotate<TOp, TSize, Reg0, TCount>>() : Of<Rotate<TOp, TSize, Mem, TCount>>();

    private static X64Operation DoubleShift<TDirection, TSize, TCount>(X64Shape shape)
        where TDirection : struct, IX64Direction
        where TSize : struct, IX64Size
        where TCount : struct, IX64Operand =>
        shape == X64Shape.Register
            ? Of<DoubleShift<TDirection, TSize, Reg0, TCount>>()
            : Of<DoubleShift<TDirection, TSize, Mem, TCount>>();

    private static X64Operation Flagless<TOp, TSize, TRight>(X64Shape shape)
        where TOp : struct, IX64Flagless
        where TSize : struct, IX64Size
        where TRight : struct, IX64Operand =>
        shape == X64Shape.Register ? Of<Flagless<TOp, TSize, Reg1, TRight>>() : Of<Flagless<TOp, TSize, Mem, TRight>>();
}
