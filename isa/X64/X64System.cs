namespace RcuEmu.Isa.X64;

/// <summary>Model-specific registers that instructions use without ECX.</summary>
internal static class X64Msr
{
    public const uint FsBase = 0xc0000100, GsBase = 0xc0000101, KernelGsBase = 0xc0000102, TscAux = 0xc0000103;
}

/// <summary>I/O ports as <see cref="X64System.Port"/> numbers them.</summary>
internal static class X64Port
{
    /// <summary>The port in bits 15 to 0, the size in bytes in bits 23 to 16.</summary>
    public static uint Index<TSize>(ulong port)
        where TSize : struct, IX64Size => (ushort)port | ((uint)TSize.Bytes << 16);
}

/// <summary>CPUID: serialising. SDM Vol. 2A, "CPUID—CPU Identification".</summary>
internal readonly struct Cpuid : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        uint eax = (uint)core.Gpr(0), ecx = (uint)core.Gpr(1), edx = (uint)core.Gpr(2), ebx = (uint)core.Gpr(3);
        core.Cpuid(ref eax, ref ebx, ref ecx, ref edx);
        core.SetGpr(0, eax);
        core.SetGpr(1, ecx);
        core.SetGpr(2, edx);
        core.SetGpr(3, ebx);
        core.Barrier(Barrier.Serialize);
        return Flow.Next;
    }
}

/// <summary>RDTSC. SDM Vol. 2B, "RDTSC—Read Time-Stamp Counter".</summary>
internal readonly struct Rdtsc : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        X64EdxEax.Write(ref core, core.TimeStamp);
        return Flow.Next;
    }
}

/// <summary>RDTSCP: ECX takes IA32_TSC_AUX.</summary>
internal readonly struct Rdtscp : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(X64System.Msr, X64Msr.TscAux, out ulong processor))
            return Flow.Event;

        X64EdxEax.Write(ref core, core.TimeStamp);
        core.SetGpr(1, (uint)processor);
        return Flow.Next;
    }
}

/// <summary>RDPID. SDM Vol. 2B, "RDPID—Read Processor ID".</summary>
internal readonly struct Rdpid : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(X64System.Msr, X64Msr.TscAux, out ulong processor))
            return Flow.Event;

        core.SetGpr(insn.Reg0, (uint)processor);
        return Flow.Next;
    }
}

/// <summary>A 64-bit value in EDX:EAX.</summary>
internal static class X64EdxEax
{
    public static ulong Read<TCore>(ref TCore core)
        where TCore : struct, IX64Core, allows ref struct => (core.Gpr(2) << 32) | (uint)core.Gpr(0);

    public static void Write<TCore>(ref TCore core, ulong value)
        where TCore : struct, IX64Core, allows ref struct
    {
        core.SetGpr(0, (uint)value);
        core.SetGpr(2, value >> 32);
    }
}

/// <summary>Which file of system registers ECX numbers.</summary>
internal interface IX64ByEcx
{
    static abstract X64System File { get; }
}

/// <summary>RDMSR, WRMSR.</summary>
internal readonly struct ByMsr : IX64ByEcx
{
    public static X64System File => X64System.Msr;
}

/// <summary>XGETBV, XSETBV.</summary>
internal readonly struct ByXcr : IX64ByEcx
{
    public static X64System File => X64System.ExtendedControl;
}

/// <summary>RDPKRU, WRPKRU: ECX must be 0.</summary>
internal readonly struct ByPkru : IX64ByEcx
{
    public static X64System File => X64System.Pkru;
}

/// <summary>RDMSR, XGETBV, RDPKRU. SDM Vol. 2B, "RDMSR—Read From Model Specific Register".</summary>
internal readonly struct ReadByEcx<TFile> : IX64Op
    where TFile : struct, IX64ByEcx
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        uint index = (uint)core.Gpr(1);
        if (TFile.File == X64System.Pkru && index != 0)
            return core.Raise(GuestEventKind.GeneralProtection, 0);

        if (!core.ReadSystem(TFile.File, index, out ulong value))
            return Flow.Event;

        X64EdxEax.Write(ref core, value);
        return Flow.Next;
    }
}

/// <summary>WRMSR and XSETBV, which serialise, and WRPKRU. SDM Vol. 2D, "WRMSR—Write to Model Specific Register".</summary>
internal readonly struct WriteByEcx<TFile> : IX64Op
    where TFile : struct, IX64ByEcx
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        uint index = (uint)core.Gpr(1);
        if (TFile.File == X64System.Pkru && (index != 0 || (uint)core.Gpr(2) != 0))
            return core.Raise(GuestEventKind.GeneralProtection, 0);

        if (!core.WriteSystem(TFile.File, index, X64EdxEax.Read(ref core)))
            return Flow.Event;

        if (TFile.File != X64System.Pkru)
            core.Barrier(Barrier.Serialize);

        return Flow.Next;
    }
}

/// <summary>MOV r64, CRn and MOV r64, DRn. SDM Vol. 2B, "MOV—Move to/from Control Registers".</summary>
internal readonly struct ReadNumbered<TFile> : IX64Op
    where TFile : struct, IX64Numbered
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(TFile.File, insn.Reg1, out ulong value))
            return Flow.Event;

        core.SetGpr(insn.Reg0, value);
        return Flow.Next;
    }
}

/// <summary>MOV CRn, r64 and MOV DRn, r64: serialising, CR8 aside.</summary>
internal readonly struct WriteNumbered<TFile> : IX64Op
    where TFile : struct, IX64Numbered
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.WriteSystem(TFile.File, insn.Reg0, core.Gpr(insn.Reg1)))
            return Flow.Event;

        if (TFile.File != X64System.ControlRegister || insn.Reg0 != 8)
            core.Barrier(Barrier.Serialize);

        return Flow.Next;
    }
}

/// <summary>Which file of system registers the ModRM byte numbers.</summary>
internal interface IX64Numbered
{
    static abstract X64System File { get; }
}

/// <summary>CR0 to CR8.</summary>
internal readonly struct ControlRegisters : IX64Numbered
{
    public static X64System File => X64System.ControlRegister;
}

/// <summary>DR0 to DR7.</summary>
internal readonly struct DebugRegisters : IX64Numbered
{
    public static X64System File => X64System.DebugRegister;
}

/// <summary>CLTS: clears CR0.TS. SDM Vol. 2A, "CLTS—Clear Task-Switched Flag in CR0".</summary>
internal readonly struct Clts : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.ReadSystem(X64System.ControlRegister, 0, out ulong cr0)
            && core.WriteSystem(X64System.ControlRegister, 0, cr0 & ~8ul)
            ? Flow.Next
            : Flow.Event;
}

/// <summary>FS or GS, for the FSGSBASE instructions.</summary>
internal interface IX64BaseMsr
{
    static abstract uint Msr { get; }
}

/// <summary>FS.</summary>
internal readonly struct FsBase : IX64BaseMsr
{
    public static uint Msr => X64Msr.FsBase;
}

/// <summary>GS.</summary>
internal readonly struct GsBase : IX64BaseMsr
{
    public static uint Msr => X64Msr.GsBase;
}

/// <summary>RDFSBASE, RDGSBASE. SDM Vol. 2B, "RDFSBASE/RDGSBASE—Read FS/GS Segment Base".</summary>
internal readonly struct ReadBase<TSegment, TSize> : IX64Op
    where TSegment : struct, IX64BaseMsr
    where TSize : struct, IX64Size
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        if (!core.ReadSystem(X64System.Msr, TSegment.Msr, out ulong value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TSize>(ref core, insn.Reg0, value);
        return Flow.Next;
    }
}

/// <summary>WRFSBASE, WRGSBASE. SDM Vol. 2D, "WRFSBASE/WRGSBASE—Write FS/GS Segment Base".</summary>
internal readonly struct WriteBase<TSegment, TSize> : IX64Op
    where TSegment : struct, IX64BaseMsr
    where TSize : struct, IX64Size
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        ulong value = X64Operands.ReadRegister<TCore, TSize>(ref core, insn.Reg0);
        return core.WriteSystem(X64System.Msr, TSegment.Msr, value) ? Flow.Next : Flow.Event;
    }
}

/// <summary>SWAPGS: exchanges the GS base with IA32_KERNEL_GS_BASE. SDM Vol. 2B, "SWAPGS—Swap GS Base Register".</summary>
internal readonly struct Swapgs : IX64Op
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct =>
        core.ReadSystem(X64System.Msr, X64Msr.GsBase, out ulong now)
            && core.ReadSystem(X64System.Msr, X64Msr.KernelGsBase, out ulong other)
            && core.WriteSystem(X64System.Msr, X64Msr.GsBase, other)
            && core.WriteSystem(X64System.Msr, X64Msr.KernelGsBase, now)
            ? Flow.Next
            : Flow.Event;
}

/// <summary>IN. SDM Vol. 2A, "IN—Input From Port".</summary>
internal readonly struct In<TSize, TPort> : IX64Op
    where TSize : struct, IX64Size
    where TPort : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        TPort.Read<TCore, S16>(ref core, insn, 0, Access.Plain, out ulong port);
        if (!core.ReadSystem(X64System.Port, X64Port.Index<TSize>(port), out ulong value))
            return Flow.Event;

        X64Operands.WriteRegister<TCore, TSize>(ref core, 0, value);
        return Flow.Next;
    }
}

/// <summary>OUT. SDM Vol. 2B, "OUT—Output to Port".</summary>
internal readonly struct Out<TSize, TPort> : IX64Op
    where TSize : struct, IX64Size
    where TPort : struct, IX64Operand
{
    public static Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct
    {
        TPort.Read<TCore, S16>(ref core, insn, 0, Access.Plain, out ulong port);
        ulong value = X64Value.Truncate<TSize>(core.Gpr(0));
        return core.WriteSystem(X64System.Port, X64Port.Index<TSize>(port), value) ? Flow.Next : Flow.Event;
    }
}
