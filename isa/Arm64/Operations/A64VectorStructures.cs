namespace RcuEmu.Isa.Arm64;

/// <summary>
/// LD1 to LD4 (multiple structures), element by element; no register changes unless all succeed. Imm2: elements of one structure; Ra: registers; Cond: log2 of
/// the element's bytes; Option: 1 for 128-bit registers.
/// </summary>
internal readonly struct LoadStructures<TMode> : IA64Op
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong start = core.X(insn.Rn), address = start;
        int log = insn.Cond, lanes = (8 << insn.Option) >> log;
        Span<UInt128> loaded = stackalloc UInt128[4];
        loaded.Clear();
        for (int first = 0; first < insn.Ra; first += insn.Imm2)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                for (int element = 0; element < insn.Imm2; element++, address += 1UL << log)
                {
                    if (!core.Load(address, 1 << log, Access.Plain, out ulong value))
                        return Flow.Event;
                    loaded[first + element] |= (UInt128)value << (lane << (log + 3));
                }
            }
        }

        for (int i = 0; i < insn.Ra; i++)
            A64VectorAccess.Set(ref core, (insn.Rd + i) & 31, (ulong)loaded[i], (ulong)(loaded[i] >> 64));
        A64Structures.WriteBack<TCore, TMode>(ref core, insn, start, (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>ST1 to ST4 (multiple structures).</summary>
internal readonly struct StoreStructures<TMode> : IA64Op
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong start = core.X(insn.Rn), address = start;
        int log = insn.Cond, lanes = (8 << insn.Option) >> log;
        for (int first = 0; first < insn.Ra; first += insn.Imm2)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                for (int element = 0; element < insn.Imm2; element++, address += 1UL << log)
                {
                    ulong value = A64VectorAccess.Lane(ref core, (insn.Rd + first + element) & 31, lane, log);
                    if (!core.Store(address, 1 << log, Access.Plain, value))
                        return Flow.Event;
                }
            }
        }

        A64Structures.WriteBack<TCore, TMode>(ref core, insn, start, (ulong)insn.Imm);
        return Flow.Next;
    }
}

/// <summary>What the structure accesses share.</summary>
internal static class A64Structures
{
    /// <summary>Post-index by the transferred bytes or by Rm (the zero slot where the bytes count).</summary>
    public static void WriteBack<TCore, TMode>(ref TCore core, in A64Insn insn, ulong start, ulong bytes)
        where TCore : struct, IA64Core, allows ref struct
        where TMode : struct, IA64AddressMode
    {
        if (typeof(TMode) == typeof(PostIndex))
            core.SetX(insn.Rn, start + bytes + core.X(insn.Rm));
    }
}

/// <summary>LD1 to LD4 (single structure): one lane (Imm) of Imm2 registers. Ra is the post-index in bytes.</summary>
internal readonly struct LoadLanes<TMode> : IA64Op
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong start = core.X(insn.Rn);
        for (int element = 0; element < insn.Imm2; element++)
        {
            if (!core.Load(start + ((ulong)element << insn.Cond), 1 << insn.Cond, Access.Plain, out ulong value))
                return Flow.Event;
            A64VectorAccess.SetLane(ref core, (insn.Rd + element) & 31, (int)insn.Imm, insn.Cond, value);
        }

        A64Structures.WriteBack<TCore, TMode>(ref core, insn, start, insn.Ra);
        return Flow.Next;
    }
}

/// <summary>ST1 to ST4 (single structure).</summary>
internal readonly struct StoreLanes<TMode> : IA64Op
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong start = core.X(insn.Rn);
        for (int element = 0; element < insn.Imm2; element++)
        {
            ulong value = A64VectorAccess.Lane(ref core, (insn.Rd + element) & 31, (int)insn.Imm, insn.Cond);
            if (!core.Store(start + ((ulong)element << insn.Cond), 1 << insn.Cond, Access.Plain, value))
                return Flow.Event;
        }

        A64Structures.WriteBack<TCore, TMode>(ref core, insn, start, insn.Ra);
        return Flow.Next;
    }
}

/// <summary>LD1R to LD4R: one element into every lane.</summary>
internal readonly struct LoadReplicated<TMode> : IA64Op
    where TMode : struct, IA64AddressMode
{
    public static Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct
    {
        ulong start = core.X(insn.Rn);
        for (int element = 0; element < insn.Imm2; element++)
        {
            if (!core.Load(start + ((ulong)element << insn.Cond), 1 << insn.Cond, Access.Plain, out ulong value))
                return Flow.Event;
            ulong all = A64Replicate.Of(value, insn.Cond);
            A64VectorAccess.Set(ref core, (insn.Rd + element) & 31, all, insn.Option == 1 ? all : 0);
        }

        A64Structures.WriteBack<TCore, TMode>(ref core, insn, start, insn.Ra);
        return Flow.Next;
    }
}

/// <summary>Elements repeated over 64 bits.</summary>
internal static class A64Replicate
{
    /// <summary>The low 1 shifted left by <paramref name="log"/> bytes of <paramref name="value"/>, repeated.</summary>
    public static ulong Of(ulong value, int log) => log switch
    {
        0 => (byte)value * 0x0101010101010101UL,
        1 => (ushort)value * 0x0001000100010001UL,
        2 => (uint)value * 0x0000000100000001UL,
        _ => value,
    };
}
