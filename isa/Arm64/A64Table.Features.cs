namespace RcuEmu.Isa.Arm64;

/// <summary>
/// Pointer authentication outside the hint space (FEAT_PAuth), which a core has or not; and memory tagging (FEAT_MTE2), which no
/// modelled core has, known by name so that kernel text can be read.
/// </summary>
public static partial class A64Table
{
    private static IEnumerable<A64Row> FeatureRows =>
    [
        .. Pointer<SignPointer<KeyIa, InFields>, SignPointer<KeyIa, InFieldWithZero>>("000", "pacia"),
        .. Pointer<SignPointer<KeyIb, InFields>, SignPointer<KeyIb, InFieldWithZero>>("001", "pacib"),
        .. Pointer<SignPointer<KeyDa, InFields>, SignPointer<KeyDa, InFieldWithZero>>("010", "pacda"),
        .. Pointer<SignPointer<KeyDb, InFields>, SignPointer<KeyDb, InFieldWithZero>>("011", "pacdb"),
        .. Pointer<AuthenticatePointer<KeyIa, InFields>, AuthenticatePointer<KeyIa, InFieldWithZero>>("100", "autia"),
        .. Pointer<AuthenticatePointer<KeyIb, InFields>, AuthenticatePointer<KeyIb, InFieldWithZero>>("101", "autib"),
        .. Pointer<AuthenticatePointer<KeyDa, InFields>, AuthenticatePointer<KeyDa, InFieldWithZero>>("110", "autda"),
        .. Pointer<AuthenticatePointer<KeyDb, InFields>, AuthenticatePointer<KeyDb, InFieldWithZero>>("111", "autdb"),
        new("1 1 0 11010110 00001 010000 11111 ddddd", Of<StripPointer<KeyIa, InFieldWithZero>>(), "xpaci {Xd:rw}"),
        new("1 1 0 11010110 00001 010001 11111 ddddd", Of<StripPointer<KeyDa, InFieldWithZero>>(), "xpacd {Xd:rw}"),
        new("1 0 0 11010110 mmmmm 001100 nnnnn ddddd", Of<SignGeneric>(), "pacga {Xd}, {Xn}, {Xm|sp}"),

        // Unconditional branch (register)
        new("1101011 0000 11111 000010 nnnnn 11111", Of<BranchAuthenticated<KeyIa, AuthenticatedJumpZero>>(), "braaz {Xn}"),
        new("1101011 0000 11111 000011 nnnnn 11111", Of<BranchAuthenticated<KeyIb, AuthenticatedJumpZero>>(), "brabz {Xn}"),
        new("1101011 0001 11111 000010 nnnnn 11111", Of<BranchAuthenticated<KeyIa, AuthenticatedCallZero>>(), "blraaz {Xn}"),
        new("1101011 0001 11111 000011 nnnnn 11111", Of<BranchAuthenticated<KeyIb, AuthenticatedCallZero>>(), "blrabz {Xn}"),
        new("1101011 0010 11111 000010 11111 11111", Of<BranchAuthenticated<KeyIa, AuthenticatedReturn>>(),   "retaa"),
        new("1101011 0010 11111 000011 11111 11111", Of<BranchAuthenticated<KeyIb, AuthenticatedReturn>>(),   "retab"),
        new("1101011 0100 11111 000010 11111 11111", Of<ExceptionReturnAuthenticated<KeyIa>>(),               "eretaa"),
        new("1101011 0100 11111 000011 11111 11111", Of<ExceptionReturnAuthenticated<KeyIb>>(),               "eretab"),
        new("1101011 1000 11111 000010 nnnnn ddddd", Of<BranchAuthenticated<KeyIa, AuthenticatedJump>>(),     "braa {Xn}, {Xd|sp:r}"),
        new("1101011 1000 11111 000011 nnnnn ddddd", Of<BranchAuthenticated<KeyIb, AuthenticatedJump>>(),     "brab {Xn}, {Xd|sp:r}"),
        new("1101011 1001 11111 000010 nnnnn ddddd", Of<BranchAuthenticated<KeyIa, AuthenticatedCall>>(),     "blraa {Xn}, {Xd|sp:r}"),
        new("1101011 1001 11111 000011 nnnnn ddddd", Of<BranchAuthenticated<KeyIb, AuthenticatedCall>>(),     "blrab {Xn}, {Xd|sp:r}"),

        // Load/store register (pac)
        new("11 111 0 00 0 i 1 iiiiiiiii 01 nnnnn ttttt", Of<LoadAuthenticated<KeyDa, Offset>>(),   "ldraa {Xt}, [{Xn|sp}{,pac10}]"),
        new("11 111 0 00 0 i 1 iiiiiiiii 11 nnnnn ttttt", Of<LoadAuthenticated<KeyDa, PreIndex>>(), "ldraa {Xt}, [{Xn|sp}{,pac10}]!"),
        new("11 111 0 00 1 i 1 iiiiiiiii 01 nnnnn ttttt", Of<LoadAuthenticated<KeyDb, Offset>>(),   "ldrab {Xt}, [{Xn|sp}{,pac10}]"),
        new("11 111 0 00 1 i 1 iiiiiiiii 11 nnnnn ttttt", Of<LoadAuthenticated<KeyDb, PreIndex>>(), "ldrab {Xt}, [{Xn|sp}{,pac10}]!"),

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
    private static IEnumerable<A64Row> Pointer<TOp, TOpWithZero>(string opcode, string name)
        where TOp : struct, IA64Op
        where TOpWithZero : struct, IA64Op
    {
        yield return new A64Row($"1 1 0 11010110 00001 000{opcode} nnnnn ddddd", Of<TOp>(), $"{name} {{Xd:rw}}, {{Xn|sp}}");
        yield return new A64Row(
            $"1 1 0 11010110 00001 001{opcode} 11111 ddddd", Of<TOpWithZero>(), $"{name[..3]}{name[3]}z{name[4]} {{Xd:rw}}");
    }

    private static IEnumerable<A64Row> TagStores(string opcode, string name)
    {
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 01 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}], {{simm9x16}}");
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 10 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}{{,simm9x16}}]");
        yield return Absent($"11011001 {opcode} 1 iiiiiiiii 11 nnnnn ttttt", $"{name} {{Xt|sp:r}}, [{{Xn|sp}}, {{simm9x16}}]!");
    }
}
