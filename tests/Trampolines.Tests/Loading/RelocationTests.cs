using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Relocations at the edges of their ranges, computed by hand from the ABIs, on objects made without an assembler.</summary>
public class RelocationTests
{
    private const ulong Base = 0x10000;

    // S + A - P or S + A, little-endian, at offset 4 of the text; "there" is given, P is 0x10004.
    [Theory]
    [InlineData(1u, 0x123456789abcdef0, 0, "F0DEBC9A78563412")]   // R_X86_64_64
    [InlineData(2u, 0x10000, -4, "F8FFFFFF")]                      // R_X86_64_PC32: 0x10000 - 4 - 0x10004
    [InlineData(2u, 0x80010003, 0, "FFFFFF7F")]                    // the highest
    [InlineData(4u, 0xffffffff80010004, 0, "00000080")]            // R_X86_64_PLT32: the lowest
    [InlineData(10u, 0xffffffff, 0, "FFFFFFFF")]                   // R_X86_64_32
    [InlineData(11u, 0xffffffff80000000, 0, "00000080")]           // R_X86_64_32S
    [InlineData(12u, 0xffff, 0, "FFFF")]                           // R_X86_64_16
    [InlineData(12u, 0xffffffffffff8000, 0, "0080")]
    [InlineData(13u, 0x18003, 0, "FF7F")]                          // R_X86_64_PC16
    [InlineData(14u, 0x5a, 1, "5B")]                               // R_X86_64_8
    [InlineData(15u, 0x10000, 0, "FC")]                            // R_X86_64_PC8
    [InlineData(24u, 0, 0, "FCFFFEFFFFFFFFFF")]                    // R_X86_64_PC64
    public void An_x86_64_value_is_written(uint type, ulong there, long addend, string bytes) =>
        Assert.StartsWith(bytes + "00", Convert.ToHexString(Load(SyntheticObject.X64, new byte[32], type, there, addend)));

    [Theory]
    [InlineData(2u, 0x80010004)]
    [InlineData(2u, 0xffffffff80010003)]
    [InlineData(10u, 0x100000000)]
    [InlineData(10u, 0xffffffff81000000)]
    [InlineData(11u, 0x80000000)]
    [InlineData(12u, 0x10000)]
    [InlineData(13u, 0x18004)]
    [InlineData(14u, 0x100)]
    [InlineData(15u, 0x10084)]
    [InlineData(9u, 0x10000)]
    [InlineData(200u, 0x10000)]
    public void An_x86_64_value_that_does_not_fit_is_refused(uint type, ulong there) =>
        Assert.StartsWith("x.o, .text+0x4: ", Assert.Throws<UserErrorException>(() => Load(SyntheticObject.X64, new byte[32], type, there, 0)).Message);

    // Fields of A64 instructions by DDI 0487, C6.2; the word without its immediate is the same for all: zero.
    [Theory]
    [InlineData(257u, 0x123456789abcdef0, 0x9abcdef0u)]     // R_AARCH64_ABS64, low half
    [InlineData(258u, 0xffffffff, 0xffffffffu)]             // ABS32
    [InlineData(261u, 0x10000, 0xfffffffcu)]                // PREL32: -4
    [InlineData(263u, 0xffff, 0x1fffe0u)]                   // MOVW_UABS_G0: imm16 at bit 5
    [InlineData(265u, 0xffff1234, 0x1fffe0u)]               // G1
    [InlineData(267u, 0xa5a500000000, 0x14b4a0u)]           // G2
    [InlineData(269u, 0xffff800000000000, 0x1fffe0u)]       // G3
    [InlineData(264u, 0xffff800000000001, 0x20u)]           // G0_NC
    [InlineData(273u, 0x10008, 0x20u)]                      // LD_PREL_LO19: one word on
    [InlineData(274u, 0x10003, 0x60ffffe0u)]                // ADR_PREL_LO21: -1: immlo 3, immhi all ones
    [InlineData(275u, 0x11fff, 0x20000000u)]                // ADR_PREL_PG_HI21: one page on: immlo 1
    [InlineData(275u, 0xf000, 0x60ffffe0u)]                 // one page back
    [InlineData(277u, 0x10abc, 0x2af000u)]                  // ADD_ABS_LO12_NC: 0xabc at bit 10
    [InlineData(286u, 0x10ab8, 0x55c00u)]                   // LDST64: 0xab8 / 8 = 0x157
    [InlineData(299u, 0x10ab0, 0x2ac00u)]                   // LDST128: 0xab
    [InlineData(279u, 0x18000, 0x3ffe0u)]                   // TSTBR14: 0x7ffc / 4 = 0x1fff
    [InlineData(280u, 0x10000, 0xffffe0u)]                  // CONDBR19: -1 word
    [InlineData(282u, 0x8010000, 0x1ffffffu)]               // JUMP26: the highest
    [InlineData(283u, 0xfffffffff8010004, 0x2000000u)]      // CALL26: the lowest
    public void An_arm64_field_is_written(uint type, ulong there, uint word) =>
        Assert.Equal($"{word:x8}", $"{BitConverter.ToUInt32(Load(SyntheticObject.Arm64, new byte[32], type, there, 0)):x8}");

    [Theory]
    [InlineData(258u, 0x100000000)]
    [InlineData(263u, 0x10000)]
    [InlineData(265u, 0x100000000)]
    [InlineData(273u, 0x10006)] // not a word's distance
    [InlineData(274u, 0x110004)]
    [InlineData(275u, 0x100010000)]
    [InlineData(286u, 0x10004)]
    [InlineData(279u, 0x18004)]
    [InlineData(280u, 0x110004)]
    [InlineData(283u, 0x8010004)]
    [InlineData(283u, 0x10006)]
    [InlineData(270u, 0x10000)] // MOVW_SABS_G0 would have to turn MOVZ into MOVN
    [InlineData(311u, 0x10000)]
    public void An_arm64_value_that_does_not_fit_is_refused(uint type, ulong there) =>
        Assert.StartsWith("x.o, .text+0x4: ", Assert.Throws<UserErrorException>(() => Load(SyntheticObject.Arm64, new byte[32], type, there, 0)).Message);

    // b . with its immediate lost must not keep the old one: DDI 0487, C6.2, "B".
    [Fact]
    public void A_field_is_replaced_and_its_neighbours_stay()
    {
        byte[] text = new byte[32];
        BitConverter.TryWriteBytes(text.AsSpan(4), 0x17ffffffu); // b .-4

        Assert.Equal(0x14000001u, BitConverter.ToUInt32(Load(SyntheticObject.Arm64, text, 282, 0x10008, 0)));
    }

    [Fact]
    public void A_local_symbol_needs_nobody_outside()
    {
        byte[] file = SyntheticObject.Make(SyntheticObject.X64, new byte[32], (0, 1, 1, 3));
        LoadedCode code = ElfObjectLoader.Load("x.o", file, Base, _ => throw new InvalidOperationException("asked for nothing"));

        Assert.Equal(Base + 8 + 3, BitConverter.ToUInt64(code.Sections[0].Bytes.Span));
        Assert.Equal(Base + 8, code.Find("here")!.Address);
    }

    [Fact]
    public void A_relocation_outside_of_its_section_is_refused()
    {
        byte[] file = SyntheticObject.Make(SyntheticObject.X64, new byte[32], (29, 2, 1, 0));

        Assert.Equal(
            "x.o, .text+0x1d: R_X86_64_PC32 outside of the section's 0x20 bytes",
            Assert.Throws<UserErrorException>(() => ElfObjectLoader.Load("x.o", file, Base, _ => null)).Message);
    }

    [Fact]
    public void A_name_with_a_line_end_in_it_stays_on_one_line()
    {
        byte[] file = SyntheticObject.Make(SyntheticObject.X64, new byte[32], (4, 1, 2, 0));
        file.AsSpan().Replace((byte)'h', (byte)'\n'); // there, here

        Assert.Equal(
            "x.o, .text+0x4: undefined symbol t?ere",
            Assert.Throws<UserErrorException>(() => ElfObjectLoader.Load("x.o", file, Base, _ => null)).Message);
    }

    private static byte[] Load(ushort machine, byte[] text, uint type, ulong there, long addend)
    {
        byte[] file = SyntheticObject.Make(machine, text, (4, type, 2, addend));
        return ElfObjectLoader.Load("x.o", file, Base, name => name == "there" ? there : null).Sections[0].Bytes.Span[4..16].ToArray();
    }
}
