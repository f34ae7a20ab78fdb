using System.Numerics;
using System.Runtime.CompilerServices;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>
/// The six arithmetic flags in an <see cref="X64Registers"/>: a result and a carry word. Many pairs stand for the same six
/// flags; the search gear keeps, and the run gear leaves behind, the one that <see cref="Canonical"/> gives, so that
/// equal flags are equal cells.
/// </summary>
internal static unsafe class X64FlagWords
{
    public const uint Cf = 1 << 0;
    public const uint Pf = 1 << 2;
    public const uint Af = 1 << 4;
    public const uint Zf = 1 << 6;
    public const uint Sf = 1 << 7;
    public const uint Of = 1 << 11;
    public const uint All = Cf | Pf | Af | Zf | Sf | Of;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CfOf(ulong result, ulong carries) => (long)carries < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ZfOf(ulong result, ulong carries) => result == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool SfOf(ulong result, ulong carries) => (long)(result ^ (carries << 59)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool OfOf(ulong result, ulong carries) => (long)(carries ^ (carries << 1)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool PfOf(ulong result, ulong carries) =>
        (BitOperations.PopCount((byte)(result ^ (carries >> 8))) & 1) == 0;

    /// <summary>All six, at their places in RFLAGS.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(X64Registers* r) => Read(r->FlagResult, r->FlagCarries);

    /// <summary>All six, at their places in RFLAGS, of a result and its carry word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read(ulong result, ulong carries)
    {
        uint parity = (uint)BitOperations.PopCount((byte)(result ^ (carries >> 8))) & 1;
        return (uint)(carries >> 63)
            | ((parity ^ 1) << 2)
            | ((uint)(carries >> 3 & 1) << 4)
            | (result == 0 ? Zf : 0)
            | ((uint)((result ^ (carries << 59)) >> 63) << 7)
            | ((uint)((carries ^ (carries << 1)) >> 63) << 11);
    }

    /// <summary>
    /// The pair that stands for six flags: SF is bit 63 of the result, which is 0 where ZF is set (a set SF, or a clear PF, is
    /// then in bits 4 and 8 of the carry word), and otherwise ends in 3 or 1 as PF is set or clear.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong Result, ulong Carries) Canonical(uint flags)
    {
        ulong cf = flags & 1, pf = flags >> 2 & 1, af = flags >> 4 & 1, zf = flags >> 6 & 1, sf = flags >> 7 & 1, of = flags >> 11 & 1;
        ulong carries = (cf << 63) | ((cf ^ of) << 62) | (af << 3);
        return zf != 0 ? (0, carries | (sf << 4) | ((pf ^ 1) << 8)) : ((sf << 63) | (pf << 1) | 1, carries);
    }

    /// <summary>Sets the six flags, journaled. <paramref name="cell"/>: where the registers begin.</summary>
    public static void Set(State state, int cell, uint flags)
    {
        (ulong result, ulong carries) = Canonical(flags);
        state.Set(cell + X64Cells.FlagResult, result);
        state.Set(cell + X64Cells.FlagCarries, carries);
    }

    /// <summary>Makes the flags canonical.</summary>
    public static void Canonicalise(X64Registers* r) => (r->FlagResult, r->FlagCarries) = Canonical(Read(r));
}

/// <summary>Where the fields of an <see cref="X64Registers"/> lie, in cells. A test compares them with the struct.</summary>
internal static class X64Cells
{
    public const int Rip = 16;
    public const int FlagResult = 17;
    public const int FlagCarries = 18;
    public const int SystemFlags = 19;
    public const int FsBase = 20;
    public const int GsBase = 21;
    public const int Mxcsr = 22;
    public const int Ymm = 23;

    /// <summary>Behind the struct: where the run gear's core lies while it executes the context, otherwise 0.</summary>
    public const int RunCpu = Ymm + 64;

    /// <summary>Not 0 behind an indirect branch that has to arrive at ENDBR64: see <see cref="X64BranchTracker"/>.</summary>
    public const int BranchTracker = RunCpu + 1;
    public const int Count = BranchTracker + 1;
}
