using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>Moves, the stack, CMOVcc and SETcc.</summary>
internal static class X64TableMove
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // MOV
        new(Code.Mov_rm8_r8,      s => Store<S8, Reg1>(s)),
        new(Code.Mov_rm16_r16,    s => Store<S16, Reg1>(s)),
        new(Code.Mov_rm32_r32,    s => Store<S32, Reg1>(s)),
        new(Code.Mov_rm64_r64,    s => Store<S64, Reg1>(s)),
        new(Code.Mov_r8_rm8,      s => Load<S8>(s)),
        new(Code.Mov_r16_rm16,    s => Load<S16>(s)),
        new(Code.Mov_r32_rm32,    s => Load<S32>(s)),
        new(Code.Mov_r64_rm64,    s => Load<S64>(s)),
        new(Code.Mov_rm8_imm8,    s => Store<S8, Imm>(s)),
        new(Code.Mov_rm16_imm16,  s => Store<S16, Imm>(s)),
        new(Code.Mov_rm32_imm32,  s => Store<S32, Imm>(s)),
        new(Code.Mov_rm64_imm32,  s => Store<S64, Imm>(s)),
        new(Code.Mov_r8_imm8,     _ => Of<Mov<S8, Reg0, Imm>>()),
        new(Code.Mov_r16_imm16,   _ => Of<Mov<S16, Reg0, Imm>>()),
        new(Code.Mov_r32_imm32,   _ => Of<Mov<S32, Reg0, Imm>>()),
        new(Code.Mov_r64_imm64,   _ => Of<Mov<S64, Reg0, Imm>>()),
        new(Code.Mov_AL_moffs8,   _ => Of<Mov<S8, Reg0, Mem>>()),
        new(Code.Mov_AX_moffs16,  _ => Of<Mov<S16, Reg0, Mem>>()),
        new(Code.Mov_EAX_moffs32, _ => Of<Mov<S32, Reg0, Mem>>()),
        new(Code.Mov_RAX_moffs64, _ => Of<Mov<S64, Reg0, Mem>>()),
        new(Code.Mov_moffs8_AL,   _ => Of<Mov<S8, Mem, Reg1>>()),
        new(Code.Mov_moffs16_AX,  _ => Of<Mov<S16, Mem, Reg1>>()),
        new(Code.Mov_moffs32_EAX, _ => Of<Mov<S32, Mem, Reg1>>()),
        new(Code.Mov_moffs64_RAX, _ => Of<Mov<S64, Mem, Reg1>>()),

        // MOVZX, MOVSX, MOVSXD
        new(Code.Movzx_r16_rm8,   s => Movzx<S16, S8>(s)),
        new(Code.Movzx_r32_rm8,   s => Movzx<S32, S8>(s)),
        new(Code.Movzx_r64_rm8,   s => Movzx<S64, S8>(s)),
        new(Code.Movzx_r16_rm16,  s => Movzx<S16, S16>(s)),
        new(Code.Movzx_r32_rm16,  s => Movzx<S32, S16>(s)),
        new(Code.Movzx_r64_rm16,  s => Movzx<S64, S16>(s)),
        new(Code.Movsx_r16_rm8,   s => Movsx<S16, S8>(s)),
        new(Code.Movsx_r32_rm8,   s => Movsx<S32, S8>(s)),
        new(Code.Movsx_r64_rm8,   s => Movsx<S64, S8>(s)),
        new(Code.Movsx_r16_rm16,  s => Movsx<S16, S16>(s)),
        new(Code.Movsx_r32_rm16,  s => Movsx<S32, S16>(s)),
        new(Code.Movsx_r64_rm16,  s => Movsx<S64, S16>(s)),
        new(Code.Movsxd_r16_rm16, s => Movsx<S16, S16>(s)),
        new(Code.Movsxd_r32_rm32, s => Movsx<S32, S32>(s)),
        new(Code.Movsxd_r64_rm32, s => Movsx<S64, S32>(s)),

        // LEA, XCHG
        new(Code.Lea_r16_m,     _ => Of<Lea<S16>>()),
        new(Code.Lea_r32_m,     _ => Of<Lea<S32>>()),
        new(Code.Lea_r64_m,     _ => Of<Lea<S64>>()),
        new(Code.Xchg_rm8_r8,   s => Xchg<S8>(s)),
        new(Code.Xchg_rm16_r16, s => Xchg<S16>(s)),
        new(Code.Xchg_rm32_r32, s => Xchg<S32>(s)),
        new(Code.Xchg_rm64_r64, s => Xchg<S64>(s)),
        new(Code.Xchg_r16_AX,   _ => Of<Xchg<S16, Reg0>>()),
        new(Code.Xchg_r32_EAX,  _ => Of<Xchg<S32, Reg0>>()),
        new(Code.Xchg_r64_RAX,  _ => Of<Xchg<S64, Reg0>>()),

        // PUSH, POP
        new(Code.Push_r16,          _ => Of<Push<S16, Reg0>>()),
        new(Code.Push_r64,          _ => Of<Push<S64, Reg0>>()),
        new(Code.Push_imm16,        _ => Of<Push<S16, Imm>>()),
        new(Code.Pushq_imm32,       _ => Of<Push<S64, Imm>>()),
        new(Code.Pushw_imm8,        _ => Of<Push<S16, Imm>>()),
        new(Code.Pushq_imm8,        _ => Of<Push<S64, Imm>>()),
        new(Code.Push_rm16,         s => Push<S16>(s)),
        new(Code.Push_rm64,         s => Push<S64>(s)),
        new(Code.Pop_r16,           _ => Of<PopRegister<S16>>()),
        new(Code.Pop_r64,           _ => Of<PopRegister<S64>>()),
        new(Code.Pop_rm16,          s => Pop<S16>(s)),
        new(Code.Pop_rm64,          s => Pop<S64>(s)),
        new(Code.Pushfw,            _ => Of<PushFlags<S16>>()),
        new(Code.Pushfq,            _ => Of<PushFlags<S64>>()),
        new(Code.Popfw,             _ => Of<PopFlags<S16>>()),
        new(Code.Popfq,             _ => Of<PopFlags<S64>>()),
        new(Code.Leavew,            _ => Of<Leave<S16>>()),
        new(Code.Leaveq,            _ => Of<Leave<S64>>()),
        new(Code.Enterw_imm16_imm8, _ => Of<Enter<S16>>()),
        new(Code.Enterq_imm16_imm8, _ => Of<Enter<S64>>()),

        // CBW to CQO, BSWAP, MOVBE, XLAT, MOVNTI, MOVDIRI
        new(Code.Cbw,             _ => Of<ConvertAccumulator<S16, S8>>()),
        new(Code.Cwde,            _ => Of<ConvertAccumulator<S32, S16>>()),
        new(Code.Cdqe,            _ => Of<ConvertAccumulator<S64, S32>>()),
        new(Code.Cwd,             _ => Of<SignIntoDx<S16>>()),
        new(Code.Cdq,             _ => Of<SignIntoDx<S32>>()),
        new(Code.Cqo,             _ => Of<SignIntoDx<S64>>()),
        new(Code.Bswap_r16,       _ => Of<Bswap<S16>>()),
        new(Code.Bswap_r32,       _ => Of<Bswap<S32>>()),
        new(Code.Bswap_r64,       _ => Of<Bswap<S64>>()),
        new(Code.Movbe_r16_m16,   _ => Of<Movbe<S16, Reg0, Mem>>()),
        new(Code.Movbe_r32_m32,   _ => Of<Movbe<S32, Reg0, Mem>>()),
        new(Code.Movbe_r64_m64,   _ => Of<Movbe<S64, Reg0, Mem>>()),
        new(Code.Movbe_m16_r16,   _ => Of<Movbe<S16, Mem, Reg1>>()),
        new(Code.Movbe_m32_r32,   _ => Of<Movbe<S32, Mem, Reg1>>()),
        new(Code.Movbe_m64_r64,   _ => Of<Movbe<S64, Mem, Reg1>>()),
        new(Code.Xlat_m8,         _ => Of<Xlat>()),
        new(Code.Movnti_m32_r32,  _ => Of<MovNonTemporal<S32>>()),
        new(Code.Movnti_m64_r64,  _ => Of<MovNonTemporal<S64>>()),
        new(Code.Movdiri_m32_r32, _ => Of<MovNonTemporal<S32>>()),
        new(Code.Movdiri_m64_r64, _ => Of<MovNonTemporal<S64>>()),

        // CMOVcc
        new(Code.Cmovo_r16_rm16,  s => Cmov<IfO, S16>(s)),
        new(Code.Cmovo_r32_rm32,  s => Cmov<IfO, S32>(s)),
        new(Code.Cmovo_r64_rm64,  s => Cmov<IfO, S64>(s)),
        new(Code.Cmovno_r16_rm16, s => Cmov<IfNo, S16>(s)),
        new(Code.Cmovno_r32_rm32, s => Cmov<IfNo, S32>(s)),
        new(Code.Cmovno_r64_rm64, s => Cmov<IfNo, S64>(s)),
        new(Code.Cmovb_r16_rm16,  s => Cmov<IfB, S16>(s)),
        new(Code.Cmovb_r32_rm32,  s => Cmov<IfB, S32>(s)),
        new(Code.Cmovb_r64_rm64,  s => Cmov<IfB, S64>(s)),
        new(Code.Cmovae_r16_rm16, s => Cmov<IfAe, S16>(s)),
        new(Code.Cmovae_r32_rm32, s => Cmov<IfAe, S32>(s)),
        new(Code.Cmovae_r64_rm64, s => Cmov<IfAe, S64>(s)),
        new(Code.Cmove_r16_rm16,  s => Cmov<IfE, S16>(s)),
        new(Code.Cmove_r32_rm32,  s => Cmov<IfE, S32>(s)),
        new(Code.Cmove_r64_rm64,  s => Cmov<IfE, S64>(s)),
        new(Code.Cmovne_r16_rm16, s => Cmov<IfNe, S16>(s)),
        new(Code.Cmovne_r32_rm32, s => Cmov<IfNe, S32>(s)),
        new(Code.Cmovne_r64_rm64, s => Cmov<IfNe, S64>(s)),
        new(Code.Cmovbe_r16_rm16, s => Cmov<IfBe, S16>(s)),
        new(Code.Cmovbe_r32_rm32, s => Cmov<IfBe, S32>(s)),
        new(Code.Cmovbe_r64_rm64, s => Cmov<IfBe, S64>(s)),
        new(Code.Cmova_r16_rm16,  s => Cmov<IfA, S16>(s)),
        new(Code.Cmova_r32_rm32,  s => Cmov<IfA, S32>(s)),
        new(Code.Cmova_r64_rm64,  s => Cmov<IfA, S64>(s)),
        new(Code.Cmovs_r16_rm16,  s => Cmov<IfS, S16>(s)),
        new(Code.Cmovs_r32_rm32,  s => Cmov<IfS, S32>(s)),
        new(Code.Cmovs_r64_rm64,  s => Cmov<IfS, S64>(s)),
        new(Code.Cmovns_r16_rm16, s => Cmov<IfNs, S16>(s)),
        new(Code.Cmovns_r32_rm32, s => Cmov<IfNs, S32>(s)),
        new(Code.Cmovns_r64_rm64, s => Cmov<IfNs, S64>(s)),
        new(Code.Cmovp_r16_rm16,  s => Cmov<IfP, S16>(s)),
        new(Code.Cmovp_r32_rm32,  s => Cmov<IfP, S32>(s)),
        new(Code.Cmovp_r64_rm64,  s => Cmov<IfP, S64>(s)),
        new(Code.Cmovnp_r16_rm16, s => Cmov<IfNp, S16>(s)),
        new(Code.Cmovnp_r32_rm32, s => Cmov<IfNp, S32>(s)),
        new(Code.Cmovnp_r64_rm64, s => Cmov<IfNp, S64>(s)),
        new(Code.Cmovl_r16_rm16,  s => Cmov<IfL, S16>(s)),
        new(Code.Cmovl_r32_rm32,  s => Cmov<IfL, S32>(s)),
        new(Code.Cmovl_r64_rm64,  s => Cmov<IfL, S64>(s)),
        new(Code.Cmovge_r16_rm16, s => Cmov<IfGe, S16>(s)),
        new(Code.Cmovge_r32_rm32, s => Cmov<IfGe, S32>(s)),
        new(Code.Cmovge_r64_rm64, s => Cmov<IfGe, S64>(s)),
        new(Code.Cmovle_r16_rm16, s => Cmov<IfLe, S16>(s)),
        new(Code.Cmovle_r32_rm32, s => Cmov<IfLe, S32>(s)),
        new(Code.Cmovle_r64_rm64, s => Cmov<IfLe, S64>(s)),
        new(Code.Cmovg_r16_rm16,  s => Cmov<IfG, S16>(s)),
        new(Code.Cmovg_r32_rm32,  s => Cmov<IfG, S32>(s)),
        new(Code.Cmovg_r64_rm64,  s => Cmov<IfG, S64>(s)),

        // SETcc
        new(Code.Seto_rm8,  s => Set<IfO>(s)),
        new(Code.Setno_rm8, s => Set<IfNo>(s)),
        new(Code.Setb_rm8,  s => Set<IfB>(s)),
        new(Code.Setae_rm8, s => Set<IfAe>(s)),
        new(Code.Sete_rm8,  s => Set<IfE>(s)),
        new(Code.Setne_rm8, s => Set<IfNe>(s)),
        new(Code.Setbe_rm8, s => Set<IfBe>(s)),
        new(Code.Seta_rm8,  s => Set<IfA>(s)),
        new(Code.Sets_rm8,  s => Set<IfS>(s)),
        new(Code.Setns_rm8, s => Set<IfNs>(s)),
        new(Code.Setp_rm8,  s => Set<IfP>(s)),
        new(Code.Setnp_rm8, s => Set<IfNp>(s)),
        new(Code.Setl_rm8,  s => Set<IfL>(s)),
        new(Code.Setge_rm8, s => Set<IfGe>(s)),
        new(Code.Setle_rm8, s => Set<IfLe>(s)),
        new(Code.Setg_rm8,  s => Set<IfG>(s)),
    ];

    private static X64Operation Load<TSize>(X64Shape shape)
        where TSize : struct, IX64Size => shape switch
        {
            X64Shape.Register => Of<Mov<TSize, Reg0, Reg1>>(),
            X64Shape.Based => Of<Mov<TSize, Reg0, Based>>(),
            _ => Of<Mov<TSize, Reg0, Mem>>(),
        };

    private static X64Operation Store<TSize, TSrc>(X64Shape shape)
        where TSize : struct, IX64Size
        where TSrc : struct, IX64Operand => shape switch
        {
            X64Shape.Register => Of<Mov<TSize, Reg0, TSrc>>(),
            X64Shape.Based => Of<Mov<TSize, Based, TSrc>>(),
            _ => Of<Mov<TSize, Mem, TSrc>>(),
        };

    private static X64Operation Movzx<TTo, TFrom>(X64Shape shape)
        where TTo : struct, IX64Size
        where TFrom : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Movzx<TTo, TFrom, Reg1>>() : Of<Movzx<TTo, TFrom, Mem>>();

    private static X64Operation Movsx<TTo, TFrom>(X64Shape shape)
        where TTo : struct, IX64Size
        where TFrom : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Movsx<TTo, TFrom, Reg1>>() : Of<Movsx<TTo, TFrom, Mem>>();

    private static X64Operation Xchg<TSize>(X64Shape shape)
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Xchg<TSize, Reg0>>() : Of<Xchg<TSize, Mem>>();

    private static X64Operation Push<TSize>(X64Shape shape)
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Push<TSize, Reg0>>() : Of<Push<TSize, Mem>>();

    private static X64Operation Pop<TSize>(X64Shape shape)
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<PopRegister<TSize>>() : Of<PopMemory<TSize>>();

    private static X64Operation Cmov<TCondition, TSize>(X64Shape shape)
        where TCondition : struct, IX64Condition
        where TSize : struct, IX64Size =>
        shape == X64Shape.Register ? Of<Cmov<TCondition, TSize, Reg1>>() : Of<Cmov<TCondition, TSize, Mem>>();

    private static X64Operation Set<TCondition>(X64Shape shape)
        where TCondition : struct, IX64Condition =>
        shape == X64Shape.Register ? Of<Set<TCondition, Reg0>>() : Of<Set<TCondition, Mem>>();
}
