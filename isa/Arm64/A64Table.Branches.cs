namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Branches, Exception Generating and System instructions": branches and exceptions.</summary>
public static partial class A64Table
{
    private static A64Row[] Branches =>
    [
        // Conditional branch (immediate)
        new("01010100 iiiiiiiiiiiiiiiiiii 0 cccc", ByCondition(), "b.{cond0} {label19}"),
        new("01010100 iiiiiiiiiiiiiiiiiii 1 cccc", ByCondition(), "bc.{cond0} {label19}"),

        // Exception generation
        new("11010100 000 iiiiiiiiiiiiiiii 000 01", Of<RaiseEvent<Svc>>(), "svc {uimm16}"),
        new("11010100 000 iiiiiiiiiiiiiiii 000 10", Of<RaiseEvent<Hvc>>(), "hvc {uimm16}"),
        new("11010100 000 iiiiiiiiiiiiiiii 000 11", Of<RaiseEvent<Smc>>(), "smc {uimm16}"),
        new("11010100 001 iiiiiiiiiiiiiiii 000 00", Of<RaiseEvent<Brk>>(), "brk {uimm16}"),
        new("11010100 010 iiiiiiiiiiiiiiii 000 00", Of<RaiseEvent<Hlt>>(), "hlt {uimm16}"),

        // Unconditional branch (register)
        new("1101011 0000 11111 000000 nnnnn 00000", Of<BranchRegister>(),         "br {Xn}"),
        new("1101011 0001 11111 000000 nnnnn 00000", Of<BranchRegisterWithLink>(), "blr {Xn}"),
        new("1101011 0010 11111 000000 nnnnn 00000", Of<Return>(),                 "ret {Xn}",
            new A64Alias("1101011 0010 11111 000000 11110 00000", "ret")),
        new("1101011 0100 11111 000000 11111 00000", Of<ExceptionReturn>(),        "eret"),

        // Unconditional branch (immediate)
        new("0 00101 iiiiiiiiiiiiiiiiiiiiiiiiii", Of<Branch>(),         "b {label26}"),
        new("1 00101 iiiiiiiiiiiiiiiiiiiiiiiiii", Of<BranchWithLink>(), "bl {label26}"),

        // Compare and branch (immediate)
        new("0 011010 0 iiiiiiiiiiiiiiiiiii ttttt", Of<CompareBranch<Bits32, OnZero>>(),    "cbz {Wt:r}, {label19}"),
        new("0 011010 1 iiiiiiiiiiiiiiiiiii ttttt", Of<CompareBranch<Bits32, OnNonzero>>(), "cbnz {Wt:r}, {label19}"),
        new("1 011010 0 iiiiiiiiiiiiiiiiiii ttttt", Of<CompareBranch<Bits64, OnZero>>(),    "cbz {Xt:r}, {label19}"),
        new("1 011010 1 iiiiiiiiiiiiiiiiiii ttttt", Of<CompareBranch<Bits64, OnNonzero>>(), "cbnz {Xt:r}, {label19}"),

        // Test and branch (immediate)
        new("0 011011 0 bbbbb iiiiiiiiiiiiii ttttt", Of<TestBranch<OnZero>>(),    "tbz {Wt:r}, {bit32}, {label14}",
            new A64Alias("0 011011 0 bbbbb iiiiiiiiiiiiii ttttt", "tbz {Xt:r}, {bit32}, {label14}", assemblyOnly: true)),
        new("0 011011 1 bbbbb iiiiiiiiiiiiii ttttt", Of<TestBranch<OnNonzero>>(), "tbnz {Wt:r}, {bit32}, {label14}",
            new A64Alias("0 011011 1 bbbbb iiiiiiiiiiiiii ttttt", "tbnz {Xt:r}, {bit32}, {label14}", assemblyOnly: true)),
        new("1 011011 0 bbbbb iiiiiiiiiiiiii ttttt", Of<TestBranch<OnZero>>(),    "tbz {Xt:r}, {bit64}, {label14}"),
        new("1 011011 1 bbbbb iiiiiiiiiiiiii ttttt", Of<TestBranch<OnNonzero>>(), "tbnz {Xt:r}, {bit64}, {label14}"),
    ];
}
