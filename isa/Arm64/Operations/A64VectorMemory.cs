using System.Runtime.CompilerServices;

namespace RcuEmu.Isa.Arm64;

/// <summary>Accesses of a vector register's low bytes.</summary>
internal static class A64VectorAccess
{
    /// <summary>Loads <typeparamref name="TSize"/> bytes, zero-extended to 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Load<TCore, TSize>(ref TCore core, ulong address, in A64Insn insn, out ulong low, out ulong high)
        where TCore : struct, IA64Core, allows ref struct
        where TSize : struct, IA64Size
    {
        if (TSize.Bytes == 16)
            return core.Load128(address, (Access)insn.Option, out low, out high);
        high = 0;
        return core.Load(address, TSize.Bytes, (Access)insn.Option, out low);
    }

    /// <summary>Stores the low <typeparamref name="TSize"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Store<TCore, TSize>(ref TCore core, ulong address, in A64Insn insn, int register)
        where TCore : struct, IA64Core, allows ref struct
        where TSize : struct, IA64Size =>
        TSize.Bytes == 16
            ? core.Store128(address, (Access)insn.Option, core.V(register, 0), core.V(register, 1))
            : core.Store(address, TSize.Bytes, (Access)insn.Option, core.V(register, 0));

    /// <summary>Writes a register whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<TCore>(ref TCore core, int register, ulong low, ulong high)
        where TCore : struct, IA64Core, allows ref struct
    {
        core.SetV(register, 0, low);
        core.SetV(register, 1, high);
    }

    /// <summary>Lane <paramref name="lane"/> of elements of 1 shifted left by <paramref name="log"/> bytes.</summary>
    public static ulong Lane<TCore>(ref TCore core, int register, int lane, int log)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bit = lane << (log + 3);
        return A64Aligned.Truncate(core.V(register, bit >> 6) >> (bit & 63), 1 << log);
    }

    /// <summary>Replaces one lane and leaves the others.</summary>
    public static void SetLane<TCore>(ref TCore core, int register, int lane, int log, ulong value)
        where TCore : struct, IA64Core, allows ref struct
    {
        int bit = lane << (log + 3);
        ulong mask = A64Aligned.Truncate(ulong.MaxValue, 1 << log) << (bit & 63);
        ulong old = core.V(register, bit >> 6);
        core.SetV(register, bit >> 6, (old & ~mask) | ((value << (bit & 63)) & mask));
    }
}

/// <summary>LDR, LDUR of B, H, S, D, Q.</summary>
internal readonly struct LoadVector<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    public static bool ReadsPc => TMode.IsRelative;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!A64VectorAccess.Load<TCore, TSize>(ref core, address, insn, out ulong low, out ulong high))
            return Flow.Event;
        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>STR, STUR of B, H, S, D, Q.</summary>
internal readonly struct StoreVector<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn);
        if (!A64VectorAccess.Store<TCore, TSize>(ref core, address, insn, insn.Rd))
            return Flow.Event;
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>LDP, LDNP of S, D, Q.</summary>
internal readonly struct LoadVectorPair<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn), next = address + (ulong)TSize.Bytes;
        if (!A64VectorAccess.Load<TCore, TSize>(ref core, address, insn, out ulong low, out ulong high)
            || !A64VectorAccess.Load<TCore, TSize>(ref core, next, insn, out ulong low2, out ulong high2))
        {
            return Flow.Event;
        }

        A64VectorAccess.Set(ref core, insn.Rd, low, high);
        A64VectorAccess.Set(ref core, insn.Ra, low2, high2);
        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}

/// <summary>STP, STNP of S, D, Q.</summary>
internal readonly struct StoreVectorPair<TSize, TMode> : IA64Op
    where TSize : struct, IA64Size
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong address = TMode.Address(ref core, insn), next = address + (ulong)TSize.Bytes;
        if (!A64VectorAccess.Store<TCore, TSize>(ref core, address, insn, insn.Rd)
            || !A64VectorAccess.Store<TCore, TSize>(ref core, next, insn, insn.Ra))
        {
            return Flow.Event;
        }

        TMode.WriteBack(ref core, insn, address);
        return Flow.Next;
    }
}
