using System.Collections.Frozen;

namespace RcuEmu.Emulator.Cores.X64;

/// <summary>Part of a register cell: which bits a name stands for.</summary>
/// <param name="Cell">The cell, counted from the register file's first.</param>
/// <param name="Shift">Its lowest bit.</param>
/// <param name="Mask">Its bits, from bit 0.</param>
internal readonly record struct X64RegisterPart(int Cell, int Shift, ulong Mask);

/// <summary>Names of x86-64 registers. SDM Vol. 1, "General-Purpose Registers in 64-Bit Mode".</summary>
internal static class X64RegisterNames
{
    private static readonly string[] Legacy = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"];

    /// <summary>Those that a debugger shows, in gdb's order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
        "rip", "rflags", "fs_base", "gs_base", "mxcsr",
    ];

    private static readonly FrozenDictionary<string, X64RegisterPart> Parts = Make().ToFrozenDictionary();

    /// <summary>What <paramref name="name"/> stands for. False for rflags, which is no cell, and for what is no register.</summary>
    public static bool TryFind(string name, out X64RegisterPart part) => Parts.TryGetValue(name, out part);

    private static Dictionary<string, X64RegisterPart> Make()
    {
        var parts = new Dictionary<string, X64RegisterPart>
        {
            ["rip"] = new(X64Cells.Rip, 0, ulong.MaxValue),
            ["fs_base"] = new(X64Cells.FsBase, 0, ulong.MaxValue),
            ["gs_base"] = new(X64Cells.GsBase, 0, ulong.MaxValue),
            ["mxcsr"] = new(X64Cells.Mxcsr, 0, uint.MaxValue),
        };
        for (int i = 0; i < 16; i++)
        {
            string wide = i < 8 ? $"r{Legacy[i]}" : $"r{i}";
            parts[wide] = new(i, 0, ulong.MaxValue);
            parts[i < 8 ? $"e{Legacy[i]}" : $"{wide}d"] = new(i, 0, uint.MaxValue);
            parts[i < 8 ? Legacy[i] : $"{wide}w"] = new(i, 0, ushort.MaxValue);
            parts[i < 4 ? $"{Legacy[i][0]}l" : i < 8 ? $"{Legacy[i]}l" : $"{wide}b"] = new(i, 0, byte.MaxValue);
            if (i < 4)
                parts[$"{Legacy[i][0]}h"] = new(i, 8, byte.MaxValue);
        }

        return parts;
    }
}
