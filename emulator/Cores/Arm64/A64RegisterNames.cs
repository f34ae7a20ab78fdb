using System.Globalization;
using RcuEmu.Isa.Arm64;

namespace RcuEmu.Emulator.Cores.Arm64;

/// <summary>Names of A64 registers, and the cells of <see cref="A64Registers"/> that they stand for.</summary>
internal static class A64RegisterNames
{
    /// <summary>Those that a debugger shows, in its order.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Enumerable.Range(0, 31).Select(i => $"x{i}"), "sp", "pc", "nzcv", "fpcr", "fpsr"];

    /// <summary>The cell of <paramref name="name"/>, or -1 where it has none (nzcv, or no register at all). <paramref name="mask"/>: its bits.</summary>
    public static int Cell(string name, out ulong mask)
    {
        mask = ulong.MaxValue;
        switch (name)
        {
            case "sp":
                return A64Slot.Sp;
            case "wsp":
                mask = uint.MaxValue;
                return A64Slot.Sp;
            case "fp":
                return 29;
            case "lr":
                return 30;
            case "pc":
                return A64Cells.Pc;
            case "fpcr":
                mask = uint.MaxValue;
                return A64Cells.Fpcr;
            case "fpsr":
                mask = uint.MaxValue;
                return A64Cells.Fpsr;
            case "btype":
                mask = 3;
                return A64Cells.BranchType;
            case "xzr" or "wzr":
                return A64Slot.Zero;
            default:
                mask = name.StartsWith('w') ? uint.MaxValue : ulong.MaxValue;
                return Numbered(name);
        }
    }

    private static int Numbered(string name) => name.Length is 2 or 3
        && name[0] is 'x' or 'w'
        && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number <= 30
            ? number
            : -1;
}
