using RcuEmu.Emulator.Execution;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>
/// PSTATE.NZCV in an <see cref="A64Registers"/>. The canonical form, which the search gear keeps and the run gear leaves behind,
/// has N as 0 or bit 63 and Z as 0 or 1, so that equal flags are equal cells.
/// </summary>
internal static unsafe class A64Flags
{
    public const ulong Sign = 1UL << 63;

    /// <summary>The four flags in bits 31:28.</summary>
    public static uint Nzcv(A64Registers* r) =>
        ((uint)(r->NResult >> 63) << 31) | (r->ZResult == 0 ? 1u << 30 : 0) | ((uint)r->C << 29) | ((uint)r->Overflow << 28);

    /// <summary>Sets them, canonical and journaled, from bits 31:28. <paramref name="cell"/>: where the registers begin.</summary>
    public static void Set(State state, int cell, uint nzcv)
    {
        state.Set(cell + A64Cells.N, (ulong)(nzcv >> 31) << 63);
        state.Set(cell + A64Cells.Z, (nzcv >> 30 & 1) ^ 1);
        state.Set(cell + A64Cells.C, nzcv >> 29 & 1);
        state.Set(cell + A64Cells.Overflow, nzcv >> 28 & 1);
    }

    /// <summary>Makes the flags canonical, and the sink, which no one reads, 0.</summary>
    public static void Canonicalise(A64Registers* r)
    {
        r->NResult &= Sign;
        r->ZResult = r->ZResult == 0 ? 0UL : 1;
        r->X[A64Slot.Sink] = 0;
    }
}

/// <summary>Where the fields of an <see cref="A64Registers"/> lie, in cells. A test compares them with the struct.</summary>
internal static class A64Cells
{
    public const int Pc = A64Slot.Count;
    public const int N = Pc + 1;
    public const int Z = Pc + 2;
    public const int C = Pc + 3;
    public const int Overflow = Pc + 4;
    public const int Fpcr = Pc + 5;
    public const int Fpsr = Pc + 6;
    public const int V = Pc + 7;

    public const int P = V + 64;

    /// <summary>Behind the struct: where the run gear's core lies while it executes the context, otherwise 0.</summary>
    public const int RunCpu = P + A64Predicate.Count;

    /// <summary>PSTATE.BTYPE, see <see cref="A64BranchType"/>; always 0 in a machine without <see cref="CoreFeatures.BranchTargets"/>.</summary>
    public const int BranchType = RunCpu + 1;
    public const int Count = BranchType + 1;
}
