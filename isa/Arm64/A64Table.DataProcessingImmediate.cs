namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Data Processing -- Immediate". Left out: ADDG, SUBG (MTE) and the CSSC minimum and maximum.</summary>
public static partial class A64Table
{
    private static A64Row[] DataProcessingImmediate =>
    [
        // PC-rel. addressing
        new("0 ll 10000 iiiiiiiiiiiiiiiiiii ddddd", Of<Address<Adr>>(),  "adr {Xd}, {adr}"),
        new("1 ll 10000 iiiiiiiiiiiiiiiiiii ddddd", Of<Address<Adrp>>(), "adrp {Xd}, {adrp}"),

        // Add/subtract (immediate)
        new("0 0 0 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits32, KeepsFlags, Add>>(), "add {Wd|sp}, {Wn|sp}, {imm12}",
            new A64Alias("0 0 0 100010 0 000000000000 nnnnn ddddd", "mov {Wd|sp}, {Wn|sp}", HasSp)),
        new("0 0 1 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits32, SetsFlags, Add>>(), "adds {Wd}, {Wn|sp}, {imm12}",
            new A64Alias("0 0 1 100010 h iiiiiiiiiiii nnnnn 11111", "cmn {Wn|sp}, {imm12}")),
        new("0 1 0 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits32, KeepsFlags, Sub>>(), "sub {Wd|sp}, {Wn|sp}, {imm12}"),
        new("0 1 1 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits32, SetsFlags, Sub>>(), "subs {Wd}, {Wn|sp}, {imm12}",
            new A64Alias("0 1 1 100010 h iiiiiiiiiiii nnnnn 11111", "cmp {Wn|sp}, {imm12}")),
        new("1 0 0 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits64, KeepsFlags, Add>>(), "add {Xd|sp}, {Xn|sp}, {imm12}",
            new A64Alias("1 0 0 100010 0 000000000000 nnnnn ddddd", "mov {Xd|sp}, {Xn|sp}", HasSp)),
        new("1 0 1 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits64, SetsFlags, Add>>(), "adds {Xd}, {Xn|sp}, {imm12}",
            new A64Alias("1 0 1 100010 h iiiiiiiiiiii nnnnn 11111", "cmn {Xn|sp}, {imm12}")),
        new("1 1 0 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits64, KeepsFlags, Sub>>(), "sub {Xd|sp}, {Xn|sp}, {imm12}"),
        new("1 1 1 100010 h iiiiiiiiiiii nnnnn ddddd", Of<AddSubImmediate<Bits64, SetsFlags, Sub>>(), "subs {Xd}, {Xn|sp}, {imm12}",
            new A64Alias("1 1 1 100010 h iiiiiiiiiiii nnnnn 11111", "cmp {Xn|sp}, {imm12}")),

        // Logical (immediate)
        new("0 00 100100 0 rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits32, KeepsFlags, And>>(), "and {Wd|sp}, {Wn}, {bitmask32}"),
        new("0 01 100100 0 rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits32, KeepsFlags, Orr>>(), "orr {Wd|sp}, {Wn}, {bitmask32}",
            new A64Alias("0 01 100100 0 rrrrrr ssssss 11111 ddddd", "mov {Wd|sp}, {bitmask32}", IsNoMoveWide)),
        new("0 10 100100 0 rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits32, KeepsFlags, Eor>>(), "eor {Wd|sp}, {Wn}, {bitmask32}"),
        new("0 11 100100 0 rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits32, SetsFlags, And>>(), "ands {Wd}, {Wn}, {bitmask32}",
            new A64Alias("0 11 100100 0 rrrrrr ssssss nnnnn 11111", "tst {Wn}, {bitmask32}")),
        new("1 00 100100 N rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits64, KeepsFlags, And>>(), "and {Xd|sp}, {Xn}, {bitmask64}"),
        new("1 01 100100 N rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits64, KeepsFlags, Orr>>(), "orr {Xd|sp}, {Xn}, {bitmask64}",
            new A64Alias("1 01 100100 N rrrrrr ssssss 11111 ddddd", "mov {Xd|sp}, {bitmask64}", IsNoMoveWide)),
        new("1 10 100100 N rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits64, KeepsFlags, Eor>>(), "eor {Xd|sp}, {Xn}, {bitmask64}"),
        new("1 11 100100 N rrrrrr ssssss nnnnn ddddd", Of<LogicalImmediate<Bits64, SetsFlags, And>>(), "ands {Xd}, {Xn}, {bitmask64}",
            new A64Alias("1 11 100100 N rrrrrr ssssss nnnnn 11111", "tst {Xn}, {bitmask64}")),

        // Move wide (immediate)
        new("0 00 100101 0h iiiiiiiiiiiiiiii ddddd", Of<MoveNot<Bits32>>(),  "movn {Wd}, {imm16}",
            new A64Alias("0 00 100101 0h iiiiiiiiiiiiiiii ddddd", "mov {Wd}, {movn32}", IsMovn32)),
        new("0 10 100101 0h iiiiiiiiiiiiiiii ddddd", Of<MoveZero<Bits32>>(), "movz {Wd}, {imm16}",
            new A64Alias("0 10 100101 0h iiiiiiiiiiiiiiii ddddd", "mov {Wd}, {movz32}", IsMovz)),
        new("0 11 100101 0h iiiiiiiiiiiiiiii ddddd", Of<MoveKeep<Bits32>>(), "movk {Wd:rw}, {imm16}"),
        new("1 00 100101 hh iiiiiiiiiiiiiiii ddddd", Of<MoveNot<Bits64>>(),  "movn {Xd}, {imm16x}",
            new A64Alias("1 00 100101 hh iiiiiiiiiiiiiiii ddddd", "mov {Xd}, {movn64}", IsMovz)),
        new("1 10 100101 hh iiiiiiiiiiiiiiii ddddd", Of<MoveZero<Bits64>>(), "movz {Xd}, {imm16x}",
            new A64Alias("1 10 100101 hh iiiiiiiiiiiiiiii ddddd", "mov {Xd}, {movz64}", IsMovz)),
        new("1 11 100101 hh iiiiiiiiiiiiiiii ddddd", Of<MoveKeep<Bits64>>(), "movk {Xd:rw}, {imm16x}"),

        // Bitfield
        new("0 00 100110 0 0rrrrr 0sssss nnnnn ddddd", Of<BitfieldMove<Bits32, Signed>>(), "sbfm {Wd}, {Wn}, {bitfield32}",
            new A64Alias("0 00 100110 0 0rrrrr 011111 nnnnn ddddd", "asr {Wd}, {Wn}, {immr32}"),
            new A64Alias("0 00 100110 0 0rrrrr 0sssss nnnnn ddddd", "sbfiz {Wd}, {Wn}, {insert32}", Inserts),
            new A64Alias("0 00 100110 0 000000 000111 nnnnn ddddd", "sxtb {Wd}, {Wn}"),
            new A64Alias("0 00 100110 0 000000 001111 nnnnn ddddd", "sxth {Wd}, {Wn}"),
            new A64Alias("0 00 100110 0 0rrrrr 0sssss nnnnn ddddd", "sbfx {Wd}, {Wn}, {extract32}")),
        new("0 01 100110 0 0rrrrr 0sssss nnnnn ddddd", Of<BitfieldInsert<Bits32>>(), "bfm {Wd:rw}, {Wn}, {bitfield32}",
            new A64Alias("0 01 100110 0 0rrrrr 0sssss 11111 ddddd", "bfc {Wd}, {insert32}", Inserts),
            new A64Alias("0 01 100110 0 0rrrrr 0sssss nnnnn ddddd", "bfi {Wd}, {Wn}, {insert32}", Inserts),
            new A64Alias("0 01 100110 0 0rrrrr 0sssss nnnnn ddddd", "bfxil {Wd}, {Wn}, {extract32}")),
        new("0 10 100110 0 0rrrrr 0sssss nnnnn ddddd", Of<BitfieldMove<Bits32, Unsigned>>(), "ubfm {Wd}, {Wn}, {bitfield32}",
            new A64Alias("0 10 100110 0 0rrrrr 0sssss nnnnn ddddd", "lsl {Wd}, {Wn}, {lsl32}", word => IsShiftLeft(word, 31)),
            new A64Alias("0 10 100110 0 0rrrrr 011111 nnnnn ddddd", "lsr {Wd}, {Wn}, {immr32}"),
            new A64Alias("0 10 100110 0 0rrrrr 0sssss nnnnn ddddd", "ubfiz {Wd}, {Wn}, {insert32}", Inserts),
            new A64Alias("0 10 100110 0 000000 000111 nnnnn ddddd", "uxtb {Wd}, {Wn}"),
            new A64Alias("0 10 100110 0 000000 001111 nnnnn ddddd", "uxth {Wd}, {Wn}"),
            new A64Alias("0 10 100110 0 0rrrrr 0sssss nnnnn ddddd", "ubfx {Wd}, {Wn}, {extract32}")),
        new("1 00 100110 1 rrrrrr ssssss nnnnn ddddd", Of<BitfieldMove<Bits64, Signed>>(), "sbfm {Xd}, {Xn}, {bitfield64}",
            new A64Alias("1 00 100110 1 rrrrrr 111111 nnnnn ddddd", "asr {Xd}, {Xn}, {immr64}"),
            new A64Alias("1 00 100110 1 rrrrrr ssssss nnnnn ddddd", "sbfiz {Xd}, {Xn}, {insert64}", Inserts),
            new A64Alias("1 00 100110 1 000000 000111 nnnnn ddddd", "sxtb {Xd}, {Wn}"),
            new A64Alias("1 00 100110 1 000000 001111 nnnnn ddddd", "sxth {Xd}, {Wn}"),
            new A64Alias("1 00 100110 1 000000 011111 nnnnn ddddd", "sxtw {Xd}, {Wn}"),
            new A64Alias("1 00 100110 1 rrrrrr ssssss nnnnn ddddd", "sbfx {Xd}, {Xn}, {extract64}")),
        new("1 01 100110 1 rrrrrr ssssss nnnnn ddddd", Of<BitfieldInsert<Bits64>>(), "bfm {Xd:rw}, {Xn}, {bitfield64}",
            new A64Alias("1 01 100110 1 rrrrrr ssssss 11111 ddddd", "bfc {Xd}, {insert64}", Inserts),
            new A64Alias("1 01 100110 1 rrrrrr ssssss nnnnn ddddd", "bfi {Xd}, {Xn}, {insert64}", Inserts),
            new A64Alias("1 01 100110 1 rrrrrr ssssss nnnnn ddddd", "bfxil {Xd}, {Xn}, {extract64}")),
        new("1 10 100110 1 rrrrrr ssssss nnnnn ddddd", Of<BitfieldMove<Bits64, Unsigned>>(), "ubfm {Xd}, {Xn}, {bitfield64}",
            new A64Alias("1 10 100110 1 rrrrrr ssssss nnnnn ddddd", "lsl {Xd}, {Xn}, {lsl64}", word => IsShiftLeft(word, 63)),
            new A64Alias("1 10 100110 1 rrrrrr 111111 nnnnn ddddd", "lsr {Xd}, {Xn}, {immr64}"),
            new A64Alias("1 10 100110 1 rrrrrr ssssss nnnnn ddddd", "ubfiz {Xd}, {Xn}, {insert64}", Inserts),
            new A64Alias("1 10 100110 1 rrrrrr ssssss nnnnn ddddd", "ubfx {Xd}, {Xn}, {extract64}")),

        // Extract
        new("0 00 100111 0 0 mmmmm 0iiiii nnnnn ddddd", Of<Extract<Bits32>>(), "extr {Wd}, {Wn}, {Wm}, {lsb}",
            new A64Alias("0 00 100111 0 0 mmmmm 0iiiii nnnnn ddddd", "ror {Wd}, {Wnm}, {lsb}", word => Rn(word) == Rm(word))),
        new("1 00 100111 1 0 mmmmm iiiiii nnnnn ddddd", Of<Extract<Bits64>>(), "extr {Xd}, {Xn}, {Xm}, {lsb}",
            new A64Alias("1 00 100111 1 0 mmmmm iiiiii nnnnn ddddd", "ror {Xd}, {Xnm}, {lsb}", word => Rn(word) == Rm(word))),
    ];

    private static uint Rd(uint word) => word & 31;

    private static uint Rn(uint word) => (word >> 5) & 31;

    private static uint Rm(uint word) => (word >> 16) & 31;

    private static uint Immr(uint word) => (word >> 16) & 63;

    private static uint Imms(uint word) => (word >> 10) & 63;

    private static bool HasSp(uint word) => Rd(word) == 31 || Rn(word) == 31;

    private static bool Inserts(uint word) => Imms(word) < Immr(word);

    private static bool IsShiftLeft(uint word, uint last) => Imms(word) != last && Imms(word) + 1 == Immr(word);

    /// <summary>MOVZ and 64-bit MOVN are MOV unless a shifted zero.</summary>
    private static bool IsMovz(uint word) => ((word >> 5) & 0xffff) != 0 || ((word >> 21) & 3) == 0;

    /// <summary>32-bit MOVN is MOV unless that value has a MOVZ.</summary>
    private static bool IsMovn32(uint word) => IsMovz(word) && ((word >> 5) & 0xffff) != 0xffff;

    /// <summary>
    /// ORR of a bitmask is MOV unless MOVZ or MOVN make the value. DDI 0487, "MoveWidePreferred". Neither can write SP:
    /// there it is MOV in any case, as the GNU tools print it.
    /// </summary>
    private static bool IsNoMoveWide(uint word)
    {
        if (Rd(word) == 31)
            return true;
        int width = word >> 31 == 1 ? 64 : 32;
        A64Bitmask.TryDecode((word >> 10) & 0x1fff, width, out ulong value);
        ulong all = width == 64 ? ulong.MaxValue : uint.MaxValue;
        for (int shift = 0; shift < width; shift += 16)
        {
            if ((value & ~(0xffffUL << shift)) == 0 || (~value & all & ~(0xffffUL << shift)) == 0)
                return false;
        }

        return true;
    }
}
