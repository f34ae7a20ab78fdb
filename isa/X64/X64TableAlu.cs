using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>ADD to CMP, TEST, INC, DEC, NEG, NOT: SDM Vol. 2, Appendix A, opcodes 00 to 3D, 80 to 85, A8, F6, FE.</summary>
internal static class X64TableAlu
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // ADD
        new(Code.Add_rm8_r8,     s => RmReg<Add, S8>(s)),
        new(Code.Add_rm16_r16,   s => RmReg<Add, S16>(s)),
        new(Code.Add_rm32_r32,   s => RmReg<Add, S32>(s)),
        new(Code.Add_rm64_r64,   s => RmReg<Add, S64>(s)),
        new(Code.Add_r8_rm8,     s => RegRm<Add, S8>(s)),
        new(Code.Add_r16_rm16,   s => RegRm<Add, S16>(s)),
        new(Code.Add_r32_rm32,   s => RegRm<Add, S32>(s)),
        new(Code.Add_r64_rm64,   s => RegRm<Add, S64>(s)),
        new(Code.Add_AL_imm8,    _ => Of<Alu<Add, S8, Reg0, Imm>>()),
        new(Code.Add_AX_imm16,   _ => Of<Alu<Add, S16, Reg0, Imm>>()),
        new(Code.Add_EAX_imm32,  _ => Of<Alu<Add, S32, Reg0, Imm>>()),
        new(Code.Add_RAX_imm32,  _ => Of<Alu<Add, S64, Reg0, Imm>>()),
        new(Code.Add_rm8_imm8,   s => RmImm<Add, S8>(s)),
        new(Code.Add_rm16_imm16, s => RmImm<Add, S16>(s)),
        new(Code.Add_rm32_imm32, s => RmImm<Add, S32>(s)),
        new(Code.Add_rm64_imm32, s => RmImm<Add, S64>(s)),
        new(Code.Add_rm16_imm8,  s => RmImm<Add, S16>(s)),
        new(Code.Add_rm32_imm8,  s => RmImm<Add, S32>(s)),
        new(Code.Add_rm64_imm8,  s => RmImm<Add, S64>(s)),

        // OR
        new(Code.Or_rm8_r8,     s => RmReg<Or, S8>(s)),
        new(Code.Or_rm16_r16,   s => RmReg<Or, S16>(s)),
        new(Code.Or_rm32_r32,   s => RmReg<Or, S32>(s)),
        new(Code.Or_rm64_r64,   s => RmReg<Or, S64>(s)),
        new(Code.Or_r8_rm8,     s => RegRm<Or, S8>(s)),
        new(Code.Or_r16_rm16,   s => RegRm<Or, S16>(s)),
        new(Code.Or_r32_rm32,   s => RegRm<Or, S32>(s)),
        new(Code.Or_r64_rm64,   s => RegRm<Or, S64>(s)),
        new(Code.Or_AL_imm8,    _ => Of<Alu<Or, S8, Reg0, Imm>>()),
        new(Code.Or_AX_imm16,   _ => Of<Alu<Or, S16, Reg0, Imm>>()),
        new(Code.Or_EAX_imm32,  _ => Of<Alu<Or, S32, Reg0, Imm>>()),
        new(Code.Or_RAX_imm32,  _ => Of<Alu<Or, S64, Reg0, Imm>>()),
        new(Code.Or_rm8_imm8,   s => RmImm<Or, S8>(s)),
        new(Code.Or_rm16_imm16, s => RmImm<Or, S16>(s)),
        new(Code.Or_rm32_imm32, s => RmImm<Or, S32>(s)),
        new(Code.Or_rm64_imm32, s => RmImm<Or, S64>(s)),
        new(Code.Or_rm16_imm8,  s => RmImm<Or, S16>(s)),
        new(Code.Or_rm32_imm8,  s => RmImm<Or, S32>(s)),
        new(Code.Or_rm64_imm8,  s => RmImm<Or, S64>(s)),

        // ADC
        new(Code.Adc_rm8_r8,     s => RmReg<Adc, S8>(s)),
        new(Code.Adc_rm16_r16,   s => RmReg<Adc, S16>(s)),
        new(Code.Adc_rm32_r32,   s => RmReg<Adc, S32>(s)),
        new(Code.Adc_rm64_r64,   s => RmReg<Adc, S64>(s)),
        new(Code.Adc_r8_rm8,     s => RegRm<Adc, S8>(s)),
        new(Code.Adc_r16_rm16,   s => RegRm<Adc, S16>(s)),
        new(Code.Adc_r32_rm32,   s => RegRm<Adc, S32>(s)),
        new(Code.Adc_r64_rm64,   s => RegRm<Adc, S64>(s)),
        new(Code.Adc_AL_imm8,    _ => Of<Alu<Adc, S8, Reg0, Imm>>()),
        new(Code.Adc_AX_imm16,   _ => Of<Alu<Adc, S16, Reg0, Imm>>()),
        new(Code.Adc_EAX_imm32,  _ => Of<Alu<Adc, S32, Reg0, Imm>>()),
        new(Code.Adc_RAX_imm32,  _ => Of<Alu<Adc, S64, Reg0, Imm>>()),
        new(Code.Adc_rm8_imm8,   s => RmImm<Adc, S8>(s)),
        new(Code.Adc_rm16_imm16, s => RmImm<Adc, S16>(s)),
        new(Code.Adc_rm32_imm32, s => RmImm<Adc, S32>(s)),
        new(Code.Adc_rm64_imm32, s => RmImm<Adc, S64>(s)),
        new(Code.Adc_rm16_imm8,  s => RmImm<Adc, S16>(s)),
        new(Code.Adc_rm32_imm8,  s => RmImm<Adc, S32>(s)),
        new(Code.Adc_rm64_imm8,  s => RmImm<Adc, S64>(s)),

        // SBB
        new(Code.Sbb_rm8_r8,     s => RmReg<Sbb, S8>(s)),
        new(Code.Sbb_rm16_r16,   s => RmReg<Sbb, S16>(s)),
        new(Code.Sbb_rm32_r32,   s => RmReg<Sbb, S32>(s)),
        new(Code.Sbb_rm64_r64,   s => RmReg<Sbb, S64>(s)),
        new(Code.Sbb_r8_rm8,     s => RegRm<Sbb, S8>(s)),
        new(Code.Sbb_r16_rm16,   s => RegRm<Sbb, S16>(s)),
        new(Code.Sbb_r32_rm32,   s => RegRm<Sbb, S32>(s)),
        new(Code.Sbb_r64_rm64,   s => RegRm<Sbb, S64>(s)),
        new(Code.Sbb_AL_imm8,    _ => Of<Alu<Sbb, S8, Reg0, Imm>>()),
        new(Code.Sbb_AX_imm16,   _ => Of<Alu<Sbb, S16, Reg0, Imm>>()),
        new(Code.Sbb_EAX_imm32,  _ => Of<Alu<Sbb, S32, Reg0, Imm>>()),
        new(Code.Sbb_RAX_imm32,  _ => Of<Alu<Sbb, S64, Reg0, Imm>>()),
        new(Code.Sbb_rm8_imm8,   s => RmImm<Sbb, S8>(s)),
        new(Code.Sbb_rm16_imm16, s => RmImm<Sbb, S16>(s)),
        new(Code.Sbb_rm32_imm32, s => RmImm<Sbb, S32>(s)),
        new(Code.Sbb_rm64_imm32, s => RmImm<Sbb, S64>(s)),
        new(Code.Sbb_rm16_imm8,  s => RmImm<Sbb, S16>(s)),
        new(Code.Sbb_rm32_imm8,  s => RmImm<Sbb, S32>(s)),
        new(Code.Sbb_rm64_imm8,  s => RmImm<Sbb, S64>(s)),

        // AND
        new(Code.And_rm8_r8,     s => RmReg<And, S8>(s)),
        new(Code.And_rm16_r16,   s => RmReg<And, S16>(s)),
        new(Code.And_rm32_r32,   s => RmReg<And, S32>(s)),
        new(Code.And_rm64_r64,   s => RmReg<And, S64>(s)),
        new(Code.And_r8_rm8,     s => RegRm<And, S8>(s)),
        new(Code.And_r16_rm16,   s => RegRm<And, S16>(s)),
        new(Code.And_r32_rm32,   s => RegRm<And, S32>(s)),
        new(Code.And_r64_rm64,   s => RegRm<And, S64>(s)),
        new(Code.And_AL_imm8,    _ => Of<Alu<And, S8, Reg0, Imm>>()),
        new(Code.And_AX_imm16,   _ => Of<Alu<And, S16, Reg0, Imm>>()),
        new(Code.And_EAX_imm32,  _ => Of<Alu<And, S32, Reg0, Imm>>()),
        new(Code.And_RAX_imm32,  _ => Of<Alu<And, S64, Reg0, Imm>>()),
        new(Code.And_rm8_imm8,   s => RmImm<And, S8>(s)),
        new(Code.And_rm16_imm16, s => RmImm<And, S16>(s)),
        new(Code.And_rm32_imm32, s => RmImm<And, S32>(s)),
        new(Code.And_rm64_imm32, s => RmImm<And, S64>(s)),
        new(Code.And_rm16_imm8,  s => RmImm<And, S16>(s)),
        new(Code.And_rm32_imm8,  s => RmImm<And, S32>(s)),
        new(Code.And_rm64_imm8,  s => RmImm<And, S64>(s)),

        // SUB
        new(Code.Sub_rm8_r8,     s => RmReg<Sub, S8>(s)),
        new(Code.Sub_rm16_r16,   s => RmReg<Sub, S16>(s)),
        new(Code.Sub_rm32_r32,   s => RmReg<Sub, S32>(s)),
        new(Code.Sub_rm64_r64,   s => RmReg<Sub, S64>(s)),
        new(Code.Sub_r8_rm8,     s => RegRm<Sub, S8>(s)),
        new(Code.Sub_r16_rm16,   s => RegRm<Sub, S16>(s)),
        new(Code.Sub_r32_rm32,   s => RegRm<Sub, S32>(s)),
        new(Code.Sub_r64_rm64,   s => RegRm<Sub, S64>(s)),
        new(Code.Sub_AL_imm8,    _ => Of<Alu<Sub, S8, Reg0, Imm>>()),
        new(Code.Sub_AX_imm16,   _ => Of<Alu<Sub, S16, Reg0, Imm>>()),
        new(Code.Sub_EAX_imm32,  _ => Of<Alu<Sub, S32, Reg0, Imm>>()),
        new(Code.Sub_RAX_imm32,  _ => Of<Alu<Sub, S64, Reg0, Imm>>()),
        new(Code.Sub_rm8_imm8,   s => RmImm<Sub, S8>(s)),
        new(Code.Sub_rm16_imm16, s => RmImm<Sub, S16>(s)),
        new(Code.Sub_rm32_imm32, s => RmImm<Sub, S32>(s)),
        new(Code.Sub_rm64_imm32, s => RmImm<Sub, S64>(s)),
        new(Code.Sub_rm16_imm8,  s => RmImm<Sub, S16>(s)),
        new(Code.Sub_rm32_imm8,  s => RmImm<Sub, S32>(s)),
        new(Code.Sub_rm64_imm8,  s => RmImm<Sub, S64>(s)),

        // XOR
        new(Code.Xor_rm8_r8,     s => RmReg<Xor, S8>(s)),
        new(Code.Xor_rm16_r16,   s => RmReg<Xor, S16>(s)),
        new(Code.Xor_rm32_r32,   s => RmReg<Xor, S32>(s)),
        new(Code.Xor_rm64_r64,   s => RmReg<Xor, S64>(s)),
        new(Code.Xor_r8_rm8,     s => RegRm<Xor, S8>(s)),
        new(Code.Xor_r16_rm16,   s => RegRm<Xor, S16>(s)),
        new(Code.Xor_r32_rm32,   s => RegRm<Xor, S32>(s)),
        new(Code.Xor_r64_rm64,   s => RegRm<Xor, S64>(s)),
        new(Code.Xor_AL_imm8,    _ => Of<Alu<Xor, S8, Reg0, Imm>>()),
        new(Code.Xor_AX_imm16,   _ => Of<Alu<Xor, S16, Reg0, Imm>>()),
        new(Code.Xor_EAX_imm32,  _ => Of<Alu<Xor, S32, Reg0, Imm>>()),
        new(Code.Xor_RAX_imm32,  _ => Of<Alu<Xor, S64, Reg0, Imm>>()),
        new(Code.Xor_rm8_imm8,   s => RmImm<Xor, S8>(s)),
        new(Code.Xor_rm16_imm16, s => RmImm<Xor, S16>(s)),
        new(Code.Xor_rm32_imm32, s => RmImm<Xor, S32>(s)),
        new(Code.Xor_rm64_imm32, s => RmImm<Xor, S64>(s)),
        new(Code.Xor_rm16_imm8,  s => RmImm<Xor, S16>(s)),
        new(Code.Xor_rm32_imm8,  s => RmImm<Xor, S32>(s)),
        new(Code.Xor_rm64_imm8,  s => RmImm<Xor, S64>(s)),

        // CMP
        new(Code.Cmp_rm8_r8,     s => RmReg<Cmp, S8>(s)),
        new(Code.Cmp_rm16_r16,   s => RmReg<Cmp, S16>(s)),
        new(Code.Cmp_rm32_r32,   s => RmReg<Cmp, S32>(s)),
        new(Code.Cmp_rm64_r64,   s => RmReg<Cmp, S64>(s)),
        new(Code.Cmp_r8_rm8,     s => RegRm<Cmp, S8>(s)),
        new(Code.Cmp_r16_rm16,   s => RegRm<Cmp, S16>(s)),
        new(Code.Cmp_r32_rm32,   s => RegRm<Cmp, S32>(s)),
        new(Code.Cmp_r64_rm64,   s => RegRm<Cmp, S64>(s)),
        new(Code.Cmp_AL_imm8,    _ => Of<Alu<Cmp, S8, Reg0, Imm>>()),
        new(Code.Cmp_AX_imm16,   _ => Of<Alu<Cmp, S16, Reg0, Imm>>()),
        new(Code.Cmp_EAX_imm32,  _ => Of<Alu<Cmp, S32, Reg0, Imm>>()),
        new(Code.Cmp_RAX_imm32,  _ => Of<Alu<Cmp, S64, Reg0, Imm>>()),
        new(Code.Cmp_rm8_imm8,   s => RmImm<Cmp, S8>(s)),
        new(Code.Cmp_rm16_imm16, s => RmImm<Cmp, S16>(s)),
        new(Code.Cmp_rm32_imm32, s => RmImm<Cmp, S32>(s)),
        new(Code.Cmp_rm64_imm32, s => RmImm<Cmp, S64>(s)),
        new(Code.Cmp_rm16_imm8,  s => RmImm<Cmp, S16>(s)),
        new(Code.Cmp_rm32_imm8,  s => RmImm<Cmp, S32>(s)),
        new(Code.Cmp_rm64_imm8,  s => RmImm<Cmp, S64>(s)),

        // TEST
        new(Code.Test_rm8_r8,          s => RmReg<Test, S8>(s)),
        new(Code.Test_rm16_r16,        s => RmReg<Test, S16>(s)),
        new(Code.Test_rm32_r32,        s => RmReg<Test, S32>(s)),
        new(Code.Test_rm64_r64,        s => RmReg<Test, S64>(s)),
        new(Code.Test_AL_imm8,         _ => Of<Alu<Test, S8, Reg0, Imm>>()),
        new(Code.Test_AX_imm16,        _ => Of<Alu<Test, S16, Reg0, Imm>>()),
        new(Code.Test_EAX_imm32,       _ => Of<Alu<Test, S32, Reg0, Imm>>()),
        new(Code.Test_RAX_imm32,       _ => Of<Alu<Test, S64, Reg0, Imm>>()),
        new(Code.Test_rm8_imm8,        s => RmImm<Test, S8>(s)),
        new(Code.Test_rm16_imm16,      s => RmImm<Test, S16>(s)),
        new(Code.Test_rm32_imm32,      s => RmImm<Test, S32>(s)),
        new(Code.Test_rm64_imm32,      s => RmImm<Test, S64>(s)),
        new(Code.Test_rm8_imm8_F6r1,   s => RmImm<Test, S8>(s)),
        new(Code.Test_rm16_imm16_F7r1, s => RmImm<Test, S16>(s)),
        new(Code.Test_rm32_imm32_F7r1, s => RmImm<Test, S32>(s)),
        new(Code.Test_rm64_imm32_F7r1, s => RmImm<Test, S64>(s)),

        // INC
        new(Code.Inc_rm8,  s => Rm<Inc, S8>(s)),
        new(Code.Inc_rm16, s => Rm<Inc, S16>(s)),
        new(Code.Inc_rm32, s => Rm<Inc, S32>(s)),
        new(Code.Inc_rm64, s => Rm<Inc, S64>(s)),

        // DEC
        new(Code.Dec_rm8,  s => Rm<Dec, S8>(s)),
        new(Code.Dec_rm16, s => Rm<Dec, S16>(s)),
        new(Code.Dec_rm32, s => Rm<Dec, S32>(s)),
        new(Code.Dec_rm64, s => Rm<Dec, S64>(s)),

        // NEG
        new(Code.Neg_rm8,  s => Rm<Neg, S8>(s)),
        new(Code.Neg_rm16, s => Rm<Neg, S16>(s)),
        new(Code.Neg_rm32, s => Rm<Neg, S32>(s)),
        new(Code.Neg_rm64, s => Rm<Neg, S64>(s)),

        // NOT
        new(Code.Not_rm8,  s => Rm<Not, S8>(s)),
        new(Code.Not_rm16, s => Rm<Not, S16>(s)),
        new(Code.Not_rm32, s => Rm<Not, S32>(s)),
        new(Code.Not_rm64, s => Rm<Not, S64>(s)),
    ];

    private static X64Operation RmReg<TOp, TSize>(X64Shape shape)
        where TOp : struct, IX64Binary
        where TSize : struct, IX64Size => shape switch
        {
            X64Shape.Register => Of<Alu<TOp, TSize, Reg0, Reg1>>(),
            X64Shape.Based => Of<Alu<TOp, TSize, Based, Reg1>>(),
            _ => Of<Alu<TOp, TSize, Mem, Reg1>>(),
        };

    private static X64Operation RegRm<TOp, TSize>(X64Shape shape)
        where TOp : struct, IX64Binary
        where TSize : struct, IX64Size => shape switch
        {
            X64Shape.Register => Of<Alu<TOp, TSize, Reg0, Reg1>>(),
            X64Shape.Based => Of<Alu<TOp, TSize, Reg0, Based>>(),
            _ => Of<Alu<TOp, TSize, Reg0, Mem>>(),
        };

    private static X64Operation RmImm<TOp, TSize>(X64Shape shape)
        where TOp : struct, IX64Binary
        where TSize : struct, IX64Size => shape switch
        {
            X64Shape.Register => Of<Alu<TOp, TSize, Reg0, Imm>>(),
            X64Shape.Based => Of<Alu<TOp, TSize, Based, Imm>>(),
            _ => Of<Alu<TOp, TSize, Mem, Imm>>(),
        };

    private static X64Operation Rm<TOp, TSize>(X64Shape shape)
        where TOp : struct, IX64Unary
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Unary<TOp, TSize, Reg0>>() : Of<Unary<TOp, TSize, Mem>>();
}
