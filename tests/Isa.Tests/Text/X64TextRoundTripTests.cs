using Iced.Intel;
using RcuEmu.Isa.Text;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>Random instructions, spelled by Iced, assembled by us and spelled again: the two spellings are equal.</summary>
public class X64TextRoundTripTests
{
    private static readonly byte[][] Starts =
    [
        [], [], [0x66], [0xf2], [0xf3], [0x48], [0x66, 0x41], [0x4d], [0x65], [0xf0], [0x65, 0x48],
    ];

    // Integer, system and string instructions that the text cannot be turned back into, and why:
    private static readonly HashSet<Mnemonic> Unreachable =
    [
        Mnemonic.Clzero, Mnemonic.Invlpgb, Mnemonic.Monitorx, Mnemonic.Mwaitx, // Iced spells their implied operands
        Mnemonic.Iret, Mnemonic.Popf, Mnemonic.Pushf, // Iced's Intel spelling has no suffix; GNU as reads the 64-bit form
        Mnemonic.Reservednop, Mnemonic.Prefetch, // reserved encodings
        Mnemonic.Fadd, Mnemonic.Fdiv, Mnemonic.Fdivr, Mnemonic.Fmul, Mnemonic.Fsub, Mnemonic.Fsubr, // st, st(0) has two encodings
        Mnemonic.Cmppd, Mnemonic.Cmpps, Mnemonic.Cmpsd, Mnemonic.Cmpss, Mnemonic.Vcmppd, Mnemonic.Vcmpps, Mnemonic.Vcmpsd, Mnemonic.Vcmpss, // cmpltps
    ];

    [Theory]
    [InlineData(X64Syntax.Intel, 4000)]
    [InlineData(X64Syntax.Att, 4000)]
    public void Integer_and_system_instructions_come_back(X64Syntax syntax, int count)
    {
        var random = new Random(2024);
        int checkedCount = 0;
        var lost = new List<string>();
        while (checkedCount < count)
        {
            byte[] bytes = RandomBytes(random);
            Decoder decoder = Decoder.Create(64, bytes);
            decoder.IP = 0x1000;
            Instruction instruction = decoder.Decode();
            if (instruction.IsInvalid || !IsInScope(instruction))
                continue;

            checkedCount++;
            string text = X64Disassembler.Format(bytes, 0x1000, out _, syntax: syntax).Replace(",)", ")", StringComparison.Ordinal);
            if (Again(text, syntax) is { } again && again != text)
                lost.Add($"{Convert.ToHexStringLower(bytes, 0, instruction.Length)} {text} -> {again}");
        }

        Assert.True(lost.Count == 0, string.Join('\n', lost));
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[15];
        random.NextBytes(bytes);
        byte[] start = Starts[random.Next(Starts.Length)];
        start.CopyTo(bytes, 0);
        if (random.Next(3) == 0)
            bytes[start.Length] = 0x0f;
        return bytes;
    }

    // Left out: x87, MMX, SSE and AVX (the data files have samples), address-size prefixes on implied operands, branch hints.
    private static bool IsInScope(in Instruction instruction)
    {
        OpCodeInfo info = instruction.Code.ToOpCode();
        if (info.Encoding != EncodingKind.Legacy || info.DecoderOption != DecoderOptions.None || Unreachable.Contains(instruction.Mnemonic))
            return false;
        if (instruction.Code is Code.Retfq or Code.Retfq_imm16 or Code.Call_m1632 or Code.Jmp_m1632 or Code.Call_m1616 or Code.Jmp_m1616)
            return false; // Iced's "data64 ret far" and "lcalll" are not GNU as's spelling
        if (instruction.Code is Code.Movsxd_r32_rm32 or Code.Movsxd_r16_rm16 or Code.Xlat_m8 || IsOtherEncoding(instruction))
            return false;
        if (instruction.Code is Code.Nopq or Code.Mov_r64m16_Sreg or Code.Movsx_r16_rm16 or Code.Movzx_r16_rm16 or Code.Mov_Sreg_rm16 or Code.Mov_Sreg_r64m16)
            return false; // 48 90, 48 8c and 66 0f bf: GNU as writes other bytes for the text
        for (int i = 0; i < instruction.OpCount; i++)
        {
            Register register = instruction.GetOpRegister(i);
            bool isOther = register.IsVectorRegister() || register.IsST() || register.IsMM();
            isOther |= instruction.GetOpKind(i) == OpKind.MemoryESRDI && instruction.SegmentPrefix != Register.None;
            if (isOther || instruction.GetOpKind(i) is OpKind.MemoryESEDI or OpKind.MemorySegESI or OpKind.MemorySegEDI)
                return false;
        }

        bool isHinted = info.CanUseHintTakenPrefix && instruction.SegmentPrefix != Register.None;
        bool isReached = !instruction.IsJmpShort && !instruction.IsJccShort && !instruction.IsLoop && !instruction.IsLoopcc && !instruction.IsJcxShort;
        return !isHinted && isReached && instruction.Mnemonic.ToString()[0] != 'F';
    }

    // SAL is the second encoding of SHL, CD 03 that of INT3, 87 that of an exchange with EAX.
    private static bool IsOtherEncoding(in Instruction instruction) => instruction.Mnemonic == Mnemonic.Sal
        || (instruction.Code == Code.Int_imm8 && instruction.Immediate8 == 3)
        || (instruction.Mnemonic == Mnemonic.Xchg && instruction.Op0Kind == OpKind.Register && instruction.Op1Kind == OpKind.Register);

    private static string? Again(string text, X64Syntax syntax)
    {
        try
        {
            string header = syntax == X64Syntax.Att ? ".att_syntax; " : "";
            byte[] bytes = new EmbeddedAssembler().Assemble(Architecture.X64, header + text, 0x1000).Bytes;
            string again = X64Disassembler.Format(bytes, 0x1000, out int length, syntax: syntax);
            return length == bytes.Length ? again : $"{length} of {bytes.Length} bytes";
        }
        catch (AssemblyException error)
        {
            return error.Message;
        }
    }
}
