namespace RcuEmu.Isa.Arm64;

/// <summary>C4.1, "Loads and Stores": exclusives, ordered accesses, compare and swap, LSE atomics.</summary>
public static partial class A64Table
{
    /// <summary>What the size field of an access says: bits 31:30, the suffix, the register, the bytes.</summary>
    private static readonly (string Bits, string Suffix, char Register, int Bytes)[] Sizes =
        [("00", "b", 'W', 1), ("01", "h", 'W', 2), ("10", "", 'W', 4), ("11", "", 'X', 8)];

    private static readonly (string A, string R, string Suffix, Access Order)[] Orders =
        [("0", "0", "", Access.Plain), ("1", "0", "a", Access.Acquire), ("0", "1", "l", Access.Release), ("1", "1", "al", Access.Acquire | Access.Release)];

    private static IEnumerable<A64Row> Exclusives =>
    [
        .. Sizes.SelectMany(ExclusiveRegister),
        .. ExclusivePair("10", 'W', 4),
        .. ExclusivePair("11", 'X', 8),
        .. Sizes.SelectMany(OrderedRegister),
        .. Sizes.SelectMany(size => Orders.Select(order => CompareAndSwap(size, order))),
        .. Orders.Select(order => CompareAndSwapPair("00", 'W', 4, order)),
        .. Orders.Select(order => CompareAndSwapPair("01", 'X', 8, order)),
    ];

    private static IEnumerable<A64Row> Atomics =>
    [
        .. Atomic("0 000", "add",  Of<AtomicUpdate<AtomicAdd>>()),
        .. Atomic("0 001", "clr",  Of<AtomicUpdate<AtomicClear>>()),
        .. Atomic("0 010", "eor",  Of<AtomicUpdate<AtomicEor>>()),
        .. Atomic("0 011", "set",  Of<AtomicUpdate<AtomicSet>>()),
        .. Atomic("0 100", "smax", Of<AtomicUpdate<AtomicSignedMax>>()),
        .. Atomic("0 101", "smin", Of<AtomicUpdate<AtomicSignedMin>>()),
        .. Atomic("0 110", "umax", Of<AtomicUpdate<AtomicUnsignedMax>>()),
        .. Atomic("0 111", "umin", Of<AtomicUpdate<AtomicUnsignedMin>>()),
        .. Sizes.SelectMany(size => Orders.Select(order => new A64Row(
            $"{size.Bits} 111 0 00 {order.A} {order.R} 1 sssss 1 000 00 nnnnn ttttt", Of<AtomicUpdate<AtomicSwap>>(),
            $"swp{order.Suffix}{size.Suffix} {{{size.Register}s}}, {{{size.Register}t}}, [{{Xn|sp}}]",
            Ordered(size.Bytes, order.Order | Access.Atomic)))),
        .. Sizes.Select(size => new A64Row(
            $"{size.Bits} 111 0 00 1 0 1 11111 1 100 00 nnnnn ttttt", Of<LoadOrdered>(),
            $"ldapr{size.Suffix} {{{size.Register}t}}, [{{Xn|sp}}]", Ordered(size.Bytes, Access.AcquirePc))),
    ];

    /// <summary>LDAPUR and STLUR. DDI 0487, C4.1, "LDAPR/STLR (unscaled immediate)".</summary>
    private static IEnumerable<A64Row> OrderedUnscaled =>
    [
        .. Sizes.SelectMany(size => new A64Row[]
        {
            new($"{size.Bits} 011 0 01 00 0 iiiiiiiii 00 nnnnn ttttt", Of<StoreOrdered>(),
                $"stlur{size.Suffix} {{{size.Register}t:r}}, [{{Xn|sp}}{{,simm9}}]", Ordered(size.Bytes, Access.Release)),
            new($"{size.Bits} 011 0 01 01 0 iiiiiiiii 00 nnnnn ttttt", Of<LoadOrdered>(),
                $"ldapur{size.Suffix} {{{size.Register}t}}, [{{Xn|sp}}{{,simm9}}]", Ordered(size.Bytes, Access.AcquirePc)),
        }),
        Signed("00", "10", "sb", 'X', 1, Of<LoadOrderedSigned<SignExtend>>()),
        Signed("00", "11", "sb", 'W', 1, Of<LoadOrderedSigned<SignExtend32>>()),
        Signed("01", "10", "sh", 'X', 2, Of<LoadOrderedSigned<SignExtend>>()),
        Signed("01", "11", "sh", 'W', 2, Of<LoadOrderedSigned<SignExtend32>>()),
        Signed("10", "10", "sw", 'X', 4, Of<LoadOrderedSigned<SignExtend>>()),
    ];

    private static A64Row Signed(string size, string opc, string suffix, char register, int bytes, A64Operation operation) => new(
        $"{size} 011 0 01 {opc} 0 iiiiiiiii 00 nnnnn ttttt", operation,
        $"ldapur{suffix} {{{register}t}}, [{{Xn|sp}}{{,simm9}}]", Ordered(bytes, Access.AcquirePc));

    /// <summary>Fields that the rows of this file give themselves: Imm2 is the size in bytes, Option the order.</summary>
    private static A64Insn Ordered(int bytes, Access order) => new() { Imm2 = bytes, Option = (byte)order };

    private static IEnumerable<A64Row> ExclusiveRegister((string Bits, string Suffix, char Register, int Bytes) size)
    {
        (string bits, string suffix, char r, int bytes) = size;
        yield return new($"{bits} 001000 0 0 0 sssss 0 (1)(1)(1)(1)(1) nnnnn ttttt", Of<StoreExclusive>(), $"stxr{suffix} {{Ws:w}}, {{{r}t:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive));
        yield return new($"{bits} 001000 0 0 0 sssss 1 (1)(1)(1)(1)(1) nnnnn ttttt", Of<StoreExclusive>(), $"stlxr{suffix} {{Ws:w}}, {{{r}t:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive | Access.Release));
        yield return new($"{bits} 001000 0 1 0 (1)(1)(1)(1)(1) 0 (1)(1)(1)(1)(1) nnnnn ttttt", Of<LoadExclusive>(), $"ldxr{suffix} {{{r}t}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive));
        yield return new($"{bits} 001000 0 1 0 (1)(1)(1)(1)(1) 1 (1)(1)(1)(1)(1) nnnnn ttttt", Of<LoadExclusive>(), $"ldaxr{suffix} {{{r}t}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive | Access.Acquire));
    }

    private static IEnumerable<A64Row> ExclusivePair(string bits, char r, int bytes)
    {
        yield return new($"{bits} 001000 0 0 1 sssss 0 uuuuu nnnnn ttttt", Of<StoreExclusivePair>(), $"stxp {{Ws:w}}, {{{r}t:r}}, {{{r}u:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive));
        yield return new($"{bits} 001000 0 0 1 sssss 1 uuuuu nnnnn ttttt", Of<StoreExclusivePair>(), $"stlxp {{Ws:w}}, {{{r}t:r}}, {{{r}u:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive | Access.Release));
        yield return new($"{bits} 001000 0 1 1 (1)(1)(1)(1)(1) 0 uuuuu nnnnn ttttt", Of<LoadExclusivePair>(), $"ldxp {{{r}t}}, {{{r}u}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive));
        yield return new($"{bits} 001000 0 1 1 (1)(1)(1)(1)(1) 1 uuuuu nnnnn ttttt", Of<LoadExclusivePair>(), $"ldaxp {{{r}t}}, {{{r}u}}, [{{Xn|sp}}]", Ordered(bytes, Access.Exclusive | Access.Acquire));
    }

    /// <summary>STLLR and LDLAR order within a limited region; here they are STLR and LDAR.</summary>
    private static IEnumerable<A64Row> OrderedRegister((string Bits, string Suffix, char Register, int Bytes) size)
    {
        (string bits, string suffix, char r, int bytes) = size;
        yield return new($"{bits} 001000 1 0 0 (1)(1)(1)(1)(1) 0 (1)(1)(1)(1)(1) nnnnn ttttt", Of<StoreOrdered>(), $"stllr{suffix} {{{r}t:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Release));
        yield return new($"{bits} 001000 1 0 0 (1)(1)(1)(1)(1) 1 (1)(1)(1)(1)(1) nnnnn ttttt", Of<StoreOrdered>(), $"stlr{suffix} {{{r}t:r}}, [{{Xn|sp}}]", Ordered(bytes, Access.Release));
        yield return new($"{bits} 001000 1 1 0 (1)(1)(1)(1)(1) 0 (1)(1)(1)(1)(1) nnnnn ttttt", Of<LoadOrdered>(), $"ldlar{suffix} {{{r}t}}, [{{Xn|sp}}]", Ordered(bytes, Access.Acquire));
        yield return new($"{bits} 001000 1 1 0 (1)(1)(1)(1)(1) 1 (1)(1)(1)(1)(1) nnnnn ttttt", Of<LoadOrdered>(), $"ldar{suffix} {{{r}t}}, [{{Xn|sp}}]", Ordered(bytes, Access.Acquire));
    }

    private static A64Row CompareAndSwap((string Bits, string Suffix, char Register, int Bytes) size, (string A, string R, string Suffix, Access Order) order) => new(
        $"{size.Bits} 001000 1 {order.A} 1 sssss {order.R} 11111 nnnnn ttttt", Of<CompareAndSwap>(),
        $"cas{order.Suffix}{size.Suffix} {{{size.Register}s:rw}}, {{{size.Register}t:r}}, [{{Xn|sp}}]",
        Ordered(size.Bytes, order.Order | Access.Atomic));

    private static A64Row CompareAndSwapPair(string bits, char register, int bytes, (string A, string R, string Suffix, Access Order) order) => new(
        $"{bits} 001000 0 {order.A} 1 ssss0 {order.R} 11111 nnnnn tttt0", Of<CompareAndSwapPair>(),
        $"casp{order.Suffix} {{{register}s:rw}}, {{{register}s+1}}, {{{register}t:r}}, {{{register}t+1}}, [{{Xn|sp}}]",
        Ordered(bytes, order.Order | Access.Atomic));

    /// <summary>An LSE operation in four sizes and four orders, with its ST alias where nothing is loaded or acquired.</summary>
    private static IEnumerable<A64Row> Atomic(string opcode, string name, A64Operation operation) =>
        from size in Sizes
        from order in Orders
        let r = size.Register
        let end = $"{order.R} 1 sssss {opcode} 00 nnnnn"
        select new A64Row(
            $"{size.Bits} 111 0 00 {order.A} {end} ttttt", operation,
            $"ld{name}{order.Suffix}{size.Suffix} {{{r}s}}, {{{r}t}}, [{{Xn|sp}}]",
            Ordered(size.Bytes, order.Order | Access.Atomic),
            order.A == "1" ? [] : [new A64Alias($"{size.Bits} 111 0 00 0 {end} 11111", $"st{name}{order.Suffix}{size.Suffix} {{{r}s}}, [{{Xn|sp}}]")]);
}
