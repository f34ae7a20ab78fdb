using Iced.Intel;
using static RcuEmu.Isa.X64.X64Table;

namespace RcuEmu.Isa.X64;

/// <summary>String instructions and port I/O.</summary>
internal static class X64TableString
{
    /// <summary>One row for each encoding.</summary>
    public static X64Row[] Rows() =>
    [
        // MOVS
        new(Code.Movsb_m8_m8,   _ => Of<StringOp<Movs, S8>>()),
        new(Code.Movsw_m16_m16, _ => Of<StringOp<Movs, S16>>()),
        new(Code.Movsd_m32_m32, _ => Of<StringOp<Movs, S32>>()),
        new(Code.Movsq_m64_m64, _ => Of<StringOp<Movs, S64>>()),

        // CMPS
        new(Code.Cmpsb_m8_m8,   _ => Of<StringOp<Cmps, S8>>()),
        new(Code.Cmpsw_m16_m16, _ => Of<StringOp<Cmps, S16>>()),
        new(Code.Cmpsd_m32_m32, _ => Of<StringOp<Cmps, S32>>()),
        new(Code.Cmpsq_m64_m64, _ => Of<StringOp<Cmps, S64>>()),

        // STOS, LODS, SCAS
        new(Code.Stosb_m8_AL,   _ => Of<StringOp<Stos, S8>>()),
        new(Code.Stosw_m16_AX,  _ => Of<StringOp<Stos, S16>>()),
        new(Code.Stosd_m32_EAX, _ => Of<StringOp<Stos, S32>>()),
        new(Code.Stosq_m64_RAX, _ => Of<StringOp<Stos, S64>>()),
        new(Code.Lodsb_AL_m8,   _ => Of<StringOp<Lods, S8>>()),
        new(Code.Lodsw_AX_m16,  _ => Of<StringOp<Lods, S16>>()),
        new(Code.Lodsd_EAX_m32, _ => Of<StringOp<Lods, S32>>()),
        new(Code.Lodsq_RAX_m64, _ => Of<StringOp<Lods, S64>>()),
        new(Code.Scasb_AL_m8,   _ => Of<StringOp<Scas, S8>>()),
        new(Code.Scasw_AX_m16,  _ => Of<StringOp<Scas, S16>>()),
        new(Code.Scasd_EAX_m32, _ => Of<StringOp<Scas, S32>>()),
        new(Code.Scasq_RAX_m64, _ => Of<StringOp<Scas, S64>>()),

        // INS, OUTS, IN, OUT
        new(Code.Insb_m8_DX,   _ => Of<StringOp<Ins, S8>>()),
        new(Code.Insw_m16_DX,  _ => Of<StringOp<Ins, S16>>()),
        new(Code.Insd_m32_DX,  _ => Of<StringOp<Ins, S32>>()),
        new(Code.Outsb_DX_m8,  _ => Of<StringOp<Outs, S8>>()),
        new(Code.Outsw_DX_m16, _ => Of<StringOp<Outs, S16>>()),
        new(Code.Outsd_DX_m32, _ => Of<StringOp<Outs, S32>>()),
        new(Code.In_AL_imm8,   _ => Of<In<S8, Imm>>()),
        new(Code.In_AX_imm8,   _ => Of<In<S16, Imm>>()),
        new(Code.In_EAX_imm8,  _ => Of<In<S32, Imm>>()),
        new(Code.In_AL_DX,     _ => Of<In<S8, Reg1>>()),
        new(Code.In_AX_DX,     _ => Of<In<S16, Reg1>>()),
        new(Code.In_EAX_DX,    _ => Of<In<S32, Reg1>>()),
        new(Code.Out_imm8_AL,  _ => Of<Out<S8, Imm>>()),
        new(Code.Out_imm8_AX,  _ => Of<Out<S16, Imm>>()),
        new(Code.Out_imm8_EAX, _ => Of<Out<S32, Imm>>()),
        new(Code.Out_DX_AL,    _ => Of<Out<S8, Reg0>>()),
        new(Code.Out_DX_AX,    _ => Of<Out<S16, Reg0>>()),
        new(Code.Out_DX_EAX,   _ => Of<Out<S32, Reg0>>()),
    ];
}
