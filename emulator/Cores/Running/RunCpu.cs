using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>The head of a decoded operation: what executes it, and where it lies. The instruction itself follows.</summary>
internal unsafe struct RunOp
{
    /// <summary>
    /// Executes this operation and goes on to the next one: registers, this, instructions allowed, core. Returns the operation
    /// that comes next where all instructions allowed are executed, otherwise null, and <see cref="RunCpu.Exit"/> says why.
    /// </summary>
    public delegate*<void*, RunOp*, long, RunCpu*, RunOp*> Run;

    /// <summary>The instruction's address.</summary>
    public ulong Pc;
}

/// <summary>Values of <see cref="Isa.Flow"/> that only the run gear's own cores give.</summary>
internal static class RunFlow
{
    /// <summary>A branch to where the instruction itself says: the place is known since it was decoded.</summary>
    public const Isa.Flow Direct = (Isa.Flow)4;
}

/// <summary>Why a chain of operations stopped.</summary>
internal enum RunExit : byte
{
    /// <summary>The next instruction's page is not in the core's table of code pages.</summary>
    Far,

    /// <summary>The next instruction is not decoded.</summary>
    Undecoded,

    /// <summary>The next instruction needs the search gear's way: an event, a page not seen yet, a store to code, a system register.</summary>
    Slow,
}

/// <summary>
/// Where a data page lies in the host. A tag is the page's address where the access is allowed without further ado,
/// otherwise <see cref="RunCpu.NoPage"/>.
/// </summary>
internal struct DataPage
{
    public ulong ReadTag;
    public ulong WriteTag;

    /// <summary>Host address minus guest address.</summary>
    public long Addend;
    public long Unused;
}

/// <summary>Where a code page's operations lie.</summary>
internal unsafe struct CodePageEntry
{
    public ulong Number;
    public byte* Ops;
}

/// <summary>
/// One core in the run gear: its software TLB, and how its last chain stopped. Both tables lie right behind the struct, so that
/// an access needs no pointer to them.
/// </summary>
internal unsafe struct RunCpu
{
    /// <summary>A tag that is no page's.</summary>
    public const ulong NoPage = ulong.MaxValue;

    /// <summary>No epoch, and not <see cref="Execution.State.Unsettled"/> either.</summary>
    public const ulong NotReady = ulong.MaxValue - 1;

    // Many, since memory of different kinds tends to begin at like addresses, and each entry serves one page at a time.
    public const int DataPages = 512;
    public const int CodePages = 64;

    private const ulong PageMask = ~(ulong)(GuestMemory.PageBytes - 1);

    /// <summary>The operation in execution.</summary>
    public RunOp* Op;

    /// <summary>The next instruction's address, where a chain stopped or is about to branch to.</summary>
    public ulong Pc;

    /// <summary>How many of the instructions allowed were not executed.</summary>
    public long Left;

    /// <summary>The operation that comes next, or one that is not decoded, where that is not known.</summary>
    public RunOp* Next;

    /// <summary>
    /// While the state's <see cref="Execution.State.Settled"/> is this, <see cref="Next"/> can be executed at once: the registers are the context's, the tables
    /// are right, no exclusive monitor is set. Otherwise <see cref="NotReady"/>.
    /// </summary>
    public ulong Ready;

    /// <summary>The cell that says which context the core executes, and what it held when <see cref="Registers"/> was set.</summary>
    public ulong* ContextCell;
    public ulong Context;

    /// <summary>The registers that the core works on, and the program counter among them.</summary>
    public ulong* Registers;
    public ulong* RegistersPc;

    /// <summary>Bytes of operations for each byte of code.</summary>
    public ulong Scale;

    /// <summary>Bits that are 0 in the address of an instruction.</summary>
    public ulong AlignMask;

    /// <summary>The core's system register cells.</summary>
    public ulong* System;

    /// <summary>The cell that holds 1 while interrupts are masked.</summary>
    public ulong* Masked;

    /// <summary>The cell with one bit for each core whose exclusive monitor is set, and this core's two monitor cells.</summary>
    public ulong* MonitorsSet, Monitor;

    /// <summary>What the architecture's core makes of it: arm64, cells by register number.</summary>
    public byte* SystemIndex;

    /// <summary>The core's index.</summary>
    public int Index;

    /// <summary>1 where a trace was left to its first operation's own handler, since few instructions were allowed.</summary>
    public int Rested;

    public RunExit Exit;

    /// <summary>Bytes of the struct with its tables.</summary>
    public static int TotalBytes => sizeof(RunCpu) + (DataPages * sizeof(DataPage)) + (CodePages * sizeof(CodePageEntry));

    /// <summary>Where <paramref name="bytes"/> bytes can be read, or null: the slow way.</summary>
    /// <remarks>The last byte's page is compared: an access that crosses pages never matches, since neighbours have other entries.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Readable(RunCpu* cpu, ulong address, int bytes)
    {
        DataPage* page = Page(cpu, address);
        return LastPage(address, bytes) == page->ReadTag ? (byte*)address + page->Addend : null;
    }

    /// <summary>Where <paramref name="bytes"/> bytes can be written, or null: the slow way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Writable(RunCpu* cpu, ulong address, int bytes)
    {
        DataPage* page = Page(cpu, address);
        return LastPage(address, bytes) == page->WriteTag ? (byte*)address + page->Addend : null;
    }

    /// <summary>Reads 1, 2, 4 or 8 bytes. False: the slow way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load(RunCpu* cpu, ulong address, int bytes, out ulong value)
    {
        DataPage* page = Page(cpu, address);
        if (LastPage(address, bytes) != page->ReadTag)
        {
            value = 0;
            return false;
        }

        byte* at = (byte*)address + page->Addend;
        value = bytes switch
        {
            1 => *at,
            2 => *(ushort*)at,
            4 => *(uint*)at,
            _ => *(ulong*)at,
        };
        return true;
    }

    /// <summary>Writes 1, 2, 4 or 8 bytes. False: the slow way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Store(RunCpu* cpu, ulong address, int bytes, ulong value)
    {
        DataPage* page = Page(cpu, address);
        if (LastPage(address, bytes) != page->WriteTag)
            return false;

        byte* at = (byte*)address + page->Addend;
        switch (bytes)
        {
            case 1:
                *at = (byte)value;
                break;
            case 2:
                *(ushort*)at = (ushort)value;
                break;
            case 4:
                *(uint*)at = (uint)value;
                break;
            default:
                *(ulong*)at = value;
                break;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LastPage(ulong address, int bytes) => (address + (ulong)(bytes - 1)) & PageMask;

    /// <summary>Opens the core's exclusive monitor.</summary>
    public static void ClearExclusive(RunCpu* cpu)
    {
        if ((*cpu->MonitorsSet >> cpu->Index & 1) == 0)
            return;

        *cpu->MonitorsSet &= ~(1UL << cpu->Index);
        (cpu->Monitor[0], cpu->Monitor[1]) = (0, 0);
    }

    /// <summary>The TLB entry for an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DataPage* Page(RunCpu* cpu, ulong address) =>
        (DataPage*)((byte*)(cpu + 1) + ((address >> 7) & ((DataPages - 1) * 32)));

    /// <summary>The code page entry for a page number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodePageEntry* Code(RunCpu* cpu, ulong number) =>
        (CodePageEntry*)((byte*)(cpu + 1) + (DataPages * 32)) + (number & (CodePages - 1));
}
