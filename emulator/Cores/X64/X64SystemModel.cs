using System.Collections.Frozen;
using RcuEmu.Isa.X64;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>One system register of the virtual model.</summary>
/// <param name="Name">The SDM's name, in lower case.</param>
/// <param name="Register">Its kind.</param>
/// <param name="Index">Its number within the kind.</param>
/// <param name="Value">Its starting value.</param>
/// <param name="Mask">The bits that can be written; a write that sets another is #GP.</param>
internal sealed record X64SystemRow(string Name, X64System Register, uint Index, ulong Value, ulong Mask)
{
    /// <summary>The register's cell, counted from the core's first system cell, or from the context's registers where <see cref="InContext"/>.</summary>
    public int Cell { get; init; }

    /// <summary>True for what a task has of its own: FS and GS base, MXCSR.</summary>
    public bool InContext { get; init; }
}

/// <summary>
/// The system registers that a core has, as a 64-bit kernel leaves them behind boot: paging, long mode, CPL 0. Registers
/// that are not here raise NotModelled. SDM Vol. 4, "Model-Specific Registers"; Vol. 3A, "Control Registers".
/// </summary>
/// <remarks>Left out: what they do to translation, exceptions and debug. The cells only keep what was written.</remarks>
internal static class X64SystemModel
{
    /// <summary>IA32_TIME_STAMP_COUNTER.</summary>
    public const uint MsrTsc = 0x10;

    /// <summary>
    /// Virtual time passes where it is looked at: each read of the time stamp by a core adds this much to that core's
    /// counter. It is part of the state, so that two states that differ in time only are two states.
    /// </summary>
    public const ulong TicksPerRead = 64;

    /// <summary>The time stamp's cell.</summary>
    public const int TimeStampCell = 0;

    private const ulong All = ulong.MaxValue;

    /// <summary>All rows.</summary>
    public static IReadOnlyList<X64SystemRow> Rows { get; } = Number(
    [
        new("tsc",            X64System.Msr, MsrTsc, 0, All),
        new("cr0",            X64System.ControlRegister, 0, 0x8005_0033, 0xe005_003f),
        new("cr2",            X64System.ControlRegister, 2, 0, All),
        new("cr3",            X64System.ControlRegister, 3, 0x1000, All),
        new("cr4",            X64System.ControlRegister, 4, 0x0000_0000_0035_06f0, 0x0000_0000_02f7_fff7),
        new("cr8",            X64System.ControlRegister, 8, 0, 0xf),
        new("dr0",            X64System.DebugRegister, 0, 0, All),
        new("dr1",            X64System.DebugRegister, 1, 0, All),
        new("dr2",            X64System.DebugRegister, 2, 0, All),
        new("dr3",            X64System.DebugRegister, 3, 0, All),
        new("dr6",            X64System.DebugRegister, 6, 0xffff_0ff0, 0xffff_ffff),
        new("dr7",            X64System.DebugRegister, 7, 0x400, 0xffff_ffff),

        new("efer",           X64System.Msr, 0xc000_0080, 0xd01, 0xd01),
        new("star",           X64System.Msr, 0xc000_0081, 0, All),
        new("lstar",          X64System.Msr, 0xc000_0082, 0, All),
        new("cstar",          X64System.Msr, 0xc000_0083, 0, All),
        new("sfmask",         X64System.Msr, 0xc000_0084, 0, 0xffff_ffff),
        new("fs_base",        X64System.Msr, 0xc000_0100, 0, All) { InContext = true, Cell = X64Cells.FsBase },
        new("gs_base",        X64System.Msr, 0xc000_0101, 0, All) { InContext = true, Cell = X64Cells.GsBase },
        new("kernel_gs_base", X64System.Msr, 0xc000_0102, 0, All),
        new("tsc_aux",        X64System.Msr, 0xc000_0103, 0, 0xffff_ffff),
        new("apic_base",      X64System.Msr, 0x1b, 0xfee0_0900, All),
        new("tsc_adjust",     X64System.Msr, 0x3b, 0, All),
        new("spec_ctrl",      X64System.Msr, 0x48, 0, 0x7f7),
        new("pred_cmd",       X64System.Msr, 0x49, 0, 0x81),
        new("flush_cmd",      X64System.Msr, 0x10b, 0, 1),
        new("sysenter_cs",    X64System.Msr, 0x174, 0, 0xffff_ffff),
        new("sysenter_esp",   X64System.Msr, 0x175, 0, All),
        new("sysenter_eip",   X64System.Msr, 0x176, 0, All),
        new("misc_enable",    X64System.Msr, 0x1a0, 1, All),
        new("debugctl",       X64System.Msr, 0x1d9, 0, 0xffff),
        new("pat",            X64System.Msr, 0x277, 0x0007_0406_0007_0406, All),
        new("u_cet",          X64System.Msr, 0x6a0, 0, All),
        new("s_cet",          X64System.Msr, 0x6a2, 0, All),
        new("tsc_deadline",   X64System.Msr, 0x6e0, 0, All),
        new("xss",            X64System.Msr, 0xda0, 0, All),

        new("es",             X64System.Selector, 0, 0, 0xffff),
        new("cs",             X64System.Selector, 1, 0x10, 0xffff),
        new("ss",             X64System.Selector, 2, 0x18, 0xffff),
        new("ds",             X64System.Selector, 3, 0, 0xffff),
        new("fs",             X64System.Selector, 4, 0, 0xffff),
        new("gs",             X64System.Selector, 5, 0, 0xffff),

        new("xcr0",           X64System.ExtendedControl, 0, 7, 7),
        new("pkru",           X64System.Pkru, 0, 0, 0xffff_ffff),
        new("mxcsr",          X64System.Mxcsr, 0, 0x1f80, 0xffff) { InContext = true, Cell = X64Cells.Mxcsr },

        new("ldtr",           X64System.DescriptorTable, 0, 0, 0xffff),
        new("tr",             X64System.DescriptorTable, 1, 0x40, 0xffff),
        new("gdtr.base",      X64System.DescriptorTable, 2, 0, All),
        new("gdtr.limit",     X64System.DescriptorTable, 3, 0x7f, 0xffff),
        new("idtr.base",      X64System.DescriptorTable, 4, 0, All),
        new("idtr.limit",     X64System.DescriptorTable, 5, 0xfff, 0xffff),
        new("msw",            X64System.DescriptorTable, 6, 0x33, 0xf),
    ]);

    /// <summary>How many cells a core needs.</summary>
    public static int Cells { get; } = Rows.Count(row => !row.InContext);

    private static readonly FrozenDictionary<ulong, X64SystemRow> ByNumber = Rows.ToFrozenDictionary(row => Key(row.Register, row.Index));
    private static readonly FrozenDictionary<string, X64SystemRow> ByName =
        Rows.ToFrozenDictionary(row => row.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The register with this number, or null: not modelled.</summary>
    public static X64SystemRow? Find(X64System register, uint index) => ByNumber.GetValueOrDefault(Key(register, index));

    /// <summary>The register with this name, or null.</summary>
    public static X64SystemRow? Find(string name) => ByName.GetValueOrDefault(name);

    private static ulong Key(X64System register, uint index) => ((ulong)register << 32) | index;

    private static X64SystemRow[] Number(X64SystemRow[] rows)
    {
        int next = 0;
        return [.. rows.Select(row => row.InContext ? row : row with { Cell = next++ })];
    }
}
