using Iced.Intel;
using RcuEmu.Isa.Tests.Oracles;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>Every row that user mode can run, with generated operands, against the processor of this machine.</summary>
public class X64HostTests
{
    private const int RunsForEach = 4;

    [Fact]
    public void Twenty_thousand_executions_agree_with_the_processor() => Run(20_000, seed: 1);

    [Fact, Trait("Category", "Long")]
    public void Two_million_executions_agree_with_the_processor() => Run(2_000_000, seed: 2);

    private static void Run(int executions, int seed)
    {
        using HostCpu? host = HostCpu.TryCreate();
        if (host is null)
            Assert.Skip("the processor of this machine is no x86-64 with AVX2: run it on one");

        Code[] codes = [.. X64HostCodes.All()];
        var random = new Random(seed);
        var generator = new X64InstructionGenerator(random);
        var compare = new HostComparison(host, generator, random, X64Exceptions.Load());
        for (int done = 0, next = 0; done < executions; next++)
        {
            Code code = codes[next % codes.Length];
            if (!generator.Make(code, X64HostCodes.NeedsAlignment(code)))
                continue;

            compare.SetInstruction();
            for (int i = 0; i < RunsForEach; i++, done++)
                compare.RunOnce($"seed {seed}, execution {done}");
        }

        compare.Finish(executions, codes);
    }
}

/// <summary>One instruction executed by RcuEmu and by the processor from the same state.</summary>
internal sealed class HostComparison
{
    private const int DataBytes = 1024, StackBytes = 1024;
    private const ulong Data = HostCpu.DataMiddle - (DataBytes / 2), Stack = HostCpu.StackMiddle - (StackBytes / 2);

    private readonly HostCpu _host;
    private readonly X64InstructionGenerator _generator;
    private readonly Random _random;
    private readonly X64Exceptions _exceptions;
    private readonly Dictionary<string, (int Count, string First)> _failures = [];
    private X64TestCore _core = new(HostCpu.MemoryAddress, HostCpu.MemoryBytes) { Rip = HostCpu.CodeAddress };
    private X64TestHandler _handler = null!;
    private X64Insn _insn;
    private readonly HashSet<Code> _seen = [];
    private int _events, _compared;

    public HostComparison(HostCpu host, X64InstructionGenerator generator, Random random, X64Exceptions exceptions) =>
        (_host, _generator, _random, _exceptions) = (host, generator, random, exceptions);

    public void SetInstruction()
    {
        _handler = X64TestHandlers.Of(X64Decoder.Decode(_generator.Bytes, HostCpu.CodeAddress, out _insn));
        _host.SetInstruction(_generator.Bytes);
    }

    public void RunOnce(string where)
    {
        Span<ulong> state = _host.In;
        _generator.FillRegisters(state[..16]);
        state[16] = 0x202 | ((ulong)_random.Next(0x1000) & 0x8d5) | (_random.Next(4) == 0 ? 0x400ul : 0);
        for (int i = 17; i < 81; i++)
            state[i] = _generator.Value();

        FillMemory(state[4]);
        state[..16].CopyTo(_core.Registers);
        state[17..].CopyTo(_core.Vectors);
        _core.Rip = HostCpu.CodeAddress;
        _core.Eflags = (uint)state[16] & 0x8d5;
        _core.SystemFlags = state[16] & ~0x8d5ul;

        Flow flow = _core.Step(_handler, _insn);
        while (flow == Flow.Again)
            flow = _core.Step(_handler, _insn);

        if (flow == Flow.Event)
        {
            _events++;
            return;
        }

        HostCpu.Run();
        _compared++;
        _seen.Add(_generator.Instruction.Code);
        if (Difference() is string difference)
            Fail(where, difference);
    }

    public void Finish(int executions, Code[] codes)
    {
        if (_failures.Count != 0)
        {
            Assert.Fail($"{_failures.Count} kinds of difference, {_compared} compared:\n" + string.Join(
                "\n", _failures.OrderBy(f => f.Key, StringComparer.Ordinal).Take(60).Select(f => $"{f.Key}: {f.Value.Count} times, first {f.Value.First}")));
        }

        Assert.True(_compared > executions * 8 / 10, $"only {_compared} of {executions} could be compared; {_events} raised an event");
        if (executions >= codes.Length * 100)
            Assert.Empty(codes.Except(_seen));
    }

    private void FillMemory(ulong rsp)
    {
        Span<byte> data = HostCpu.Memory(Data, DataBytes), stack = HostCpu.Memory(Stack, StackBytes);
        for (int i = 0; i < 8; i++)
            BitConverter.TryWriteBytes(data[_random.Next(DataBytes - 8)..], _generator.Value());

        for (int i = 0; i < 4; i++)
            BitConverter.TryWriteBytes(stack[_random.Next(StackBytes - 8)..], _generator.Value());

        // POPF may set what user mode can: the arithmetic flags and DF.
        if (_generator.Instruction.Mnemonic is Mnemonic.Popfq or Mnemonic.Popf && rsp >= HostCpu.MemoryAddress && rsp < HostCpu.MemoryAddress + HostCpu.MemoryBytes)
            BitConverter.TryWriteBytes(HostCpu.Memory(rsp, 8), (_generator.Value() & 0xcd5) | 0x202);

        data.CopyTo(Mine(Data, DataBytes));
        stack.CopyTo(Mine(Stack, StackBytes));
    }

    private Span<byte> Mine(ulong address, int bytes) =>
        _core.Memory.AsSpan((int)(address - HostCpu.MemoryAddress), bytes);

    private string? Difference()
    {
        Span<ulong> after = _host.Out;
        uint defined = ~_exceptions.Undefined(_generator.Instruction, Count(_generator.Instruction, (byte)_host.In[1]));
        if ((defined & X64Exceptions.Result) == 0)
            return null;

        for (int i = 0; i < 16; i++)
        {
            if (after[i] != _core.Registers[i])
                return $"register {i}: 0x{_core.Registers[i]:x}, processor 0x{after[i]:x}";
        }

        uint mine = (_core.Eflags | ((uint)_core.SystemFlags & 0x400)) & defined, theirs = (uint)after[16] & 0xcd5 & defined;
        if (mine != theirs)
            return $"flags [{X64Exceptions.Names(mine ^ theirs)}]: 0x{mine:x}, processor 0x{theirs:x}";

        if (!after[17..].SequenceEqual(_core.Vectors))
            return "a vector register " + VectorDifference(after[17..]);

        if (!HostCpu.Memory(Data, DataBytes).SequenceEqual(Mine(Data, DataBytes)))
            return "data in memory";

        // Signals may write below the red zone.
        int from = StackBytes / 2 - 128;
        return HostCpu.Memory(Stack + (ulong)from, StackBytes - from).SequenceEqual(Mine(Stack + (ulong)from, StackBytes - from)) ? null : "the stack";
    }

    /// <summary>The masked shift count, for the exceptions that depend on it; 0 for other instructions.</summary>
    public static int Count(in Instruction insn, byte cl)
    {
        int last = insn.OpCount - 1;
        if (last < 1)
            return 0;

        int count = insn.GetOpKind(last) == OpKind.Immediate8 ? insn.Immediate8
            : insn.GetOpKind(last) == OpKind.Register && insn.GetOpRegister(last) == Register.CL ? cl : 0;
        return count & (insn.Op0Kind == OpKind.Register && insn.Op0Register.IsGPR64() || insn.MemorySize.GetSize() == 8 ? 63 : 31);
    }

    private string VectorDifference(Span<ulong> after)
    {
        for (int i = 0; i < 64; i++)
        {
            if (after[i] != _core.Vectors[i])
                return $"{i / 4}.{i % 4}: 0x{_core.Vectors[i]:x}, processor 0x{after[i]:x}";
        }

        return "";
    }

    private void Fail(string where, string difference)
    {
        Instruction insn = _generator.Instruction;
        int end = difference.IndexOf(':', StringComparison.Ordinal);
        string kind = $"{insn.Mnemonic} {difference[..(end < 0 ? difference.Length : end)]}";
        string text = $"{where}: {X64Disassembler.Format(_generator.Bytes, HostCpu.CodeAddress, out _)} "
            + $"({Convert.ToHexString(_generator.Bytes)}) rax 0x{_host.In[0]:x} rcx 0x{_host.In[1]:x} rdx 0x{_host.In[2]:x} flags 0x{_host.In[16]:x}: {difference}";
        _failures[kind] = _failures.TryGetValue(kind, out (int Count, string First) known) ? (known.Count + 1, known.First) : (1, text);
    }
}
