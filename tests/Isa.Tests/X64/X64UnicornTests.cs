using Iced.Intel;
using RcuEmu.Isa.Tests.Oracles;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>What the processor of this machine cannot be asked safely: branches, and accesses that fault, against Unicorn.</summary>
public unsafe class X64UnicornTests
{
    // Unicorn translates anew for each instruction, which costs more than all else.
    private const int RunsForEach = 8;

    [Fact]
    public void Two_thousand_executions_agree_with_Unicorn() => Run(2_000, seed: 3);

    [Fact, Trait("Category", "Long")]
    public void Forty_thousand_executions_agree_with_Unicorn() => Run(40_000, seed: 4);

    private static void Run(int executions, int seed)
    {
        Unicorn.Require();
        var random = new Random(seed);
        var generator = new X64InstructionGenerator(random) { AtEdges = true };
        using var compare = new UnicornComparison(generator, random, X64Exceptions.Load());
        Code[] codes = [.. Codes()];
        for (int done = 0, next = 0; done < executions; next = (next + 101) % codes.Length)
        {
            if (!generator.Make(codes[next]) || generator.Instruction.HasRepPrefix || generator.Instruction.HasRepnePrefix
                || IsKnownDifference(generator.Instruction))
            {
                continue;
            }

            compare.SetInstruction();
            for (int i = 0; i < RunsForEach; i++)
                compare.RunOnce($"seed {seed}, execution {done++}");
        }

        compare.Finish(executions);
    }

    /// <summary>
    /// What Unicorn 2.0.1 is wrong about or does not know, while the processor of this machine agrees with RcuEmu (X64HostTests): SF of LOCK NEG,
    /// BSWAP of a word, the second encoding of TEST with an immediate, MOVBE; and RET imm16, whose immediate it sign-extends (SDM Vol. 2B, "RET": a
    /// number of bytes).
    /// </summary>
    private static bool IsKnownDifference(in Instruction insn) =>
        insn.Mnemonic == Mnemonic.Movbe
        || insn.Code is Code.Bswap_r16 or Code.Retnq_imm16
        || insn.Code.ToString().EndsWith("r1", StringComparison.Ordinal)
        || (insn.Mnemonic == Mnemonic.Neg && insn.HasLockPrefix);

    private static IEnumerable<Code> Codes() => new[] { X64TableAlu.Rows, X64TableMove.Rows, X64TableBranch.Rows }
        .SelectMany(group => group())
        .Select(row => row.Code)
        .Where(code => code.Mnemonic() is not (Mnemonic.Enter or Mnemonic.Popf or Mnemonic.Popfq or Mnemonic.Movdiri));
}

/// <summary>One instruction executed by RcuEmu and by Unicorn from the same state.</summary>
internal sealed unsafe class UnicornComparison : IDisposable
{
    // UC_X86_REG_ RAX RCX RDX RBX RSP RBP RSI RDI R8 to R15 EFLAGS RIP.
    private static readonly int[] Ids = [35, 38, 40, 37, 44, 36, 43, 39, 106, 107, 108, 109, 110, 111, 112, 113, 25, 41];

    // UC_CPU_X86_ICELAKE_CLIENT; UC_ERR_FETCH_UNMAPPED, at the target of a branch that was taken.
    private const int IcelakeClient = 25, FetchUnmapped = 8;

    /// <summary>Where generated operands fall: both ends, the data and the stack.</summary>
    private static readonly (int From, int Bytes)[] Windows =
    [
        (0, 1024), (HostCpu.MemoryBytes - 1024, 1024), ((int)(HostCpu.DataMiddle - HostCpu.MemoryAddress) - 1024, 2048),
        ((int)(HostCpu.StackMiddle - HostCpu.MemoryAddress) - 1024, 2048),
    ];

    private readonly X64InstructionGenerator _generator;
    private readonly Random _random;
    private readonly X64Exceptions _exceptions;
    private readonly Unicorn _unicorn = new(Unicorn.X86, Unicorn.Mode64, IcelakeClient);
    private readonly byte* _code, _memory;
    private readonly ulong* _registers;
    private readonly List<string> _failures = [];
    private X64TestCore _core = new(HostCpu.MemoryAddress, HostCpu.MemoryBytes);
    private int _events;

    public UnicornComparison(X64InstructionGenerator generator, Random random, X64Exceptions exceptions)
    {
        (_generator, _random, _exceptions) = (generator, random, exceptions);
        _code = _unicorn.Map(HostCpu.CodeAddress & ~0xffful, 0x1000, Unicorn.Read | Unicorn.Execute);
        _memory = _unicorn.Map(HostCpu.MemoryAddress, HostCpu.MemoryBytes, Unicorn.Read | Unicorn.Write);
        _registers = _unicorn.UseRegisters(Ids);
        new Span<byte>(_code, 0x1000).Fill(0x90);
    }

    public void SetInstruction()
    {
        byte* at = _code + (HostCpu.CodeAddress & 0xfff);
        new Span<byte>(at, 16).Fill(0x90);
        _generator.Bytes.CopyTo(new Span<byte>(at, 16));
        _unicorn.Flush();
    }

    public void RunOnce(string where)
    {
        Span<ulong> gprs = stackalloc ulong[16];
        _generator.FillRegisters(gprs);
        gprs.CopyTo(_core.Registers);
        _core.Rip = HostCpu.CodeAddress;
        _core.Eflags = (uint)_random.Next(0x1000) & 0x8d5;
        _core.SystemFlags = 0x202;
        for (int i = 0; i < 4; i++)
            BitConverter.TryWriteBytes(_core.Memory.AsSpan((int)(HostCpu.DataMiddle - HostCpu.MemoryAddress) + _random.Next(-72, 64)), _generator.Value());

        foreach ((int from, int bytes) in Windows)
            _core.Memory.AsSpan(from, bytes).CopyTo(new Span<byte>(_memory + from, bytes));

        byte cl = (byte)gprs[1];
        int error = RunUnicorn(gprs);
        Flow flow = _core.Step(_generator.Bytes);
        if (flow == Flow.Event)
        {
            _events++;
            if (error is 0 or FetchUnmapped)
                Fail(where, $"raised {_core.Event}, Unicorn nothing");

            return;
        }

        if (error != 0 && !(error == FetchUnmapped && flow == Flow.Branch))
            Fail(where, $"no event, Unicorn error {error}");
        else if (Difference(cl) is string difference)
            Fail(where, difference);
    }

    public void Finish(int executions)
    {
        Assert.True(_failures.Count == 0, $"{_failures.Count} differences:\n{string.Join('\n', _failures.DistinctBy(f => f.Split(':')[0]).Take(60))}");
        Assert.InRange(_events, executions / 50, executions / 2);
    }

    public void Dispose() => _unicorn.Dispose();

    private int RunUnicorn(ReadOnlySpan<ulong> gprs)
    {
        for (int i = 0; i < 16; i++)
            _registers[i * 2] = gprs[i];

        _registers[16 * 2] = _core.Eflags | _core.SystemFlags;
        _registers[17 * 2] = HostCpu.CodeAddress;
        _unicorn.WriteRegisters();
        int error = _unicorn.Run(HostCpu.CodeAddress, 0, instructions: 1);
        _unicorn.ReadRegisters();
        return error;
    }

    private string? Difference(byte cl)
    {
        uint undefined = _exceptions.Undefined(_generator.Instruction, HostComparison.Count(_generator.Instruction, cl));
        if ((undefined & X64Exceptions.Result) != 0)
            return null;

        for (int i = 0; i < 16; i++)
        {
            if (_core.Registers[i] != _registers[i * 2])
                return $"register {i}: 0x{_core.Registers[i]:x}, Unicorn 0x{_registers[i * 2]:x}";
        }

        uint theirs = (uint)_registers[16 * 2] & 0x8d5;
        if (((_core.Eflags ^ theirs) & ~undefined) != 0)
            return $"flags [{X64Exceptions.Names((_core.Eflags ^ theirs) & ~undefined)}]: 0x{_core.Eflags:x}, Unicorn 0x{theirs:x}";

        if (_core.Rip != _registers[17 * 2])
            return $"RIP 0x{_core.Rip:x}, Unicorn 0x{_registers[17 * 2]:x}";

        foreach ((int from, int bytes) in Windows)
        {
            if (!new Span<byte>(_memory + from, bytes).SequenceEqual(_core.Memory.AsSpan(from, bytes)))
                return "memory";
        }

        return null;
    }

    private void Fail(string where, string difference) => _failures.Add(
        $"{_generator.Instruction.Mnemonic}: {where}: {X64Disassembler.Format(_generator.Bytes, HostCpu.CodeAddress, out _)} ({Convert.ToHexString(_generator.Bytes)}): {difference}");
}
