namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Branches, Exception Generating and System instructions": hints, barriers, PSTATE, system registers.</summary>
public static partial class A64Table
{
    private static A64Row[] SystemInstructions =>
    [
        // Hints
        new("1101010100 0 00 011 0010 iiii iii 11111", Hints(), "hint {uimm7}", HintNames()),

        // System instructions with register argument
        new("1101010100 0 00 011 0001 0000 000 ttttt", Of<WaitHint>(), "wfet {Xt:r}"),
        new("1101010100 0 00 011 0001 0000 001 ttttt", Of<WaitHint>(), "wfit {Xt:r}"),

        // Barriers
        new("1101010100 0 00 011 0011 iiii 010 11111", Of<ClearExclusive>(),    "clrex{ crm15}"),
        new("1101010100 0 00 011 0011 iiii 100 11111", Of<DataBarrier<Dsb>>(),  "dsb {barrier}",
            new A64Alias("1101010100 0 00 011 0011 0000 100 11111", "ssbb"),
            new A64Alias("1101010100 0 00 011 0011 0100 100 11111", "pssbb")),
        new("1101010100 0 00 011 0011 iiii 101 11111", Of<DataBarrier<Dmb>>(),  "dmb {barrier}"),
        new("1101010100 0 00 011 0011 iiii 110 11111", Of<DataBarrier<Isb>>(),  "isb{ crm15}"),
        new("1101010100 0 00 011 0011 0000 111 11111", Of<DataBarrier<Sb>>(),   "sb"),

        // PSTATE
        new("1101010100 0 00 ooo 0100 iiii ppp 11111", Of<WritePstate>(), "msr {pstate}"),
        new("1101010100 0 00 000 0100 0000 000 11111", Of<ChangeFlags<InvertCarry>>(),    "cfinv"),
        new("1101010100 0 00 000 0100 0000 001 11111", Of<ChangeFlags<ToArmFlags>>(),     "xaflag"),
        new("1101010100 0 00 000 0100 0000 010 11111", Of<ChangeFlags<ToExternalFlags>>(), "axflag"),

        // System instructions
        new("1101010100 0 01 ooo nnnn mmmm ppp ttttt", Of<SystemOperation>(), "sys {sys}{,Xt}",
            new A64Alias("1101010100 0 01 ooo 0111 mmmm ppp ttttt", "dc {dc}",     word => A64SysAliasOperand.Is(word, "dc")),
            new A64Alias("1101010100 0 01 ooo 0111 mmmm ppp ttttt", "ic {ic}",     word => A64SysAliasOperand.Is(word, "ic")),
            new A64Alias("1101010100 0 01 ooo 0111 mmmm ppp ttttt", "at {at}",     word => A64SysAliasOperand.Is(word, "at")),
            new A64Alias("1101010100 0 01 ooo 1000 mmmm ppp ttttt", "tlbi {tlbi}", word => A64SysAliasOperand.Is(word, "tlbi"))),

        new("1101010100 1 01 ooo nnnn mmmm ppp ttttt", Of<NotModelled>(), "sysl {Xt}, {sys}"),

        // System register move
        new("1101010100 0 1 o ooo nnnn mmmm ppp ttttt", Of<WriteSystemRegister>(), "msr {sysreg}, {Xt:r}"),
        new("1101010100 1 1 o ooo nnnn mmmm ppp ttttt", Of<ReadSystemRegister>(),  "mrs {Xt}, {sysreg}"),
    ];

    private static A64Choice Hints()
    {
        var operations = new A64Operation[128];
        Array.Fill(operations, Of<Hint>());
        operations[2] = operations[3] = Of<WaitHint>();
        operations[7] = Of<StripPointer<KeyIa, InLinkWithZero>>(); // XPACLRI
        operations[8] = Of<SignPointer<KeyIa, In17With16>>();
        operations[10] = Of<SignPointer<KeyIb, In17With16>>();
        operations[12] = Of<AuthenticatePointer<KeyIa, In17With16>>();
        operations[14] = Of<AuthenticatePointer<KeyIb, In17With16>>();
        operations[24] = Of<SignPointer<KeyIa, InLinkWithZero>>();
        operations[25] = Of<SignPointer<KeyIa, InLinkWithSp>>();
        operations[26] = Of<SignPointer<KeyIb, InLinkWithZero>>();
        operations[27] = Of<SignPointer<KeyIb, InLinkWithSp>>();
        operations[28] = Of<AuthenticatePointer<KeyIa, InLinkWithZero>>();
        operations[29] = Of<AuthenticatePointer<KeyIa, InLinkWithSp>>();
        operations[30] = Of<AuthenticatePointer<KeyIb, InLinkWithZero>>();
        operations[31] = Of<AuthenticatePointer<KeyIb, InLinkWithSp>>();
        operations[20] = Of<DataBarrier<Sb>>(); // CSDB
        return new A64Choice(5, 127, operations);
    }

    private static A64Alias[] HintNames() =>
    [
        .. new (int Number, string Name)[]
        {
            (0, "nop"), (1, "yield"), (2, "wfe"), (3, "wfi"), (4, "sev"), (5, "sevl"), (7, "xpaclri"),
            (8, "pacia1716"), (10, "pacib1716"), (12, "autia1716"), (14, "autib1716"), (16, "esb"), (17, "psb csync"),
            (18, "tsb csync"), (20, "csdb"), (22, "clearbhb"), (24, "paciaz"), (25, "paciasp"), (26, "pacibz"), (27, "pacibsp"),
            (28, "autiaz"), (29, "autiasp"), (30, "autibz"), (31, "autibsp"), (32, "bti"), (34, "bti c"), (36, "bti j"), (38, "bti jc"),
        }.Select(hint => new A64Alias($"1101010100 0 00 011 0010 {Convert.ToString(hint.Number, 2).PadLeft(7, '0')} 11111", hint.Name)),
    ];
}
