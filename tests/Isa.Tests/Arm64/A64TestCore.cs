using System.Runtime.CompilerServices;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>The least core that A64 operations run on: registers, flat memory, an exclusive monitor, the event raised.</summary>
internal unsafe struct A64TestCore(A64TestMemory memory) : IA64Core
{
    public A64Registers Registers;
    public GuestEventKind Event;
    public ulong Detail;
    public ulong Next;
    public ulong System;
    public A64PointerAuthentication Authentication;
    public Dictionary<int, ulong>? Named;
    private ulong _monitor;
    private int _monitorBytes;

    public ulong Pc { readonly get => Registers.Pc; set => Registers.Pc = value; }

    public readonly bool N => (long)Registers.NResult < 0;

    public readonly bool Z => Registers.ZResult == 0;

    public readonly bool C => Registers.C != 0;

    public readonly bool Overflow => Registers.Overflow != 0;

    public readonly uint Nzcv => (N ? 8u << 28 : 0) | (Z ? 4u << 28 : 0) | (C ? 2u << 28 : 0) | (Overflow ? 1u << 28 : 0);

    public readonly ulong X(int slot) => slot == A64Slot.Zero ? 0 : Registers.X[slot];

    public void SetX(int slot, ulong value) => Registers.X[slot] = value;

    public readonly ulong V(int register, int half) => Registers.V[(register * 2) + half];

    public void SetV(int register, int half, ulong value) => Registers.V[(register * 2) + half] = value;

    public readonly ulong P(int register) => Registers.P[register];

    public void SetP(int register, ulong value) => Registers.P[register] = value;

    public Flow BranchTo(ulong target, BranchKind kind)
    {
        Next = target;
        return Flow.Branch;
    }

    public Flow BranchBy(long distance, BranchKind kind) => BranchTo(Pc + (ulong)distance, kind);

    public void SetFlags(long result, bool carry, bool overflow)
    {
        Registers.NResult = (ulong)result;
        Registers.ZResult = (ulong)result;
        Registers.C = carry ? 1UL : 0;
        Registers.Overflow = overflow ? 1UL : 0;
    }

    public void SetNzcv(uint nzcv)
    {
        Registers.NResult = (nzcv & (8u << 28)) != 0 ? ulong.MaxValue : 0;
        Registers.ZResult = (nzcv & (4u << 28)) != 0 ? 0UL : 1;
        Registers.C = (nzcv >> 29) & 1;
        Registers.Overflow = (nzcv >> 28) & 1;
    }

    public bool Load(ulong address, int bytes, Access access, out ulong value)
    {
        value = 0;
        if (!A64TestMemory.Allows(address, bytes, isStore: false))
            return Raise(GuestEventKind.ReadFault, address) != Flow.Event;
        byte* at = memory.Bytes + (address - A64TestMemory.Base);
        value = bytes switch
        {
            1 => *at,
            2 => Unsafe.ReadUnaligned<ushort>(at),
            4 => Unsafe.ReadUnaligned<uint>(at),
            _ => Unsafe.ReadUnaligned<ulong>(at),
        };
        return true;
    }

    public bool Load128(ulong address, Access access, out ulong low, out ulong high)
    {
        high = 0;
        if (A64TestMemory.Allows(address, 16, isStore: false))
            return Load(address, 8, access, out low) && Load(address + 8, 8, access, out high);
        low = 0;
        return Raise(GuestEventKind.ReadFault, address) != Flow.Event;
    }

    public bool Store(ulong address, int bytes, Access access, ulong value)
    {
        if (!A64TestMemory.Allows(address, bytes, isStore: true))
            return Raise(GuestEventKind.WriteFault, address) != Flow.Event;
        Unsafe.CopyBlockUnaligned(memory.Bytes + (address - A64TestMemory.Base), &value, (uint)bytes);
        return true;
    }

    public bool Store128(ulong address, Access access, ulong low, ulong high)
    {
        if (A64TestMemory.Allows(address, 16, isStore: true))
            return Store(address, 8, access, low) && Store(address + 8, 8, access, high);
        return Raise(GuestEventKind.WriteFault, address) != Flow.Event;
    }

    public void SetExclusive(ulong address, int bytes) => (_monitor, _monitorBytes) = (address, bytes);

    public bool PassExclusive(ulong address, int bytes)
    {
        bool passes = _monitorBytes == bytes && _monitor == address;
        _monitorBytes = 0;
        return passes;
    }

    public void ClearExclusive() => _monitorBytes = 0;

    public readonly void Barrier(Barrier barrier)
    {
    }

    public readonly bool Cache(CacheOperation operation, ulong address) => true;

    public readonly A64PointerAuthentication PointerAuthentication => Authentication;

    public readonly bool ReadSystem(int register, out ulong value)
    {
        value = Named is null ? System : Named.GetValueOrDefault(register);
        return true;
    }

    public bool WriteSystem(int register, ulong value)
    {
        System = value;
        return true;
    }

    public Flow Raise(GuestEventKind kind, ulong detail)
    {
        (Event, Detail) = (kind, detail);
        return Flow.Event;
    }
}
