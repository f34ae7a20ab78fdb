using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>What exclusives, ordered accesses and atomics share. Imm2 is the size in bytes, Option the order.</summary>
internal static class A64Aligned
{
    /// <summary>The address of an access that must be aligned to <paramref name="bytes"/>. False: an event was raised.</summary>
    /// <remarks>Left out: FEAT_LSE2, which allows such an access anywhere within 16 aligned bytes.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryAddress<TCore>(ref TCore core, in A64Insn insn, int bytes, out ulong address)
        where TCore : struct, IA64Core, allows ref struct
    {
        address = core.X(insn.Rn) + (ulong)insn.Imm;
        return (address & (ulong)(bytes - 1)) == 0 || core.Raise(GuestEventKind.AlignmentFault, address) != Flow.Event;
    }

    /// <summary>The low <paramref name="bytes"/> bytes of <paramref name="value"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value, int bytes) => bytes == 8 ? value : value & ((1UL << (bytes * 8)) - 1);

    /// <summary>The order of the load of a read-modify-write: acquire only where the value goes to a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Access LoadOrder(in A64Insn insn) =>
        (Access)insn.Option & (insn.Rd == A64Slot.Sink ? Access.Atomic : Access.Atomic | Access.Acquire);

    /// <summary>The order of its store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Access StoreOrder(in A64Insn insn) => (Access)insn.Option & (Access.Atomic | Access.Release);
}

/// <summary>LDXR, LDAXR.</summary>
internal readonly struct LoadExclusive : IA64Op
{
    public static bool IsExclusive => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address)
            || !core.Load(address, insn.Imm2, (Access)insn.Option, out ulong value))
        {
            return Flow.Event;
        }

        core.SetExclusive(address, insn.Imm2);
        core.SetX(insn.Rd, value);
        return Flow.Next;
    }
}

/// <summary>STXR, STLXR. Rm is the status register: 0 for stored, 1 for not.</summary>
internal readonly struct StoreExclusive : IA64Op
{
    public static bool IsExclusive => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address))
            return Flow.Event;
        bool passes = core.PassExclusive(address, insn.Imm2);
        if (passes && !core.Store(address, insn.Imm2, (Access)insn.Option, core.X(insn.Rd)))
            return Flow.Event;
        core.SetX(insn.Rm, passes ? 0UL : 1);
        return Flow.Next;
    }
}

/// <summary>LDXP, LDAXP: one single-copy atomic access of both.</summary>
internal readonly struct LoadExclusivePair : IA64Op
{
    public static bool IsExclusive => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2 * 2, out ulong address)
            || !A64Pair.Load(ref core, address, insn.Imm2, (Access)insn.Option, out ulong first, out ulong second))
        {
            return Flow.Event;
        }

        core.SetExclusive(address, insn.Imm2 * 2);
        core.SetX(insn.Rd, first);
        core.SetX(insn.Ra, second);
        return Flow.Next;
    }
}

/// <summary>STXP, STLXP.</summary>
internal readonly struct StoreExclusivePair : IA64Op
{
    public static bool IsExclusive => true;

    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2 * 2, out ulong address))
            return Flow.Event;
        bool passes = core.PassExclusive(address, insn.Imm2 * 2);
        if (passes && !A64Pair.Store(ref core, address, insn.Imm2, (Access)insn.Option, core.X(insn.Rd), core.X(insn.Ra)))
            return Flow.Event;
        core.SetX(insn.Rm, passes ? 0UL : 1);
        return Flow.Next;
    }
}

/// <summary>Two registers of 4 or 8 bytes as one access.</summary>
internal static class A64Pair
{
    public static bool Load<TCore>(ref TCore core, ulong address, int bytes, Access access, out ulong first, out ulong second)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (bytes == 8)
            return core.Load128(address, access, out first, out second);
        bool loaded = core.Load(address, 8, access, out ulong both);
        first = (uint)both;
        second = both >> 32;
        return loaded;
    }

    public static bool Store<TCore>(ref TCore core, ulong address, int bytes, Access access, ulong first, ulong second)
        where TCore : struct, IA64Core, allows ref struct =>
        bytes == 8
            ? core.Store128(address, access, first, second)
            : core.Store(address, 8, access, (uint)first | (second << 32));
}

/// <summary>LDAR, LDLAR, LDAPR, LDAPUR.</summary>
internal readonly struct LoadOrdered : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address)
            || !core.Load(address, insn.Imm2, (Access)insn.Option, out ulong value))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rd, value);
        return Flow.Next;
    }
}

/// <summary>LDAPURSB, LDAPURSH, LDAPURSW.</summary>
internal readonly struct LoadOrderedSigned<TWiden> : IA64Op
    where TWiden : struct, IA64Widen
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address)
            || !core.Load(address, insn.Imm2, (Access)insn.Option, out ulong value))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rd, TWiden.Apply(value, insn.Imm2));
        return Flow.Next;
    }
}

/// <summary>STLR, STLLR, STLUR.</summary>
internal readonly struct StoreOrdered : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct =>
        A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address)
        && core.Store(address, insn.Imm2, (Access)insn.Option, core.X(insn.Rd)) ? Flow.Next : Flow.Event;
}

/// <summary>CAS. Rm takes the old value; Ra is the same register as a source. A failed compare stores nothing.</summary>
/// <remarks>Left out: the write permission fault of a compare that fails on memory that can only be read.</remarks>
internal readonly struct CompareAndSwap : IA64Op
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        Access load = (Access)insn.Option & (Access.Atomic | Access.Acquire);
        if (!A64Aligned.TryAddress(ref core, insn, insn.Imm2, out ulong address)
            || !core.Load(address, insn.Imm2, load, out ulong old))
        {
            return Flow.Event;
        }

        if (old == A64Aligned.Truncate(core.X(insn.Ra), insn.Imm2)
            && !core.Store(address, insn.Imm2, A64Aligned.StoreOrder(insn), core.X(insn.Rd)))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rm, old);
        return Flow.Next;
    }
}

/// <summary>CASP: Rs and Rs + 1, Rt and Rt + 1 (X31 is XZR).</summary>
internal readonly struct CompareAndSwapPair : IA64Op
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bytes = insn.Imm2;
        Access load = (Access)insn.Option & (Access.Atomic | Access.Acquire);
        if (!A64Aligned.TryAddress(ref core, insn, bytes * 2, out ulong address)
            || !A64Pair.Load(ref core, address, bytes, load, out ulong first, out ulong second))
        {
            return Flow.Event;
        }

        bool equal = first == A64Aligned.Truncate(core.X(insn.Ra), bytes)
            && second == A64Aligned.Truncate(core.X(After(insn.Ra, A64Slot.Zero)), bytes);
        if (equal && !A64Pair.Store(
            ref core, address, bytes, A64Aligned.StoreOrder(insn), core.X(insn.Rd), core.X(After(insn.Rd, A64Slot.Zero))))
        {
            return Flow.Event;
        }

        core.SetX(insn.Rm, first);
        core.SetX(After(insn.Rm, A64Slot.Sink), second);
        return Flow.Next;
    }

    private static int After(int slot, int zero) => slot == 30 ? zero : slot + 1;
}

/// <summary>What an atomic instruction makes of the old value and Rs.</summary>
internal interface IA64Update
{
    static abstract ulong Apply(ulong old, ulong operand, int bytes);
}

internal readonly struct AtomicAdd : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => old + operand;
}

internal readonly struct AtomicClear : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => old & ~operand;
}

internal readonly struct AtomicEor : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => old ^ operand;
}

internal readonly struct AtomicSet : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => old | operand;
}

internal readonly struct AtomicSwap : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => operand;
}

internal readonly struct AtomicSignedMax : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) =>
        (long)SignExtend.Apply(old, bytes) > (long)SignExtend.Apply(operand, bytes) ? old : operand;
}

internal readonly struct AtomicSignedMin : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) =>
        (long)SignExtend.Apply(old, bytes) > (long)SignExtend.Apply(operand, bytes) ? operand : old;
}

internal readonly struct AtomicUnsignedMax : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => Math.Max(old, A64Aligned.Truncate(operand, bytes));
}

internal readonly struct AtomicUnsignedMin : IA64Update
{
    public static ulong Apply(ulong old, ulong operand, int bytes) => Math.Min(old, A64Aligned.Truncate(operand, bytes));
}

/// <summary>LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN, SWP and their ST forms.</summary>
internal readonly struct AtomicUpdate<TUpdate> : IA64Op
    where TUpdate : struct, IA64Update
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bytes = insn.Imm2;
        if (!A64Aligned.TryAddress(ref core, insn, bytes, out ulong address)
            || !core.Load(address, bytes, A64Aligned.LoadOrder(insn), out ulong old))
        {
            return Flow.Event;
        }

        ulong updated = TUpdate.Apply(old, core.X(insn.Rm), bytes);
        if (!core.Store(address, bytes, A64Aligned.StoreOrder(insn), updated))
            return Flow.Event;
        core.SetX(insn.Rd, old);
        return Flow.Next;
    }
}
