using System.Buffers.Binary;
using System.Numerics;
using Iced.Intel;
using RcuEmu.Isa.X64;

namespace RcuEmu.Isa.Tests.X64;

/// <summary>The plainest core: registers and one block of memory; everything outside the block faults.</summary>
internal struct X64TestCore : IX64Core
{
    public ulong[] Registers;
    public ulong[] Vectors;
    public byte[] Memory;
    public ulong MemoryBase;
    public int ReadOnlyBytes;
    public uint Eflags;
    public ulong[] SystemRegisters;
    public ulong GsBase;
    public GuestEventKind Event;
    public ulong Detail;
    public Access Accesses;
    public int Loads, Stores, Barriers;
    public BranchKind LastBranch;
    private bool _branched;

    public X64TestCore(ulong memoryBase, int bytes)
    {
        Registers = new ulong[16];
        Vectors = new ulong[64];
        Memory = new byte[bytes];
        SystemRegisters = new ulong[16 * 32];
        MemoryBase = memoryBase;
        SystemFlags = 2;
    }

    public ulong Rip { get; set; }

    public ulong NextRip { get; set; }

    public readonly ulong Gpr(int register) => Registers[register];

    public readonly void SetGpr(int register, ulong value) => Registers[register] = value;

    public readonly ulong Ymm(int register, int quadword) => Vectors[(register * 4) + quadword];

    public readonly void SetYmm(int register, int quadword, ulong value) => Vectors[(register * 4) + quadword] = value;

    public Flow BranchTo(ulong target, BranchKind kind)
    {
        NextRip = target;
        LastBranch = kind;
        _branched = true;
        return Flow.Branch;
    }

    public Flow BranchBy(long distance, BranchKind kind) => BranchTo(NextRip + (ulong)distance, kind);

    public void SetFlags(long result, ulong carries)
    {
        Assert.Equal(0ul, carries & ~(3ul << 62 | 8ul));
        bool cf = carries >> 63 != 0, carryIn = ((carries >> 62) & 1) != 0;
        Eflags = (cf ? 1u : 0)
            | ((BitOperations.PopCount((byte)result) & 1) == 0 ? 4u : 0)
            | ((carries & 8) != 0 ? 0x10u : 0)
            | (result == 0 ? 0x40u : 0)
            | (result < 0 ? 0x80u : 0)
            | (cf != carryIn ? 0x800u : 0);
    }

    public uint ArithmeticFlags
    {
        readonly get => Eflags;
        set
        {
            Assert.Equal(0u, value & ~0x8d5u);
            Eflags = value;
        }
    }

    public readonly bool Cf => (Eflags & 1) != 0;

    public readonly bool Zf => (Eflags & 0x40) != 0;

    public readonly bool Sf => (Eflags & 0x80) != 0;

    public readonly bool Of => (Eflags & 0x800) != 0;

    public readonly bool Pf => (Eflags & 4) != 0;

    public ulong SystemFlags { get; set; }

    public readonly ulong SegmentBase(Register segment) => segment == Register.GS ? GsBase : 0;

    public bool Load(ulong address, int bytes, Access access, out ulong value)
    {
        value = 0;
        if (!Inside(address, bytes))
        {
            Raise((access & (Access.Modify | Access.Atomic)) != 0 ? GuestEventKind.WriteFault : GuestEventKind.ReadFault, address);
            return false;
        }

        Accesses |= access;
        Loads++;
        ReadOnlySpan<byte> at = Memory.AsSpan((int)(address - MemoryBase), bytes);
        value = bytes switch
        {
            1 => at[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(at),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(at),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(at),
        };
        return true;
    }

    public bool Load128(ulong address, Access access, out ulong low, out ulong high)
    {
        low = high = 0;
        if (!Inside(address, 16))
        {
            Raise(GuestEventKind.ReadFault, address);
            return false;
        }

        return Load(address, 8, access, out low) && Load(address + 8, 8, access, out high);
    }

    public bool Store(ulong address, int bytes, Access access, ulong value)
    {
        if (!CheckWrite(address, bytes))
            return false;

        Accesses |= access;
        Stores++;
        Span<byte> at = Memory.AsSpan((int)(address - MemoryBase), bytes);
        if (bytes == 1)
            at[0] = (byte)value;
        else if (bytes == 2)
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value);
        else if (bytes == 4)
            BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(at, value);

        return true;
    }

    public bool Store128(ulong address, Access access, ulong low, ulong high) =>
        CheckWrite(address, 16) && Store(address, 8, access, low) && Store(address + 8, 8, access, high);

    public bool CheckWrite(ulong address, int bytes)
    {
        if (Inside(address, bytes) && address - MemoryBase >= (ulong)ReadOnlyBytes)
            return true;

        Raise(GuestEventKind.WriteFault, address);
        return false;
    }

    public void Barrier(Barrier barrier) => Barriers++;

    public readonly bool Cache(CacheOperation operation, ulong address) => true;

    public readonly bool ReadSystem(X64System register, uint index, out ulong value)
    {
        value = SystemRegisters[SystemSlot(register, index)];
        return true;
    }

    public readonly bool WriteSystem(X64System register, uint index, ulong value)
    {
        SystemRegisters[SystemSlot(register, index)] = value;
        return true;
    }

    public readonly void Cpuid(ref uint eax, ref uint ebx, ref uint ecx, ref uint edx) => (ebx, edx) = (eax + 1, ecx + 1);

    public readonly ulong TimeStamp => 0x1234_5678_9abc;

    public Flow Raise(GuestEventKind kind, ulong detail)
    {
        Event = kind;
        Detail = detail;
        return Flow.Event;
    }

    /// <summary>Decodes and executes one instruction at <see cref="Rip"/>, and moves RIP as the flow says.</summary>
    public Flow Step(ReadOnlySpan<byte> code)
    {
        X64Operation operation = X64Decoder.Decode(code, Rip, out X64Insn insn);
        return Step(X64TestHandlers.Of(operation), insn);
    }

    /// <summary>Executes one decoded instruction.</summary>
    public Flow Step(X64TestHandler handler, in X64Insn insn)
    {
        NextRip = Rip + insn.Length;
        Event = GuestEventKind.None;
        Accesses = Access.Plain;
        Loads = Stores = Barriers = 0;
        _branched = false;
        Flow flow = handler(ref this, insn);
        Assert.Equal(flow == Flow.Branch, _branched);
        Assert.Equal(flow == Flow.Event, Event != GuestEventKind.None);
        if (flow is Flow.Next or Flow.Branch)
            Rip = NextRip;

        return flow;
    }

    public static int SystemSlot(X64System register, uint index) => ((int)register * 32) + (int)(index & 31);

    private readonly bool Inside(ulong address, int bytes) =>
        address >= MemoryBase && address - MemoryBase <= (ulong)(Memory.Length - bytes);
}

/// <summary>One operation compiled for <see cref="X64TestCore"/>.</summary>
internal delegate Flow X64TestHandler(ref X64TestCore core, in X64Insn insn);

internal static class X64TestHandlers
{
    private static readonly Dictionary<X64Operation, X64TestHandler> Made = [];
    private static readonly Maker TheMaker = new();

    public static X64TestHandler Of(X64Operation operation)
    {
        lock (Made)
        {
            if (!Made.TryGetValue(operation, out X64TestHandler? handler))
                Made[operation] = handler = operation.Accept(TheMaker);

            return handler;
        }
    }

    private sealed class Maker : IX64OperationVisitor<X64TestHandler>
    {
        public X64TestHandler Visit<TOp>()
            where TOp : struct, IX64Op => TOp.Execute;
    }
}
