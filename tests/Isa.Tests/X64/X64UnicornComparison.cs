using Iced.Intel;
using RcuEmu.Isa.Tests.Oracles;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>
/// One instruction executed by RcuEmu and by Unicorn from the same state. Each instruction gets a place of its own among HLTs, so that
/// nothing that was translated is stale until all places are used.
/// </summary>
internal sealed unsafe class X64UnicornComparison : IDisposable
{
    // UC_X86_REG_ RAX RCX RDX RBX RSP RBP RSI RDI R8 to R15 EFLAGS RIP XMM0 to XMM15: indices into the buffer.
    private const int Eflags = 16, RipAt = 17, Xmm0 = 18;
    private static readonly int[] Ids = [35, 38, 40, 37, 44, 36, 43, 39, .. Enumerable.Range(106, 8), 25, 41, .. Enumerable.Range(122, 16)];

    // UC_CPU_X86_ICELAKE_CLIENT. UC_ERR_: READ_UNMAPPED, WRITE_UNMAPPED, WRITE_PROT, READ_PROT; and FETCH_UNMAPPED, at the target of a branch.
    private const int IcelakeClient = 25, ReadUnmapped = 6, WriteUnmapped = 7, FetchUnmapped = 8, WriteProtected = 12, ReadProtected = 13;
    private const int FetchProtected = 14, UnhandledException = 21;

    // Far enough apart that no short branch arrives at a neighbour.
    private const int Stride = 512, CodeBytes = 0x100000;
    private const ulong CodeAt = 0x2100_0000;
    private const byte Hlt = 0xf4;
    private const uint Flags = 0x8d5, Direction = 0x400;

    /// <summary>Where generated operands fall: the edges, the data and the stack.</summary>
    private static readonly (int From, int Bytes)[] Windows =
    [
        (0, 1024), (X64InstructionGenerator.ReadOnlyBytes - 512, 512), (X64InstructionGenerator.ReadOnlyBytes, 1024),
        (HostCpu.MemoryBytes - 1024, 1024), ((int)(HostCpu.DataMiddle - HostCpu.MemoryAddress) - 1024, 2048),
        ((int)(HostCpu.StackMiddle - HostCpu.MemoryAddress) - 1024, 2048),
    ];

    private readonly X64InstructionGenerator _generator;
    private readonly Random _random;
    private readonly X64Exceptions _exceptions;
    private readonly Unicorn _unicorn = new(Unicorn.X86, Unicorn.Mode64, IcelakeClient);
    private readonly byte* _code, _readOnly, _writable;
    private readonly ulong* _registers;
    private readonly Dictionary<string, (int Count, string First)> _failures = new(StringComparer.Ordinal);
    private readonly HashSet<Code> _seen = [];
    private X64TestCore _core = new(HostCpu.MemoryAddress, HostCpu.MemoryBytes) { ReadOnlyBytes = X64InstructionGenerator.ReadOnlyBytes };
    private X64TestHandler _handler = null!;
    private X64Insn _insn;
    private int _next, _events;

    public X64UnicornComparison(X64InstructionGenerator generator, Random random, X64Exceptions exceptions)
    {
        (_generator, _random, _exceptions) = (generator, random, exceptions);
        _code = _unicorn.Map(CodeAt, CodeBytes, Unicorn.Read | Unicorn.Execute);
        const int ReadOnly = X64InstructionGenerator.ReadOnlyBytes;
        _readOnly = _unicorn.Map(HostCpu.MemoryAddress, ReadOnly, Unicorn.Read);
        _writable = _unicorn.Map(HostCpu.MemoryAddress + ReadOnly, HostCpu.MemoryBytes - ReadOnly, Unicorn.Read | Unicorn.Write) - ReadOnly;
        _registers = _unicorn.UseRegisters(Ids);
        new Span<byte>(_code, CodeBytes).Fill(Hlt);
        random.NextBytes(_core.Memory);
        _core.Memory.AsSpan(0, ReadOnly).CopyTo(new Span<byte>(_readOnly, ReadOnly));
        _core.Memory.AsSpan(ReadOnly).CopyTo(new Span<byte>(_writable + ReadOnly, HostCpu.MemoryBytes - ReadOnly));
    }

    /// <summary>Where the next instruction is to be made for: in the middle of its place.</summary>
    public ulong NextPlace => CodeAt + ((ulong)_next * Stride) + (Stride / 2);

    /// <summary>Puts the generator's instruction in its place.</summary>
    public void SetInstruction()
    {
        if (_next == 0)
            _unicorn.Flush();

        var place = new Span<byte>(_code + (_generator.Address - CodeAt), 16);
        place.Fill(Hlt);
        _generator.Bytes.CopyTo(place);
        _handler = X64TestHandlers.Of(X64Decoder.Decode(_generator.Bytes, _generator.Address, out _insn));
        _next = (_next + 1) % (CodeBytes / Stride);
    }

    /// <summary>Runs it once from a new state.</summary>
    public void RunOnce(string where)
    {
        MakeState();
        byte cl = (byte)_core.Registers[1];
        _unicorn.WriteRegisters();
        int error = _unicorn.Run(_generator.Address, _generator.Address + (ulong)_generator.Bytes.Length);
        _unicorn.ReadRegisters();
        Flow flow = _core.Step(_handler, _insn);
        while (flow == Flow.Again)
            flow = _core.Step(_handler, _insn);

        string? difference = Outcome(flow, error) ?? Registers(cl) ?? (flow == Flow.Event ? null : Rest(flow, cl));
        if (difference is not null)
            Fail(where, difference);

        // A store that faults halfway may have written its first half or not: both go on from what Unicorn left.
        if (flow == Flow.Event || difference is not null)
            TakeMemory();
        else if (_generator.Instruction.Mnemonic == Mnemonic.Call)
            ForgetReturnAddress();

        _events += flow == Flow.Event ? 1 : 0;
        _seen.Add(_generator.Instruction.Code);
    }

    /// <summary>Fails with the differences, and where too little was compared.</summary>
    public void Finish(int executions, Code[] codes)
    {
        Assert.True(_failures.Count == 0, $"{_failures.Count} kinds of difference:\n" + string.Join(
            "\n", _failures.OrderBy(f => f.Key, StringComparer.Ordinal).Take(80).Select(f => $"{f.Key}: {f.Value.Count} times, first {f.Value.First}")));
        Assert.InRange(_events, executions / 50, executions / 2);
        if (executions >= codes.Length * 100)
            Assert.Empty(codes.Except(_seen));
    }

    public void Dispose() => _unicorn.Dispose();

    private void MakeState()
    {
        _generator.FillRegisters(_core.Registers);
        for (int i = 0; i < 64; i++)
            _core.Vectors[i] = (i & 2) == 0 ? _generator.Value() : 0;

        _core.Rip = _generator.Address;
        _core.Eflags = (uint)_random.Next(0x1000) & Flags;
        _core.SystemFlags = 0x202 | (_random.Next(4) == 0 ? Direction : 0);
        for (int i = 0; i < 16; i++)
            _registers[i * 2] = _core.Registers[i];

        _registers[Eflags * 2] = _core.Eflags | _core.SystemFlags;
        _registers[RipAt * 2] = _generator.Address;
        for (int i = 0; i < 16; i++)
            (_registers[(Xmm0 + i) * 2], _registers[((Xmm0 + i) * 2) + 1]) = (_core.Vectors[i * 4], _core.Vectors[(i * 4) + 1]);
    }

    private string? Outcome(Flow flow, int error)
    {
        string theirs = error switch
        {
            // Every run but the first that meets an exception ends without an error, on the instruction.
            0 => flow == Flow.Event && _registers[RipAt * 2] == _generator.Address ? "exception" : "none",
            FetchUnmapped or FetchProtected => flow == Flow.Branch ? "none" : "fetch fault",
            ReadUnmapped or ReadProtected or WriteUnmapped or WriteProtected => "memory fault",
            UnhandledException => "exception",
            _ => $"error {error}",
        };
        string ours = flow != Flow.Event ? "none" : _core.Event switch
        {
            GuestEventKind.ReadFault or GuestEventKind.WriteFault => "memory fault",
            GuestEventKind.DivideError => "exception",
            _ => _core.Event.ToString(),
        };
        return ours == theirs ? null : $"event: {ours}, Unicorn {theirs}";
    }

    private string? Registers(byte cl)
    {
        if (IsUndefined(cl))
            return null;

        for (int i = 0; i < 16; i++)
        {
            if (_core.Registers[i] != _registers[i * 2])
                return $"register: {i} is 0x{_core.Registers[i]:x}, Unicorn's 0x{_registers[i * 2]:x}";
        }

        return null;
    }

    private bool IsUndefined(byte cl) =>
        (_exceptions.Undefined(_generator.Instruction, HostComparison.Count(_generator.Instruction, cl)) & X64Exceptions.Result) != 0;

    private string? Rest(Flow flow, byte cl)
    {
        uint defined = ~_exceptions.Undefined(_generator.Instruction, HostComparison.Count(_generator.Instruction, cl));
        uint ours = _core.Eflags | ((uint)_core.SystemFlags & Direction), theirs = (uint)_registers[Eflags * 2] & (Flags | Direction);
        if (((ours ^ theirs) & defined) != 0)
            return $"flags [{X64Exceptions.Names((ours ^ theirs) & defined)}]: 0x{ours:x}, Unicorn 0x{theirs:x}";

        // Behind a branch to a HLT, Unicorn's RIP is behind that.
        ulong rip = _registers[RipAt * 2];
        if (rip != _core.Rip && !(flow == Flow.Branch && rip == _core.Rip + 1))
            return $"RIP: 0x{_core.Rip:x}, Unicorn 0x{rip:x}";

        for (int i = 0; i < 32; i++)
        {
            ulong xmm = _registers[(Xmm0 * 2) + i], mine = _core.Vectors[(i / 2 * 4) + (i & 1)];
            if (xmm != mine)
                return $"XMM: {i / 2}.{i & 1} is 0x{mine:x}, Unicorn's 0x{xmm:x}";
        }

        foreach ((int from, int bytes) in Windows)
        {
            if (!Theirs(from, bytes).SequenceEqual(_core.Memory.AsSpan(from, bytes)))
                return "memory: differs";
        }

        return null;
    }

    private Span<byte> Theirs(int from, int bytes) => new((from < X64InstructionGenerator.ReadOnlyBytes ? _readOnly : _writable) + from, bytes);

    // A later RET that found it would run, and make Unicorn translate, what is not in its place.
    private void ForgetReturnAddress()
    {
        int at = (int)(_core.Registers[4] - HostCpu.MemoryAddress);
        BitConverter.TryWriteBytes(_core.Memory.AsSpan(at, 8), _generator.Value());
        _core.Memory.AsSpan(at, 8).CopyTo(Theirs(at, 8));
    }

    private void TakeMemory()
    {
        foreach ((int from, int bytes) in Windows)
            Theirs(from, bytes).CopyTo(_core.Memory.AsSpan(from, bytes));
    }

    private void Fail(string where, string difference)
    {
        Instruction insn = _generator.Instruction;
        string kind = $"{(insn.HasLockPrefix ? "lock " : "")}{insn.Mnemonic} {difference[..difference.IndexOf(':', StringComparison.Ordinal)]}";
        string text = $"{where}: {X64Disassembler.Format(_generator.Bytes, _generator.Address, out _)} ({Convert.ToHexString(_generator.Bytes)}): {difference}";
        _failures[kind] = _failures.TryGetValue(kind, out (int Count, string First) known) ? (known.Count + 1, known.First) : (1, text);
    }
}
