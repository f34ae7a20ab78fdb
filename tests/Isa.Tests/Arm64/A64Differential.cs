using RcuEmu.Isa.Arm64;
using RcuEmu.Isa.Tests.Oracles;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Executes the same instruction from the same state on the test core and on Unicorn, and compares all of it.</summary>
internal sealed unsafe class A64Differential : IDisposable
{
    private const ulong Code = 0x400000000000;
    private const int CodeBytes = 0x40000, StatesPerWord = 4;

    // uc_arm64_reg: X0 to X28, X29, X30, SP, NZCV, Q0 to Q31, PC.
    private const int RegX0 = 199, RegX29 = 1, RegNzcv = 3, RegSp = 4, RegQ0 = 104, RegPc = 260, CpuMax = 3;
    private const int Nzcv = 32, Vector0 = 33, Pc = 65, Count = 66;

    // UC_ERR_*
    private const int Ok = 0, ReadUnmapped = 6, WriteUnmapped = 7, FetchUnmapped = 8, WriteProtected = 12, FetchProtected = 14;
    private const int ReadUnaligned = 16, WriteUnaligned = 17;

    private readonly Unicorn _unicorn = new(Unicorn.Arm64, Unicorn.ModeArm, CpuMax);
    private readonly A64TestMemory _memory = new();
    private readonly byte* _writable, _readOnly;
    private readonly uint* _code;
    private readonly ulong* _registers;
    private readonly A64Generator _generator;
    private A64TestCore _core;
    private int _next;
    private bool _isUnchecked;

    public A64Differential(int seed)
    {
        _generator = new A64Generator(seed);
        // Unicorn's core has FEAT_PAuth, with all keys disabled (SCTLR_EL1 is 0, as every register of the test core).
        _core = new A64TestCore(_memory) { Authentication = A64PointerAuthentication.PAuth };
        _code = (uint*)_unicorn.Map(Code, CodeBytes, Unicorn.Read | Unicorn.Execute);
        _writable = _unicorn.Map(A64TestMemory.Base, A64TestMemory.Writable, Unicorn.Read | Unicorn.Write);
        _readOnly = _unicorn.Map(A64TestMemory.Base + A64TestMemory.Writable, A64TestMemory.Page, Unicorn.Read);
        _registers = _unicorn.UseRegisters(
            [.. Enumerable.Range(RegX0, 29), RegX29, RegX29 + 1, RegSp, RegNzcv, .. Enumerable.Range(RegQ0, 32), RegPc]);
        FillMemory();
    }

    /// <summary>How many instructions were executed on both.</summary>
    public long Executed { get; private set; }

    /// <summary>Runs a word from several states. Gives the first difference as text, or null.</summary>
    public string? Try(uint word, bool isAlignmentUnchecked = false)
    {
        _isUnchecked = isAlignmentUnchecked;
        A64Operation operation = A64Decoder.Decode(word, out A64Insn insn);
        A64TestRun.Handler handler = A64TestRun.Of(operation);
        ulong pc = Place(word);
        for (int i = 0; i < StatesPerWord; i++)
        {
            MakeState(insn, pc);
            string? difference = Compare(word, pc, handler, insn);
            if (difference is not null)
                return difference;
        }

        return null;
    }

    public A64Generator Generator => _generator;

    /// <summary>Puts the word where no word was before, so that no translation is stale. A trap (BRK) follows it.</summary>
    private ulong Place(uint word)
    {
        if (_next == CodeBytes / 8)
        {
            _next = 0;
            _unicorn.Flush();
        }

        _code[_next * 2] = word;
        _code[(_next * 2) + 1] = 0xd4200000;
        return Code + ((ulong)_next++ * 8);
    }

    private void FillMemory()
    {
        for (int i = 0; i < A64TestMemory.Readable; i++)
            _memory.Bytes[i] = (byte)_generator.Below(256);
        new Span<byte>(_memory.Bytes, A64TestMemory.Writable).CopyTo(new Span<byte>(_writable, A64TestMemory.Writable));
        new Span<byte>(_memory.Bytes + A64TestMemory.Writable, A64TestMemory.Page).CopyTo(new Span<byte>(_readOnly, A64TestMemory.Page));
    }

    /// <summary>Random registers; the base register of an access points into the memory, less the offset, most of the time.</summary>
    private void MakeState(in A64Insn insn, ulong pc)
    {
        for (int slot = 0; slot <= A64Slot.Sp; slot++)
            _core.Registers.X[slot] = _generator.Value();
        for (int half = 0; half < 64; half++)
            _core.Registers.V[half] = _generator.Value();
        if (_generator.Below(2) == 0 && insn.Rm <= A64Slot.Sp)
            _core.Registers.X[insn.Rm] = (ulong)_generator.Below(256);
        if (_generator.Below(16) != 0 && insn.Rn <= A64Slot.Sp)
            _core.Registers.X[insn.Rn] = _generator.Address() - (_generator.Below(2) == 0 ? (ulong)insn.Imm : 0);
        _core.SetNzcv((uint)_generator.Below(16) << 28);
        _core.Pc = pc;
        _core.Event = GuestEventKind.None;
        for (int i = 0; i <= A64Slot.Sp; i++)
            _registers[i * 2] = _core.Registers.X[i];
        _registers[Nzcv * 2] = _core.Nzcv;
        for (int i = 0; i < 64; i++)
            _registers[(Vector0 * 2) + i] = _core.Registers.V[i];
        _registers[Pc * 2] = pc;
    }

    private string? Compare(uint word, ulong pc, A64TestRun.Handler handler, in A64Insn insn)
    {
        A64Registers before = _core.Registers;
        _unicorn.WriteRegisters();
        int error = _unicorn.Run(pc, pc + 4);
        _unicorn.ReadRegisters();
        Flow flow = handler(ref _core, insn);
        while (flow == Flow.Again)
            flow = handler(ref _core, insn);
        Executed++;

        ulong next = flow switch { Flow.Next => pc + 4, Flow.Branch => _core.Next, _ => pc };
        if (error == WriteProtected && flow != Flow.Event && insn.Word is var w && (w & 0x3f000000) == 0x08000000)
        {
            _core.Registers = before; // CAS that does not store, on a read-only page: see "Left out" there
            return null;
        }

        string? difference = Outcome(error, flow) ?? Registers(flow, next, error) ?? (flow == Flow.Event ? null : Memory());
        if (difference is null && flow != Flow.Event)
            return null;
        // A store that faults halfway may have written its first half or not: both go on from what Unicorn left.
        new Span<byte>(_writable, A64TestMemory.Writable).CopyTo(new Span<byte>(_memory.Bytes, A64TestMemory.Writable));
        if (difference is null)
            return null;
        return $"{word:x8} {A64Disassembler.Format(word, pc)}: {difference}; base was {before.X[Math.Min(insn.Rn, (byte)31)]:x}";
    }

    private string? Outcome(int error, Flow flow)
    {
        GuestEventKind expected = error switch
        {
            Ok or FetchUnmapped or FetchProtected => GuestEventKind.None,
            ReadUnmapped => GuestEventKind.ReadFault,
            WriteUnmapped or WriteProtected => GuestEventKind.WriteFault,
            ReadUnaligned or WriteUnaligned => GuestEventKind.AlignmentFault,
            _ => GuestEventKind.Undefined,
        };
        GuestEventKind ours = flow == Flow.Event ? _core.Event : GuestEventKind.None;
        if (ours == GuestEventKind.AlignmentFault && (error != Ok || _isUnchecked))
            return null; // Unicorn reports a translation fault first, and an alignment fault as an exception
        return ours == expected ? null : $"{ours} here, {expected} (error {error}) there";
    }

    private string? Registers(Flow flow, ulong next, int error)
    {
        if (flow == Flow.Event && error == Ok)
            return null; // an alignment fault that Unicorn does not have
        for (int i = 0; i <= A64Slot.Sp; i++)
        {
            if (_registers[i * 2] != _core.Registers.X[i])
                return $"X{i} {_core.Registers.X[i]:x} here, {_registers[i * 2]:x} there";
        }

        if ((uint)_registers[Nzcv * 2] != _core.Nzcv)
            return $"NZCV {_core.Nzcv >> 28:x} here, {(uint)_registers[Nzcv * 2] >> 28:x} there";
        for (int i = 0; i < 64 && flow != Flow.Event; i++) // a load that faults leaves its vector registers UNKNOWN
        {
            if (_registers[(Vector0 * 2) + i] != _core.Registers.V[i])
                return $"V{i / 2}.d[{i & 1}] {_core.Registers.V[i]:x} here, {_registers[(Vector0 * 2) + i]:x} there";
        }

        return flow == Flow.Event || _registers[Pc * 2] == next ? null : $"PC {next:x} here, {_registers[Pc * 2]:x} there";
    }

    private string? Memory()
    {
        var here = new ReadOnlySpan<byte>(_memory.Bytes, A64TestMemory.Writable);
        int equal = here.CommonPrefixLength(new ReadOnlySpan<byte>(_writable, A64TestMemory.Writable));
        return equal == A64TestMemory.Writable ? null : $"memory differs at +{equal:x}";
    }

    public void Dispose()
    {
        _unicorn.Dispose();
        _memory.Dispose();
    }
}
