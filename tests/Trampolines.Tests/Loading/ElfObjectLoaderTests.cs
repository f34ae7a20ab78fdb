using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Objects from GNU as, compared byte for byte with what GNU ld makes of them at the same addresses.</summary>
public class ElfObjectLoaderTests
{
    private const string X64Source = """
        .text
        .globl entry
        .type entry, @function
        entry:
            call outside
            jmp near
            lea rip_data(%rip), %rax
            mov $half, %edi
            mov $rip_data, %rsi
            movabs $rip_data, %rdx
            movq table+8(,%rcx,8), %rbx
            addq $5, counter(%rip)
            jz outside
        near:
            ret
        .size entry, . - entry
            .word half
            .byte small
        .section near_text, "ax", @progbits
            .word entry - .
        .section .rodata, "a", @progbits
        rip_data: .quad entry, outside + 0x10, near - .
            .long entry - ., half
            .p2align 5
        table: .quad near, table
        .data
            .p2align 4
        counter: .quad 7
            .quad counter, table - counter
        .bss
        zeros: .skip 100
        """;

    private const string Arm64Source = """
        .text
        .globl entry
        .type entry, %function
        entry:
            bl outside
            b near
            adrp x0, datum
            add x0, x0, :lo12:datum
            ldr x1, [x0, :lo12:datum]
            adrp x2, bytes
            ldrb w3, [x2, :lo12:bytes + 1]
            ldrh w3, [x2, :lo12:bytes + 2]
            ldr w3, [x2, :lo12:bytes + 4]
            ldr q3, [x2, :lo12:bytes]
            adr x4, outside_near
            ldr x5, outside_near
            cbz x5, outside_near
            b.eq outside_near
            tbz x6, #33, outside_near
            movz x7, #:abs_g3:outside
            movk x7, #:abs_g2_nc:outside
            movk x7, #:abs_g1_nc:outside
            movk x7, #:abs_g0_nc:outside
            movz x8, #:abs_g1:small
            movk x8, #:abs_g0_nc:small
            movz x9, #:abs_g0:half
            movz x9, #:abs_g2:middle
            adrp x10, :pg_hi21_nc:outside
        .section near_text, "ax", %progbits
        near:
            ret
            b entry
        .section .rodata, "a", %progbits
            .xword entry, outside + 0x10
            .xword near - .
            .word entry - ., small
            .hword half
        .section near_text
            .hword entry - .
        .data
            .p2align 4
        bytes: .skip 16
        datum: .xword datum
        .bss
        zeros: .skip 100
        """;

    private static readonly (string Name, ulong Address)[] X64Outside =
        [("outside", 0xffffffff81500000), ("half", 0x7abc), ("small", 0x5a)];

    private static readonly (string Name, ulong Address)[] Arm64Outside =
    [
        ("outside", 0xffff800085000000), ("outside_near", 0xffff800080001400), ("half", 0x7abc), ("small", 0x12345678), ("middle", 0x123456789abc),
    ];

    [Theory]
    [InlineData(Architecture.X64, 0xffffffff81000000)]
    [InlineData(Architecture.Arm64, 0xffff800080000000)]
    public void An_object_is_relocated_as_ld_does_it(Architecture architecture, ulong baseAddress)
    {
        using var tools = new Toolchain(architecture);
        bool isX64 = architecture == Architecture.X64;
        (string Name, ulong Address)[] outside = isX64 ? X64Outside : Arm64Outside;
        string source = isX64 ? X64Source : Arm64Source;

        LoadedCode code = ElfObjectLoader.Load("in.o", tools.Assemble(source), baseAddress, name => Lookup(outside, name));
        LoadedSection[] withBytes = [.. code.Sections.Where(section => !section.Bytes.IsEmpty)];
        IReadOnlyDictionary<string, byte[]> linked = tools.Link(withBytes.Select(section => (section.Name, section.Address)), outside);

        Assert.Equal(architecture, code.Architecture);
        Assert.Equal(baseAddress, code.EntryAddress);
        Assert.True(withBytes.Length >= 3);
        foreach (LoadedSection section in withBytes)
            Assert.Equal(Convert.ToHexString(linked[section.Name]), Convert.ToHexString(section.Bytes.Span));
    }

    [Fact]
    public void Sections_of_different_rights_do_not_share_a_page()
    {
        using var tools = new Toolchain(Architecture.Arm64);
        LoadedCode code = ElfObjectLoader.Load("in.o", tools.Assemble(Arm64Source), 0xffff800080000000, name => Lookup(Arm64Outside, name));

        LoadedSection text = code.Sections[0], data = code.Sections.Single(section => section.Name == ".data");
        LoadedSection bss = code.Sections.Single(section => section.Name == ".bss");
        Assert.Equal((".text", SectionRights.Read | SectionRights.Execute), (text.Name, text.Rights));
        Assert.Equal(SectionRights.Read | SectionRights.Write, data.Rights);
        Assert.Equal((100ul, 0), (bss.Length, bss.Bytes.Length));
        for (int i = 1; i < code.Sections.Count; i++)
        {
            LoadedSection before = code.Sections[i - 1], section = code.Sections[i];
            Assert.True(before.Rights == section.Rights || (before.End - 1) / 4096 < section.Address / 4096, section.Name);
        }
    }

    [Fact]
    public void Symbols_have_their_address_size_and_kind()
    {
        using var tools = new Toolchain(Architecture.X64);
        LoadedCode code = ElfObjectLoader.Load("in.o", tools.Assemble(X64Source), 0x400000, Nowhere32);

        CodeSymbol entry = code.Find("entry")!;
        Assert.Equal((0x400000ul, CodeSymbolKind.Function, true), (entry.Address, entry.Kind, entry.IsGlobal));
        Assert.Equal(code.Find("near")!.Address + 1, entry.Address + entry.Size);
        Assert.False(code.Find("near")!.IsGlobal);
        Assert.Null(code.Find("outside"));
    }

    [Theory]
    [InlineData(Architecture.X64, "call outside", "in.o, .text+0x1: R_X86_64_PLT32 against outside does not fit: 0x7fffbffffb is not in -0x80000000 .. 0x7fffffff")]
    [InlineData(Architecture.X64, "call *outside@GOTPCREL(%rip)", "in.o, .text+0x2: relocation type 41 needs a global offset table, which a kernel has none of: refer to the symbol itself (without @GOT…, -fno-pic)")]
    [InlineData(Architecture.X64, "mov %fs:outside@TPOFF, %rax", "in.o, .text+0x5: relocation type 23 is for thread-local storage, which a kernel has none of")]
    [InlineData(Architecture.X64, "jmp nowhere", "in.o, .text+0x1: undefined symbol nowhere")]
    [InlineData(Architecture.Arm64, "bl outside", "in.o, .text+0x0: R_AARCH64_CALL26 against outside does not fit: 0x7fffc00000 is not in -0x8000000 .. 0x7ffffff, a multiple of 4")]
    [InlineData(Architecture.Arm64, "movz x0, #:abs_g1:outside", "in.o, .text+0x0: R_AARCH64_MOVW_UABS_G1 against outside does not fit: 0x8000000000 is not in 0x0 .. 0xffffffff")]
    [InlineData(Architecture.Arm64, "ldr x0, [x1, :lo12:odd]", "in.o, .text+0x0: R_AARCH64_LDST64_ABS_LO12_NC against odd does not fit: 0xffc is not in 0x0 .. 0xfff, a multiple of 8")]
    [InlineData(Architecture.Arm64, "ldr x0, [x1, :got_lo12:outside]", "in.o, .text+0x0: relocation type 312 needs a global offset table, which a kernel has none of: refer to the symbol itself (without :got:, -fno-pic)")]
    [InlineData(Architecture.Arm64, "tbz x0, #1, far", "in.o, .text+0x0: R_AARCH64_TSTBR14 against far does not fit: 0xf000 is not in -0x8000 .. 0x7fff, a multiple of 4")]
    public void What_does_not_fit_is_named(Architecture architecture, string instruction, string message)
    {
        using var tools = new Toolchain(architecture);
        byte[] bytes = tools.Assemble(instruction + "\n");
        ulong? Outside(string name) => name switch { "outside" => 0x8000000000, "odd" => 0x8ffc, "far" => 0x40f000, _ => null };

        Assert.Equal(message, Assert.Throws<UserErrorException>(() => ElfObjectLoader.Load("in.o", bytes, 0x400000, Outside)).Message);
    }

    [Fact]
    public void A_weak_symbol_that_nobody_defines_is_zero()
    {
        using var tools = new Toolchain(Architecture.X64);
        LoadedCode code = ElfObjectLoader.Load("in.o", tools.Assemble(".weak maybe\n.quad maybe\n"), 0x400000, _ => null);

        Assert.Equal(new byte[8], code.Sections[0].Bytes.ToArray());
    }

    private static ulong? Nowhere32(string name) => 0x50;

    private static ulong? Lookup((string Name, ulong Address)[] symbols, string name) =>
        symbols.Where(symbol => symbol.Name == name).Select(symbol => (ulong?)symbol.Address).FirstOrDefault();
}
