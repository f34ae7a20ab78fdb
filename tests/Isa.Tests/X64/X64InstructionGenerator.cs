using Iced.Intel;
using RcuEmu.Isa.Tests.Oracles;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>
/// Instructions of a given Code with random operands, and registers for them: memory operands fall into the test data, often
/// across its page boundary; values are boundary values as often as random ones.
/// </summary>
internal sealed class X64InstructionGenerator(Random random)
{
    /// <summary>Bytes at the beginning of the memory that cannot be written, where that is tested.</summary>
    public const int ReadOnlyBytes = 0x1000;

    private static readonly ulong[] Boundaries =
    [
        0, 1, 2, 3, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000,
        0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ];

    private readonly Writer _writer = new();
    private Instruction _insn;
    private ulong _target;
    private int _shift;

    /// <summary>The bytes of the instruction made last.</summary>
    public ReadOnlySpan<byte> Bytes => _writer.Bytes;

    /// <summary>The instruction made last, as Iced decodes its bytes.</summary>
    public Instruction Instruction { get; private set; }

    /// <summary>Puts memory operands at the ends of the memory, where some of them fault; a processor cannot run those.</summary>
    public bool AtEdges { get; set; }

    /// <summary>Where the instruction made next stands.</summary>
    public ulong Address { get; set; } = HostCpu.CodeAddress;

    /// <summary>A value for a register or for memory.</summary>
    public ulong Value() => random.Next(3) switch
    {
        0 => Boundaries[random.Next(Boundaries.Length)],
        1 => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
    };

    /// <summary>Makes an instruction. False: these operands cannot be encoded together (AH with REX); try again.</summary>
    public bool Make(Code code, bool aligned = false)
    {
        OpCodeInfo info = code.ToOpCode();
        _insn = default;
        _insn.Code = code;
        _target = HostCpu.DataMiddle + (ulong)(aligned ? random.Next(-4, 4) * 32 : random.Next(3) == 0 ? random.Next(-15, 1) : random.Next(-64, 64));
        if (AtEdges && random.Next(2) == 0)
            _target = Edge() + (ulong)(aligned ? random.Next(-2, 2) * 32 : random.Next(-12, 4));

        for (int i = 0; i < info.OpCount; i++)
            SetOperand(i, info.GetOpKind(i));

        SetPrefixes(info);
        _writer.Clear();
        if (!Encoder.Create(64, _writer).TryEncode(_insn, Address, out _, out _))
            return false;

        X64Decoder.DecodeIced(_writer.Bytes, Address, out Instruction decoded, out _);
        Instruction = decoded;
        return !decoded.IsInvalid && decoded.Code == code;
    }

    /// <summary>Where memory begins, where it can be written from, where it ends.</summary>
    private ulong Edge() => HostCpu.MemoryAddress + random.Next(3) switch { 0 => 0ul, 1 => ReadOnlyBytes, _ => HostCpu.MemoryBytes };

    /// <summary>Fills the registers so that the instruction's memory operands fall into the data.</summary>
    public void FillRegisters(Span<ulong> gprs)
    {
        for (int i = 0; i < 16; i++)
            gprs[i] = Value();

        gprs[4] = HostCpu.StackMiddle + ((ulong)random.Next(-8, 8) * 8) + (ulong)(random.Next(8) == 0 ? random.Next(8) : 0);
        bool repeated = Instruction.HasRepPrefix || Instruction.HasRepnePrefix;
        if (repeated && Instruction.IsStringInstruction)
            gprs[1] = (ulong)random.Next(8);

        if (Instruction.IsStringInstruction)
        {
            gprs[6] = (AtEdges && random.Next(4) == 0 ? Edge() : HostCpu.DataMiddle) + (ulong)random.Next(-64, 64);
            gprs[7] = (AtEdges && random.Next(4) == 0 ? Edge() : HostCpu.DataMiddle) + (ulong)random.Next(-64, 64);
        }

        if (Instruction.Mnemonic is Mnemonic.Leave or Mnemonic.Enter or Mnemonic.Maskmovdqu)
            gprs[5] = gprs[7] = HostCpu.DataMiddle + (ulong)random.Next(-64, 64);

        if (Instruction.Mnemonic == Mnemonic.Xlatb)
            gprs[3] = _target - (byte)gprs[0];

        if (Instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && Instruction.Op0Kind == OpKind.Memory
            && Instruction.Op1Kind == OpKind.Register)
        {
            gprs[Instruction.Op1Register.GetNumber()] = (ulong)random.Next(-1024, 1024);
        }

        if (Instruction.Mnemonic is Mnemonic.Div or Mnemonic.Idiv && random.Next(4) != 0)
            gprs[2] = random.Next(2) == 0 ? 0 : (ulong)((long)gprs[0] >> 63);

        SetAddressRegisters(gprs);
    }

    private void SetAddressRegisters(Span<ulong> gprs)
    {
        Register @base = Instruction.MemoryBase, index = Instruction.MemoryIndex;
        if (!HasMemoryOperand() || Instruction.IsIPRelativeMemoryOperand)
            return;

        ulong rest = _target - Instruction.MemoryDisplacement64;
        bool narrow = @base.IsGPR32() || index.IsGPR32();
        if (@base == Register.None && index != Register.None)
        {
            gprs[index.GetNumber()] = Widen(rest >> _shift, narrow, _shift);
        }
        else if (@base != Register.None)
        {
            if (index != Register.None)
                rest -= gprs[index.GetNumber()] << _shift;

            gprs[@base.GetNumber()] = Widen(rest, narrow, 0);
        }
    }

    private bool HasMemoryOperand()
    {
        for (int i = 0; i < Instruction.OpCount; i++)
        {
            if (Instruction.GetOpKind(i) == OpKind.Memory)
                return true;
        }

        return false;
    }

    /// <summary>Puts noise where a 32-bit address does not look.</summary>
    private ulong Widen(ulong value, bool narrow, int shift) =>
        narrow ? (value & (0xffff_fffful >> shift)) | ((ulong)random.Next() << 32) : value;

    private void SetPrefixes(OpCodeInfo info)
    {
        if (info.CanUseLockPrefix && _insn.Op0Kind == OpKind.Memory && random.Next(3) == 0)
            _insn.HasLockPrefix = true;

        if (info.CanUseRepPrefix && random.Next(2) == 0)
            _insn.HasRepPrefix = true;
        else if (info.CanUseRepnePrefix && random.Next(2) == 0)
            _insn.HasRepnePrefix = true;
    }

    private void SetOperand(int operand, OpCodeOperandKind kind)
    {
        switch (kind)
        {
            case OpCodeOperandKind.r8_or_mem: SetRegisterOrMemory(operand, Register8()); break;
            case OpCodeOperandKind.r16_or_mem: SetRegisterOrMemory(operand, Gpr(Register.AX)); break;
            case OpCodeOperandKind.r32_or_mem: SetRegisterOrMemory(operand, Gpr(Register.EAX)); break;
            case OpCodeOperandKind.r64_or_mem: SetRegisterOrMemory(operand, Gpr(Register.RAX)); break;
            case OpCodeOperandKind.xmm_or_mem: SetRegisterOrMemory(operand, Register.XMM0 + random.Next(16)); break;
            case OpCodeOperandKind.ymm_or_mem: SetRegisterOrMemory(operand, Register.YMM0 + random.Next(16)); break;
            case OpCodeOperandKind.mem or OpCodeOperandKind.mem_mib: SetMemory(operand); break;
            case OpCodeOperandKind.mem_offs: SetAbsolute(operand); break;
            case OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_opcode: SetRegister(operand, Register8()); break;
            case OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_rm or OpCodeOperandKind.r16_opcode: SetRegister(operand, Gpr(Register.AX)); break;
            case OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_rm or OpCodeOperandKind.r32_opcode or OpCodeOperandKind.r32_vvvv: SetRegister(operand, Gpr(Register.EAX)); break;
            case OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_rm or OpCodeOperandKind.r64_opcode or OpCodeOperandKind.r64_vvvv: SetRegister(operand, Gpr(Register.RAX)); break;
            case OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_rm or OpCodeOperandKind.xmm_vvvv or OpCodeOperandKind.xmm_is4: SetRegister(operand, Register.XMM0 + random.Next(16)); break;
            case OpCodeOperandKind.ymm_reg or OpCodeOperandKind.ymm_rm or OpCodeOperandKind.ymm_vvvv or OpCodeOperandKind.ymm_is4: SetRegister(operand, Register.YMM0 + random.Next(16)); break;
            case OpCodeOperandKind.r32_reg_mem: SetRegister(operand, Gpr(Register.EAX)); break;
            case OpCodeOperandKind.r64_reg_mem: SetRegister(operand, Gpr(Register.RAX)); break;
            case OpCodeOperandKind.seg_reg: SetRegister(operand, Register.ES + random.Next(6)); break;
            case OpCodeOperandKind.cr_reg: SetRegister(operand, Register.CR0 + random.Next(9)); break;
            case OpCodeOperandKind.dr_reg: SetRegister(operand, Register.DR0 + random.Next(8)); break;
            case OpCodeOperandKind.al: SetRegister(operand, Register.AL); break;
            case OpCodeOperandKind.cl: SetRegister(operand, Register.CL); break;
            case OpCodeOperandKind.ax: SetRegister(operand, Register.AX); break;
            case OpCodeOperandKind.dx: SetRegister(operand, Register.DX); break;
            case OpCodeOperandKind.eax: SetRegister(operand, Register.EAX); break;
            case OpCodeOperandKind.rax: SetRegister(operand, Register.RAX); break;
            case OpCodeOperandKind.seg_rSI: _insn.SetOpKind(operand, OpKind.MemorySegRSI); break;
            case OpCodeOperandKind.es_rDI: _insn.SetOpKind(operand, OpKind.MemoryESRDI); break;
            case OpCodeOperandKind.seg_rBX_al: SetXlat(operand); break;
            default: SetImmediate(operand, kind); break;
        }
    }

    private void SetImmediate(int operand, OpCodeOperandKind kind)
    {
        OpKind opKind = kind switch
        {
            OpCodeOperandKind.imm8 or OpCodeOperandKind.imm8_const_1 => operand == 1 && _insn.Mnemonic == Mnemonic.Enter ? OpKind.Immediate8_2nd : OpKind.Immediate8,
            OpCodeOperandKind.imm8sex16 => OpKind.Immediate8to16,
            OpCodeOperandKind.imm8sex32 => OpKind.Immediate8to32,
            OpCodeOperandKind.imm8sex64 => OpKind.Immediate8to64,
            OpCodeOperandKind.imm16 => OpKind.Immediate16,
            OpCodeOperandKind.imm32 => OpKind.Immediate32,
            OpCodeOperandKind.imm32sex64 => OpKind.Immediate32to64,
            OpCodeOperandKind.imm64 => OpKind.Immediate64,
            OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4 => OpKind.NearBranch64,
            _ => throw new NotSupportedException($"{_insn.Code} operand {operand}: {kind}"),
        };
        _insn.SetOpKind(operand, opKind);
        if (opKind == OpKind.NearBranch64)
            _insn.NearBranch64 = Address + (ulong)(random.Next(2) == 0 ? random.Next(-100, 0) : random.Next(X64Decoder.MaxLength, 100)); // not into itself
        else if (opKind == OpKind.Immediate8_2nd)
            _insn.Immediate8_2nd = (byte)random.Next(256);
        else
            SetImmediateValue(operand, opKind, kind == OpCodeOperandKind.imm8_const_1 ? 1 : Value());
    }

    private void SetImmediateValue(int operand, OpKind kind, ulong value)
    {
        if (_insn.Mnemonic == Mnemonic.Enter)
            value &= 0xff;

        switch (kind)
        {
            case OpKind.Immediate8: _insn.Immediate8 = (byte)value; break;
            case OpKind.Immediate16: _insn.Immediate16 = (ushort)value; break;
            case OpKind.Immediate32: _insn.Immediate32 = (uint)value; break;
            case OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64: _insn.SetImmediate(operand, (long)(sbyte)value); break;
            case OpKind.Immediate32to64: _insn.SetImmediate(operand, (long)(int)value); break;
            default: _insn.Immediate64 = value; break;
        }
    }

    private Register Register8() => Register.AL + random.Next(20);

    /// <summary>One of 16; RSP seldom, since a wrong stack pointer tests little.</summary>
    private Register Gpr(Register first)
    {
        int number = random.Next(16);
        return first + (number == 4 && random.Next(8) != 0 ? 0 : number);
    }

    private void SetRegister(int operand, Register register)
    {
        _insn.SetOpKind(operand, OpKind.Register);
        _insn.SetOpRegister(operand, register);
    }

    private void SetRegisterOrMemory(int operand, Register register)
    {
        if (random.Next(2) == 0)
            SetRegister(operand, register);
        else
            SetMemory(operand);
    }

    private void SetAbsolute(int operand)
    {
        _insn.SetOpKind(operand, OpKind.Memory);
        _insn.MemoryDisplacement64 = _target;
        _insn.MemoryDisplSize = random.Next(4) == 0 ? 4 : 8;
    }

    private void SetXlat(int operand)
    {
        _insn.SetOpKind(operand, OpKind.Memory);
        _insn.MemoryBase = Register.RBX;
        _insn.MemoryIndex = Register.AL;
        _insn.MemoryIndexScale = 1;
    }

    private void SetMemory(int operand)
    {
        _insn.SetOpKind(operand, OpKind.Memory);
        if (random.Next(16) == 0)
            _insn.SegmentPrefix = Register.GS;

        bool narrow = random.Next(8) == 0;
        Register first = narrow ? Register.EAX : Register.RAX;
        int form = random.Next(8);
        if (form == 0)
        {
            _insn.MemoryBase = narrow ? Register.EIP : Register.RIP;
            _insn.MemoryDisplacement64 = _target;
            _insn.MemoryDisplSize = narrow ? 4 : 8;
            return;
        }

        if (form == 1)
        {
            _insn.MemoryDisplacement64 = _target;
            _insn.MemoryDisplSize = narrow ? 4 : 8;
            return;
        }

        int baseNumber = form == 2 ? -1 : random.Next(16), indexNumber = form <= 4 ? random.Next(16) : -1;
        if (indexNumber == 4 || indexNumber == baseNumber)
            indexNumber = baseNumber == 9 ? 10 : 9;

        SetMemory(first, baseNumber, indexNumber, narrow);
    }

    private void SetMemory(Register first, int baseNumber, int indexNumber, bool narrow)
    {
        _shift = indexNumber < 0 ? 0 : random.Next(4);
        long displacement = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(int.MinValue, int.MaxValue) };
        if (baseNumber < 0)
            displacement += (long)((_target - (ulong)displacement) & ((1ul << _shift) - 1));

        if (displacement > int.MaxValue)
            displacement = (long)(_target & ((1ul << _shift) - 1));

        if (baseNumber >= 0)
            _insn.MemoryBase = first + baseNumber;

        if (indexNumber >= 0)
            _insn.MemoryIndex = first + indexNumber;

        _insn.MemoryIndexScale = 1 << _shift;
        _insn.MemoryDisplacement64 = narrow ? (uint)displacement : (ulong)displacement;
        _insn.MemoryDisplSize = displacement == 0 ? 0 : displacement is >= -128 and < 128 ? 1 : narrow ? 4 : 8;
    }

    private sealed class Writer : CodeWriter
    {
        private readonly byte[] _bytes = new byte[16];
        private int _count;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

        public void Clear() => _count = 0;

        public override void WriteByte(byte value) => _bytes[_count++] = value;
    }
}
