namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Loads and Stores": memory copy and memory set (FEAT_MOPS).</summary>
public static partial class A64Table
{
    /// <summary>The options at 15:12 of a copy: unprivileged reads or writes, non-temporal reads or writes.</summary>
    private static readonly string[] CopyOptions =
        ["", "wt", "rt", "t", "wn", "wtwn", "rtwn", "twn", "rn", "wtrn", "rtrn", "trn", "n", "wtn", "rtn", "tn"];

    /// <summary>The options at 13:12 of a set.</summary>
    private static readonly string[] SetOptions = ["", "t", "n", "tn"];

    private static IEnumerable<A64Row> MemoryCopy =>
    [
        .. Copies("00 011 0 01 00", "cpyfp", Of<CopyPrologue<ForwardOnly>>()),
        .. Copies("00 011 0 01 01", "cpyfm", Of<CopyBytes<MainPart, ForwardOnly>>()),
        .. Copies("00 011 0 01 10", "cpyfe", Of<CopyBytes<Epilogue, ForwardOnly>>()),
        .. Copies("00 011 1 01 00", "cpyp",  Of<CopyPrologue<EitherWay>>()),
        .. Copies("00 011 1 01 01", "cpym",  Of<CopyBytes<MainPart, EitherWay>>()),
        .. Copies("00 011 1 01 10", "cpye",  Of<CopyBytes<Epilogue, EitherWay>>()),
        .. Sets("00 011 0 01 11", "00", "setp", Of<SetPrologue>()),
        .. Sets("00 011 0 01 11", "01", "setm", Of<SetBytes>()),
        .. Sets("00 011 0 01 11", "10", "sete", Of<SetBytes>()),
        .. Sets("00 011 1 01 11", "00", "setgp", Of<FeatureAbsent>()),
        .. Sets("00 011 1 01 11", "01", "setgm", Of<FeatureAbsent>()),
        .. Sets("00 011 1 01 11", "10", "setge", Of<FeatureAbsent>()),
    ];

    private static IEnumerable<A64Row> Copies(string bits, string name, A64Operation operation) =>
        CopyOptions.Select((option, number) => new A64Row(
            $"{bits} 0 sssss {Convert.ToString(number, 2).PadLeft(4, '0')} 01 nnnnn ddddd", operation,
            $"{name}{option} [{{Xd:r}}]!, [{{Xs}}]!, {{Xn:rw}}!",
            new A64Insn { Option = (byte)number })
        { Allocated = word => AreDistinct(Rd(word), Rn(word), Rm(word)) && Rm(word) != 31 });

    private static IEnumerable<A64Row> Sets(string bits, string part, string name, A64Operation operation) =>
        SetOptions.Select((option, number) => new A64Row(
            $"{bits} 0 sssss {part}{Convert.ToString(number, 2).PadLeft(2, '0')} 01 nnnnn ddddd", operation,
            $"{name}{option} [{{Xd:r}}]!, {{Xn:rw}}!, {{Xs}}",
            new A64Insn { Option = (byte)number })
        { Allocated = word => AreDistinct(Rd(word), Rn(word), Rm(word)) });

    private static bool AreDistinct(uint d, uint n, uint s) => d != n && d != s && n != s && d != 31 && n != 31;
}
