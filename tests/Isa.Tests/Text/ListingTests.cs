using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.Tests.Text;

/// <summary>Bytes to text and back.</summary>
public class ListingTests
{
    private static readonly byte[] Fentry =
    [
        0xf3, 0x0f, 0x1e, 0xfa, 0xe8, 0xf7, 0x0f, 0x00, 0x00, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x48, 0x8b, 0x05, 0x10, 0x00, 0x00, 0x00,
        0x74, 0x01, 0xc3, 0x06, 0x48, 0x81, 0xc0, 0x01, 0x00, 0x00, 0x00, 0xc3,
    ];

    // Text as objdump -d -M intel spells it, by hand from SDM Vol. 2; 06 is no instruction of 64-bit mode, and 48 81 C0
    // with an immediate that fits a byte is not what an assembler writes.
    [Fact]
    public void X64_lines_have_address_bytes_text_and_names()
    {
        var writer = new StringWriter();

        Listing.Print(writer, Architecture.X64, Listing.Lines(Architecture.X64, Fentry, 0x1000, Name));

        Assert.Equal(
            """
            0000000000001000 <traced>:
                1000:  f3 0f 1e fa              endbr64
                1004:  e8 f7 0f 00 00           call 0x2000 <__fentry__>
                1009:  0f 1f 44 00 00           nop dword ptr [rax+rax*1]
                100e:  48 8b 05 10 00 00 00     mov rax,qword ptr [rip+0x10] # 0x1025 <ops>
                1015:  74 01                    je 0x1018
                1017:  c3                       ret
                1018:  06                       .byte 0x06
                1019:  48 81 c0 01 00 00 00     add rax,0x1
                1020:  c3                       ret

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    // Words and spelling from aarch64-linux-gnu-objdump; 0x00000000 is UDF #0, 0xffffffff is unallocated (DDI 0487, C4.1).
    [Fact]
    public void Arm64_lines_have_address_word_text_and_names()
    {
        byte[] bytes = [0x5f, 0x24, 0x03, 0xd5, 0xff, 0x03, 0x00, 0x94, 0xc0, 0x03, 0x5f, 0xd6, 0xff, 0xff, 0xff, 0xff, 0x1f];
        var lines = Listing.Lines(Architecture.Arm64, bytes, 0x1000, Name).ToList();

        Assert.Equal(["bti c", "bl 0x2000", "ret", ".inst 0xffffffff", ".byte 0x1f"], lines.Select(line => line.Text));
        Assert.Equal("<__fentry__>", lines[1].Comment);
        Assert.Equal("traced", lines[0].Symbol);
    }

    public static TheoryData<Architecture, string> Sources() => new()
    {
        {
            Architecture.X64,
            """
            entry: endbr64; push rbp; mov rbp, rsp; sub rsp, 0x60; mov [rsp+0x50], rax; mov [rsp], r9; lea rdi, [rip+entry]
            1: dec rbx; jne 1b; je far_away; loop 1b; call far_away; call qword ptr [rip+entry]; jmp short 2f; int3
            2: mov rax, gs:[rip+entry]; lock cmpxchg [rdi], rsi; rep stosq; xchg ax, ax; .balign 32
            movabs rax, 0x123456789abcdef; movzx eax, byte ptr [rdi+rcx*8-1]; test al, 1; setne cl; cmovb rax, [rsi]
            .skip 300, 0xcc
            far_away: leave; ret; .byte 0x0f, 0x04, 0xc5; .asciz "data between"
            """
        },
        {
            Architecture.Arm64,
            """
            entry: bti c; stp x29, x30, [sp, #-16]!; mov x29, sp; ldr x17, =0x123456789abcdef0; adr x16, entry; blr x17
            1: subs x0, x0, #1; b.ne 1b; cbz x0, 2f; tbnz w1, #3, 2f; ldp x29, x30, [sp], #16; dsb ish; isb
            2: msr daifset, #2; mrs x0, sp_el0; and x0, x0, #0xff00; movk x0, #0x1234, lsl #16; ret
            .word 0xffffffff, 0; .byte 1, 2, 3
            """
        },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_listing_assembles_to_the_bytes_it_was_made_of(Architecture architecture, string source)
    {
        byte[] bytes = new EmbeddedAssembler().Assemble(architecture, source.ReplaceLineEndings("\n"), 0x10000).Bytes;

        AssertReturns(architecture, bytes);
    }

    // Seeds 1 to 20, 400 bytes each: most of it decodes to something, much of it to what no assembler would write.
    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void A_listing_of_random_bytes_assembles_to_them(Architecture architecture)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            byte[] bytes = new byte[400];
            new Random(seed).NextBytes(bytes);

            AssertReturns(architecture, bytes);
        }
    }

    private static string? Name(ulong address) => address switch
    {
        0x1000 => "traced",
        0x2000 => "__fentry__",
        0x1025 => "ops",
        _ => null,
    };

    private static void AssertReturns(Architecture architecture, byte[] bytes)
    {
        string source = Listing.ToSource(architecture, bytes, 0x10000, address => address == 0x10000 ? "entry" : null);

        Assert.Equal(AssemblerCases.Hex(bytes), AssemblerCases.Hex(new EmbeddedAssembler().Assemble(architecture, source, 0x10000).Bytes));
    }
}
