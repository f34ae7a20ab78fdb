using CsCheck;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Ordering;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Exploration;

/// <summary>What one core does in a generated program: one instruction, or a call of the function that is patched.</summary>
internal enum CodeOp
{
    StoreX, // x becomes 1
    StoreY, // y becomes 2
    LoadX, // the register becomes x
    LoadY,
    StoreRegisterY, // y becomes the register
    AddX, // x grows by 1, in one step
    Private, // the register grows by 1
    Push, // the register goes to the core's own stack
    SkipIfZero, // goes on behind the next instruction where the register is 0
    Barrier, // DMB ISH, MFENCE
    Serialise, // ISB, SERIALIZE
    Clean, // DC CVAU of the patched line; CLFLUSH
    Invalidate, // IC IVAU of it; LFENCE
    Complete, // DSB ISH; SFENCE
    Call, // the patched function
}

/// <summary>What the machine's updater does, one step each, through the poking alias and by interrupts.</summary>
internal enum UpdateOp
{
    PokeAll, // the whole new instruction
    PokeFirst, // INT3 or BRK: the first byte, or the word
    PokeTail, // x86-64: all but the first byte of the new instruction
    PokeNew, // the first byte of the new instruction
    Interrupt, // makes an interrupt pending on a core
    Synchronise, // an IPI taken and returned from, in one step
}

/// <summary>A generated program, and the machine that it runs on.</summary>
internal sealed record CodeProgram(
    Architecture Architecture,
    CodeOp[][] Cores,
    (UpdateOp Op, int Core)[] Updates,
    bool IsFetchModelled,
    int CacheType,
    bool IsTso,
    bool DeliversApart)
{
    private static readonly Gen<CodeOp> Op = Gen.Frequency(
        (12, OneOf(CodeOp.StoreX, CodeOp.StoreY, CodeOp.LoadX, CodeOp.LoadY, CodeOp.StoreRegisterY, CodeOp.AddX)),
        (5, OneOf(CodeOp.Private, CodeOp.Push, CodeOp.SkipIfZero)),
        (3, OneOf(CodeOp.Barrier, CodeOp.Serialise, CodeOp.Clean, CodeOp.Invalidate, CodeOp.Complete)),
        (4, Gen.Const(CodeOp.Call)));

    private static Gen<CodeOp> OneOf(params CodeOp[] ops) => Gen.Int[0, ops.Length - 1].Select(i => ops[i]);

    /// <summary>Two to four cores, at most ten instructions in all, and at most four steps of the updater.</summary>
    public static Gen<CodeProgram> Generator { get; } = Gen.Select(
        Gen.Enum<Architecture>(),
        Gen.OneOf(Op.Array[1, 4].Array[2], Op.Array[1, 3].Array[3], Op.Array[1, 2].Array[4]),
        Gen.Select(Gen.Enum<UpdateOp>(), Gen.Int[0, 3]).Array[0, 4],
        Gen.Select(Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool),
        (architecture, cores, updates, machine) => new CodeProgram(
            architecture, cores, updates, machine.Item1, machine.Item2, architecture == Architecture.X64 && machine.Item3 == 0, machine.Item4));

    /// <summary>The fetch model: one of the kinds that the architecture has, or null.</summary>
    public FetchSettings? Fetch => !IsFetchModelled ? null : Architecture == Architecture.Arm64
        ? CacheType switch
        {
            1 => new FetchSettings { Idc = true },
            2 => new FetchSettings { Idc = true, Dic = true },
            3 => new FetchSettings { LineBytes = 64 },
            _ => new FetchSettings(),
        }
        : new FetchSettings { BlockBytes = CacheType == 1 ? 8 : 1, Torn = CacheType == 2 ? TornFetch.Execute : TornFetch.Report };

    public MemoryModel Memory => IsTso ? MemoryModel.Tso : MemoryModel.Sc;

    /// <summary>The code of all cores: <c>P0:</c> ... <c>E0:</c>, the patched function <c>f</c>, its other body <c>g</c>, the handler <c>h</c>.</summary>
    public string Text
    {
        get
        {
            IEnumerable<string> cores = Cores.Select((ops, core) =>
                $"P{core}: " + string.Concat(ops.Select((op, i) => $"l{core}{(char)('a' + i)}: {Instruction(op, core, i, ops.Length)}; ")) + $"E{core}: nop; ");
            return string.Concat(cores) + (Architecture == Architecture.Arm64
                ? "f: nop; ret; g: add x0, x0, #4; ret; h: str x11, [x2]; H: nop"
                : "f: nop dword ptr [rax+rax]; ret; nop; nop; g: add rax, 4; ret; h: mov [rdx], r9; H: nop");
        }
    }

    public override string ToString() =>
        $"{Architecture} {Memory} {Fetch?.ToString() ?? "coherent"} {(DeliversApart ? "delivers apart" : "")} "
        + string.Join(" || ", Cores.Select(ops => string.Join("; ", ops))) + " || " + string.Join("; ", Updates);

    private string Instruction(CodeOp op, int core, int i, int count)
    {
        // A skipped call or the like is one instruction: behind it is the label of the one after the next.
        string behind = i + 2 < count ? $"l{core}{(char)('a' + i + 2)}" : $"E{core}";
        bool arm = Architecture == Architecture.Arm64;
        return op switch
        {
            CodeOp.StoreX => arm ? "str x10, [x1]" : "mov [rcx], r8",
            CodeOp.StoreY => arm ? "str x11, [x2]" : "mov [rdx], r9",
            CodeOp.LoadX => arm ? "ldr x0, [x1]" : "mov rax, [rcx]",
            CodeOp.LoadY => arm ? "ldr x0, [x2]" : "mov rax, [rdx]",
            CodeOp.StoreRegisterY => arm ? "str x0, [x2]" : "mov [rdx], rax",
            CodeOp.AddX => arm ? "ldadd x10, x3, [x1]" : "lock add [rcx], r8",
            CodeOp.Private => arm ? "add x0, x0, #1" : "add rax, 1",
            CodeOp.Push => arm ? "str x0, [sp, #-16]!" : "push rax",
            CodeOp.SkipIfZero => arm ? $"cbz x0, {behind}" : $"test rax, rax; jz {behind}",
            CodeOp.Barrier => arm ? "dmb ish" : "mfence",
            CodeOp.Serialise => arm ? "isb" : "cpuid",
            CodeOp.Clean => arm ? "dc cvau, x4" : "clflush [rbp]",
            CodeOp.Invalidate => arm ? "ic ivau, x4" : "lfence",
            CodeOp.Complete => arm ? "dsb ish" : "sfence",
            _ => arm ? "bl f" : "call f",
        };
    }
}
