using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Multiplication, division, CRC32, and the exchanges that compare or add.</summary>
internal static class X64TableArithmetic
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // MUL, IMUL, DIV, IDIV of the accumulator
        new(Code.Mul_rm8,   s => s == X64Shape.Register ? Of<Mul<S8, Reg0>>() : Of<Mul<S8, Mem>>()),
        new(Code.Mul_rm16,  s => s == X64Shape.Register ? Of<Mul<S16, Reg0>>() : Of<Mul<S16, Mem>>()),
        new(Code.Mul_rm32,  s => s == X64Shape.Register ? Of<Mul<S32, Reg0>>() : Of<Mul<S32, Mem>>()),
        new(Code.Mul_rm64,  s => s == X64Shape.Register ? Of<Mul<S64, Reg0>>() : Of<Mul<S64, Mem>>()),
        new(Code.Imul_rm8,  s => s == X64Shape.Register ? Of<ImulDouble<S8, Reg0>>() : Of<ImulDouble<S8, Mem>>()),
        new(Code.Imul_rm16, s => s == X64Shape.Register ? Of<ImulDouble<S16, Reg0>>() : Of<ImulDouble<S16, Mem>>()),
        new(Code.Imul_rm32, s => s == X64Shape.Register ? Of<ImulDouble<S32, Reg0>>() : Of<ImulDouble<S32, Mem>>()),
        new(Code.Imul_rm64, s => s == X64Shape.Register ? Of<ImulDouble<S64, Reg0>>() : Of<ImulDouble<S64, Mem>>()),
        new(Code.Div_rm8,   s => s == X64Shape.Register ? Of<Div<S8, Reg0>>() : Of<Div<S8, Mem>>()),
        new(Code.Div_rm16,  s => s == X64Shape.Register ? Of<Div<S16, Reg0>>() : Of<Div<S16, Mem>>()),
        new(Code.Div_rm32,  s => s == X64Shape.Register ? Of<Div<S32, Reg0>>() : Of<Div<S32, Mem>>()),
        new(Code.Div_rm64,  s => s == X64Shape.Register ? Of<Div<S64, Reg0>>() : Of<Div<S64, Mem>>()),
        new(Code.Idiv_rm8,  s => s == X64Shape.Register ? Of<Idiv<S8, Reg0>>() : Of<Idiv<S8, Mem>>()),
        new(Code.Idiv_rm16, s => s == X64Shape.Register ? Of<Idiv<S16, Reg0>>() : Of<Idiv<S16, Mem>>()),
        new(Code.Idiv_rm32, s => s == X64Shape.Register ? Of<Idiv<S32, Reg0>>() : Of<Idiv<S32, Mem>>()),
        new(Code.Idiv_rm64, s => s == X64Shape.Register ? Of<Idiv<S64, Reg0>>() : Of<Idiv<S64, Mem>>()),

        // IMUL with two and three operands
        new(Code.Imul_r16_rm16,       s => s == X64Shape.Register ? Of<Imul<S16, Reg0, Reg1>>() : Of<Imul<S16, Reg0, Mem>>()),
        new(Code.Imul_r16_rm16_imm16, s => s == X64Shape.Register ? Of<Imul<S16, Reg1, Imm>>() : Of<Imul<S16, Mem, Imm>>()),
        new(Code.Imul_r16_rm16_imm8,  s => s == X64Shape.Register ? Of<Imul<S16, Reg1, Imm>>() : Of<Imul<S16, Mem, Imm>>()),
        new(Code.Imul_r32_rm32,       s => s == X64Shape.Register ? Of<Imul<S32, Reg0, Reg1>>() : Of<Imul<S32, Reg0, Mem>>()),
        new(Code.Imul_r32_rm32_imm32, s => s == X64Shape.Register ? Of<Imul<S32, Reg1, Imm>>() : Of<Imul<S32, Mem, Imm>>()),
        new(Code.Imul_r32_rm32_imm8,  s => s == X64Shape.Register ? Of<Imul<S32, Reg1, Imm>>() : Of<Imul<S32, Mem, Imm>>()),
        new(Code.Imul_r64_rm64,       s => s == X64Shape.Register ? Of<Imul<S64, Reg0, Reg1>>() : Of<Imul<S64, Reg0, Mem>>()),
        new(Code.Imul_r64_rm64_imm32, s => s == X64Shape.Register ? Of<Imul<S64, Reg1, Imm>>() : Of<Imul<S64, Mem, Imm>>()),
        new(Code.Imul_r64_rm64_imm8,  s => s == X64Shape.Register ? Of<Imul<S64, Reg1, Imm>>() : Of<Imul<S64, Mem, Imm>>()),

        // MULX, ADCX, ADOX
        new(Code.VEX_Mulx_r32_r32_rm32, s => s == X64Shape.Register ? Of<Mulx<S32, Reg2>>() : Of<Mulx<S32, Mem>>()),
        new(Code.VEX_Mulx_r64_r64_rm64, s => s == X64Shape.Register ? Of<Mulx<S64, Reg2>>() : Of<Mulx<S64, Mem>>()),
        new(Code.Adcx_r32_rm32,         s => s == X64Shape.Register ? Of<AddThrough<ThroughCf, S32, Reg1>>() : Of<AddThrough<ThroughCf, S32, Mem>>()),
        new(Code.Adcx_r64_rm64,         s => s == X64Shape.Register ? Of<AddThrough<ThroughCf, S64, Reg1>>() : Of<AddThrough<ThroughCf, S64, Mem>>()),
        new(Code.Adox_r32_rm32,         s => s == X64Shape.Register ? Of<AddThrough<ThroughOf, S32, Reg1>>() : Of<AddThrough<ThroughOf, S32, Mem>>()),
        new(Code.Adox_r64_rm64,         s => s == X64Shape.Register ? Of<AddThrough<ThroughOf, S64, Reg1>>() : Of<AddThrough<ThroughOf, S64, Mem>>()),

        // CRC32
        new(Code.Crc32_r32_rm8,  s => s == X64Shape.Register ? Of<Crc32<S8, Reg1>>() : Of<Crc32<S8, Mem>>()),
        new(Code.Crc32_r64_rm8,  s => s == X64Shape.Register ? Of<Crc32<S8, Reg1>>() : Of<Crc32<S8, Mem>>()),
        new(Code.Crc32_r32_rm16, s => s == X64Shape.Register ? Of<Crc32<S16, Reg1>>() : Of<Crc32<S16, Mem>>()),
        new(Code.Crc32_r32_rm32, s => s == X64Shape.Register ? Of<Crc32<S32, Reg1>>() : Of<Crc32<S32, Mem>>()),
        new(Code.Crc32_r64_rm64, s => s == X64Shape.Register ? Of<Crc32<S64, Reg1>>() : Of<Crc32<S64, Mem>>()),

        // CMPXCHG, XADD
        new(Code.Cmpxchg_rm8_r8,   s => s == X64Shape.Register ? Of<Cmpxchg<S8, Reg0>>() : Of<Cmpxchg<S8, Mem>>()),
        new(Code.Cmpxchg_rm16_r16, s => s == X64Shape.Register ? Of<Cmpxchg<S16, Reg0>>() : Of<Cmpxchg<S16, Mem>>()),
        new(Code.Cmpxchg_rm32_r32, s => s == X64Shape.Register ? Of<Cmpxchg<S32, Reg0>>() : Of<Cmpxchg<S32, Mem>>()),
        new(Code.Cmpxchg_rm64_r64, s => s == X64Shape.Register ? Of<Cmpxchg<S64, Reg0>>() : Of<Cmpxchg<S64, Mem>>()),
        new(Code.Xadd_rm8_r8,      s => s == X64Shape.Register ? Of<Xadd<S8, Reg0>>() : Of<Xadd<S8, Mem>>()),
        new(Code.Xadd_rm16_r16,    s => s == X64Shape.Register ? Of<Xadd<S16, Reg0>>() : Of<Xadd<S16, Mem>>()),
        new(Code.Xadd_rm32_r32,    s => s == X64Shape.Register ? Of<Xadd<S32, Reg0>>() : Of<Xadd<S32, Mem>>()),
        new(Code.Xadd_rm64_r64,    s => s == X64Shape.Register ? Of<Xadd<S64, Reg0>>() : Of<Xadd<S64, Mem>>()),
        new(Code.Cmpxchg8b_m64,    _ => Of<Cmpxchg8b>()),
        new(Code.Cmpxchg16b_m128,  _ => Of<Cmpxchg16b>()),
    ];
}
