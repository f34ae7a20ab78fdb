namespace RcuEmu.Isa.Arm64;

/// <summary>
/// Instructions of features that the modelled core does not have, known by name so that kernel text can be read: pointer
/// authentication outside the hint space (FEAT_PAuth) and memory tagging (FEAT_MTE2).
/// </summary>
public static partial class A64Table
{
    private static IEnumerable<A64Row> FeatureRows =>
    [
        .. PointerAuthentication("000", "pacia"), .. PointerAuthentication("001", "pacib"),
        .. PointerAuthentication("010", "pacda"), .. PointerAuthentication("011", "pacdb"),
        .. PointerAuthentication("100", "autia"), .. PointerAuthentication("101", "autib"),
        .. PointerAuthentication("110", "autda"), .. PointerAuthentication("111", "autdb"),
        Absent("1 1 0 11010110 00001 010000 11111 ddddd", "xpaci {Xd:rw}"),
        Absent("1 1 0 11010110 00001 010001 11111 ddddd", "xpacd {Xd:rw}"),
        Absent("1 0 0 11010110 mmmmm 001100 nnnnn ddddd", "pacga {Xd}, {Xn}, {Xm|sp}"),

        // Unconditional branch (register)
        Absent("1101011 0000 11111 000010 nnnnn 11111", "braaz {Xn}"),
        Absent("1101011 0000 11111 000011 nnnnn 11111", "brabz {Xn}"),
        Absent("1101011 0001 11111 000010 nnnnn 11111", "blraaz {Xn}"),
        Absent("1101011 0001 11111 000011 nnnnn 11111", "blrabz {Xn}"),
        Absent("1101011 0010 11111 000010 11111 11111", "retaa"),
        Absent("1101011 0010 11111 000011 11111 11111", "retab"),
        Absent("1101011 0100 11111 000010 11111 11111", "eretaa"),
        Absent("1101011 0100 11111 000011 11111 11111", "eretab"),
        Absent("1101011 1000 11111 000010 nnnnn ddddd", "braa {Xn}, {Xd|sp:r}"),
        Absent("1101011 1000 11111 000011 nnnnn ddddd", "brab {Xn}, {Xd|sp:r}"),
        Absent("1101011 1001 11111 000010 nnnnn ddddd", "blraa {Xn}, {Xd|sp:r}"),
        Absent("1101011 1001 11111 000011 nnnnn ddddd", "blrab {Xn}, {Xd|sp:r}"),

        // Load/store register (pac)
        Absent("11 111 0 00 0 i 1 iiiiiiiii 01 nnnnn ttttt", "ldraa {Xt}, [{Xn|sp}{,pac10}]"),
        Absent("11 111 0 00 0 i 1 iiiiiiiii 11 nnnnn ttttt", "ldraa {Xt}, [{Xn|sp}{,pac10}]!"),
        Absent("11 111 0 00 1 i 1 iiiiiiiii 01 nnnnn ttttt", "ldrab {Xt}, [{Xn|sp}{,pac10}]"),
        Absent("11 111 0 00 1 i 1 iiiiiiiii 11 nnnnn ttttt", "ldrab {Xt}, [{Xn|sp}{,pac10}]!"),

        // Memory tags
        Absent("1 0 0 100011 0 iiiiii 00 tttt nnnnn ddddd", "addg {Xd|sp}, {Xn|sp}, {tagoffset}"),
        Absent("1 1 0 100011 0 iiiiii 00 tttt nnnnn ddddd", "subg {Xd|sp}, {Xn|sp}, {tagoffset}"),
        Absent("1 0 0 11010110 mmmmm 000000 nnnnn ddddd", "subp {Xd}, {Xn|sp}, {Xm|sp}"),
        Absent("1 0 1 11010110 mmmmm 000000 nnnnn ddddd", "subps {Xd}, {Xn|sp}, {Xm|sp}",
            new A64Alias("1 0 1 11010110 mmmmm 000000 nnnnn 11111", "cmpp {Xn|sp}, {Xm|sp}")),
        Absent("1 0 0 11010110 mmmmm 000100 nnnnn ddddd", "irg {Xd|sp}, {Xn|sp}{,Xm}"),
        Absent("1 0 0 11010110 mmmmm 000101 nnnnn ddddd", "gmi {Xd}, {Xn|sp}, {Xm}"),
        .. TagStores("00", "stg"), .. TagStores("01", "stzg"), .. TagStores("10", "st2g"), .. TagStores("11", "stz2g"),
        Absent("11011001 01 1 iiiiiiiii 00 nnnnn ttttt", "ldg {Xt:rw}, [{Xn|sp}{,simm9x16}]"),
        Absent("11011001 00 1 000000000 00 nnnnn ttttt", "stzgm {Xt:r}, [{Xn|sp}]"),
        Absent("11011001 10 1 000000000 00 nnnnn ttttt", "stgm {Xt:r}, [{Xn|sp}]"),
        Absent("11011001 11 1 000000000 00 nnnnn ttttt", "ldgm {Xt}, [{Xn|sp}]"),
        Absent("01 101 0 001 0 iiiiiii uuuuu nnnnn ttttt", "stgp {Xt:r}, {Xu:r}, [{Xn|sp}], {simm7x16}"),
        Absent("01 101 0 010 0 iiiiiii uuuuu nnnnn ttttt", "stgp {Xt:r}, {Xu:r}, [{Xn|sp}{,simm7x16}]"),
        Absent("01 101 0 011 0 iiiiiii uuuuu nnnnn ttttt", "stgp {Xt:r}, {Xu:r}, [{Xn|sp}, {simm7x16}]!"),
    ];

    private static A64Row Absent(string bits, string spelling, params A64Alias[] aliases) =>
        new(bits, Of<FeatureAbsent>(), spelling, aliases);

    /// <summary>PACIA Xd, Xn and PACIZA Xd.</summary>
    private static IEnumerable<A64Row> PointerAuthentication(string opcode, string name)
    {
        yield return Absent($"1 1 0 11010110 00001 000{opcode} nnnnn ddddd", $"{name} {{Xd:rw}}, {{Xn|sp}}");
        yield return Absent($"1 1 0 11010110 00001 001{opcode} 11111 ddddd", $"{name[..3]}{name[3]}z{name[4]} {{Xd:rw}}");
    }

    private static IEnumerable<A64Row> TagStores(string opcode, string name)
    {
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 01 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}], {{simm9x16}}");
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 10 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}{{,simm9x16}}]");
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 11 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}, {{simm9x16}}]!");
    }
}
