using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Bit tests, scans, counts and fields.</summary>
internal static class X64TableBit
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // BT
        new(Code.Bt_rm16_r16,  s => BitTest<Bt, S16, Reg1>(s)),
        new(Code.Bt_rm32_r32,  s => BitTest<Bt, S32, Reg1>(s)),
        new(Code.Bt_rm64_r64,  s => BitTest<Bt, S64, Reg1>(s)),
        new(Code.Bt_rm16_imm8, s => BitTest<Bt, S16, Imm>(s)),
        new(Code.Bt_rm32_imm8, s => BitTest<Bt, S32, Imm>(s)),
        new(Code.Bt_rm64_imm8, s => BitTest<Bt, S64, Imm>(s)),

        // BTS
        new(Code.Bts_rm16_r16,  s => BitTest<Bts, S16, Reg1>(s)),
        new(Code.Bts_rm32_r32,  s => BitTest<Bts, S32, Reg1>(s)),
        new(Code.Bts_rm64_r64,  s => BitTest<Bts, S64, Reg1>(s)),
        new(Code.Bts_rm16_imm8, s => BitTest<Bts, S16, Imm>(s)),
        new(Code.Bts_rm32_imm8, s => BitTest<Bts, S32, Imm>(s)),
        new(Code.Bts_rm64_imm8, s => BitTest<Bts, S64, Imm>(s)),

        // BTR
        new(Code.Btr_rm16_r16,  s => BitTest<Btr, S16, Reg1>(s)),
        new(Code.Btr_rm32_r32,  s => BitTest<Btr, S32, Reg1>(s)),
        new(Code.Btr_rm64_r64,  s => BitTest<Btr, S64, Reg1>(s)),
        new(Code.Btr_rm16_imm8, s => BitTest<Btr, S16, Imm>(s)),
        new(Code.Btr_rm32_imm8, s => BitTest<Btr, S32, Imm>(s)),
        new(Code.Btr_rm64_imm8, s => BitTest<Btr, S64, Imm>(s)),

        // BTC
        new(Code.Btc_rm16_r16,  s => BitTest<Btc, S16, Reg1>(s)),
        new(Code.Btc_rm32_r32,  s => BitTest<Btc, S32, Reg1>(s)),
        new(Code.Btc_rm64_r64,  s => BitTest<Btc, S64, Reg1>(s)),
        new(Code.Btc_rm16_imm8, s => BitTest<Btc, S16, Imm>(s)),
        new(Code.Btc_rm32_imm8, s => BitTest<Btc, S32, Imm>(s)),
        new(Code.Btc_rm64_imm8, s => BitTest<Btc, S64, Imm>(s)),

        // Scans and counts
        new(Code.Bsf_r16_rm16,    s => BitScan<Lowest, S16>(s)),
        new(Code.Bsf_r32_rm32,    s => BitScan<Lowest, S32>(s)),
        new(Code.Bsf_r64_rm64,    s => BitScan<Lowest, S64>(s)),
        new(Code.Bsr_r16_rm16,    s => BitScan<Highest, S16>(s)),
        new(Code.Bsr_r32_rm32,    s => BitScan<Highest, S32>(s)),
        new(Code.Bsr_r64_rm64,    s => BitScan<Highest, S64>(s)),
        new(Code.Tzcnt_r16_rm16,  s => Count<Tzcnt, S16>(s)),
        new(Code.Tzcnt_r32_rm32,  s => Count<Tzcnt, S32>(s)),
        new(Code.Tzcnt_r64_rm64,  s => Count<Tzcnt, S64>(s)),
        new(Code.Lzcnt_r16_rm16,  s => Count<Lzcnt, S16>(s)),
        new(Code.Lzcnt_r32_rm32,  s => Count<Lzcnt, S32>(s)),
        new(Code.Lzcnt_r64_rm64,  s => Count<Lzcnt, S64>(s)),
        new(Code.Popcnt_r16_rm16, s => Count<Popcnt, S16>(s)),
        new(Code.Popcnt_r32_rm32, s => Count<Popcnt, S32>(s)),
        new(Code.Popcnt_r64_rm64, s => Count<Popcnt, S64>(s)),

        // BMI1 and BMI2
        new(Code.VEX_Andn_r32_r32_rm32,  s => s == X64Shape.Register ? Of<Bmi<Andn, S32, Reg0, Reg1, Reg2>>() : Of<Bmi<Andn, S32, Reg0, Reg1, Mem>>()),
        new(Code.VEX_Andn_r64_r64_rm64,  s => s == X64Shape.Register ? Of<Bmi<Andn, S64, Reg0, Reg1, Reg2>>() : Of<Bmi<Andn, S64, Reg0, Reg1, Mem>>()),
        new(Code.VEX_Blsr_r32_rm32,      s => s == X64Shape.Register ? Of<Bmi<Blsr, S32, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsr, S32, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Blsr_r64_rm64,      s => s == X64Shape.Register ? Of<Bmi<Blsr, S64, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsr, S64, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Blsmsk_r32_rm32,    s => s == X64Shape.Register ? Of<Bmi<Blsmsk, S32, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsmsk, S32, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Blsmsk_r64_rm64,    s => s == X64Shape.Register ? Of<Bmi<Blsmsk, S64, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsmsk, S64, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Blsi_r32_rm32,      s => s == X64Shape.Register ? Of<Bmi<Blsi, S32, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsi, S32, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Blsi_r64_rm64,      s => s == X64Shape.Register ? Of<Bmi<Blsi, S64, Reg0, Reg1, Reg1>>() : Of<Bmi<Blsi, S64, Reg0, Reg0, Mem>>()),
        new(Code.VEX_Bzhi_r32_rm32_r32,  s => s == X64Shape.Register ? Of<Bmi<Bzhi, S32, Reg0, Reg2, Reg1>>() : Of<Bmi<Bzhi, S32, Reg0, Reg2, Mem>>()),
        new(Code.VEX_Bzhi_r64_rm64_r64,  s => s == X64Shape.Register ? Of<Bmi<Bzhi, S64, Reg0, Reg2, Reg1>>() : Of<Bmi<Bzhi, S64, Reg0, Reg2, Mem>>()),
        new(Code.VEX_Bextr_r32_rm32_r32, s => s == X64Shape.Register ? Of<Bmi<Bextr, S32, Reg0, Reg2, Reg1>>() : Of<Bmi<Bextr, S32, Reg0, Reg2, Mem>>()),
        new(Code.VEX_Bextr_r64_rm64_r64, s => s == X64Shape.Register ? Of<Bmi<Bextr, S64, Reg0, Reg2, Reg1>>() : Of<Bmi<Bextr, S64, Reg0, Reg2, Mem>>()),
        new(Code.VEX_Pext_r32_r32_rm32,  s => s == X64Shape.Register ? Of<Flagless<Pext, S32, Reg1, Reg2>>() : Of<Flagless<Pext, S32, Reg1, Mem>>()),
        new(Code.VEX_Pext_r64_r64_rm64,  s => s == X64Shape.Register ? Of<Flagless<Pext, S64, Reg1, Reg2>>() : Of<Flagless<Pext, S64, Reg1, Mem>>()),
        new(Code.VEX_Pdep_r32_r32_rm32,  s => s == X64Shape.Register ? Of<Flagless<Pdep, S32, Reg1, Reg2>>() : Of<Flagless<Pdep, S32, Reg1, Mem>>()),
        new(Code.VEX_Pdep_r64_r64_rm64,  s => s == X64Shape.Register ? Of<Flagless<Pdep, S64, Reg1, Reg2>>() : Of<Flagless<Pdep, S64, Reg1, Mem>>()),
    ];

    private static X64Operation BitTest<TOp, TSize, TOffset>(X64Shape shape)
        where TOp : struct, IX64BitOp
        where TSize : struct, IX64Size
        where TOffset : struct, IX64Operand =>
        shape == X64Shape.Register ? Of<BitTest<TOp, TSize, Reg0, TOffset>>() : Of<BitTest<TOp, TSize, Mem, TOffset>>();

    private static X64Operation BitScan<TScan, TSize>(X64Shape shape)
        where TScan : struct, IX64Scan
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<BitScan<TScan, TSize, Reg1>>() : Of<BitScan<TScan, TSize, Mem>>();

    private static X64Operation Count<TCount, TSize>(X64Shape shape)
        where TCount : struct, IX64Count
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Count<TCount, TSize, Reg1>>() : Of<Count<TCount, TSize, Mem>>();
}
