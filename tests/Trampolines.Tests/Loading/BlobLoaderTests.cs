using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Trampolines.Tests.Loading;

public class BlobLoaderTests
{
    // The five-byte nop and call as in SDM Vol. 2B, "NOP", and Vol. 2A, "CALL"; A64 words from the GNU assembler.
    [Theory]
    [InlineData(Architecture.X64, "0f 1f 44 00 00 # nop\n\n  0xe8 00000000 ; call\nc3 // ret", "0F1F440000E800000000C3")]
    [InlineData(Architecture.Arm64, "d503201f // nop\n0x97FFFFFF\r\n1f 20 03 d5", "1F2003D5FFFFFF971F2003D5")]
    public void Hexadecimal_text_becomes_bytes(Architecture architecture, string text, string bytes)
    {
        LoadedCode code = BlobLoader.LoadHex("in.hex", text, architecture, 0xffff800080000000);

        LoadedSection section = Assert.Single(code.Sections);
        Assert.Equal(bytes, Convert.ToHexString(section.Bytes.Span));
        Assert.Equal((0xffff800080000000ul, SectionRights.Read | SectionRights.Execute), (section.Address, section.Rights));
        Assert.Equal((ulong)section.Bytes.Length, section.Length);
    }

    [Theory]
    [InlineData(Architecture.X64, "90\n90 zz", "in.hex:2:4: 'zz' is not a byte of two hexadecimal digits or several bytes without space between")]
    [InlineData(Architecture.X64, "0f1", "in.hex:1:1: '0f1' is not a byte of two hexadecimal digits or several bytes without space between")]
    [InlineData(Architecture.Arm64, "d503201f\td503", "in.hex:1:10: 'd503' is not a byte of two hexadecimal digits or a word of eight")]
    [InlineData(Architecture.Arm64, "g503201f", "in.hex:1:1: 'g503201f' is not a byte of two hexadecimal digits or a word of eight")]
    [InlineData(Architecture.X64, "90 +1", "in.hex:1:4: '+1' is not a byte of two hexadecimal digits or several bytes without space between")]
    [InlineData(Architecture.X64, "# nothing", "in.hex: no bytes in it")]
    public void Other_text_is_an_error_with_line_and_column(Architecture architecture, string text, string message) =>
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => BlobLoader.LoadHex("in.hex", text, architecture, 0)).Message);

    [Fact]
    public void Raw_bytes_need_an_address_that_suits_them()
    {
        byte[] word = [0x1f, 0x20, 0x03, 0xd5];

        Assert.Equal(0x1000ul, BlobLoader.LoadRaw("in.bin", word, Architecture.Arm64, 0x1000).EntryAddress);
        Assert.Equal("in.bin: address 0x1002 is not a multiple of 4, as arm64 code needs",
            Assert.Throws<UserErrorException>(() => BlobLoader.LoadRaw("in.bin", word, Architecture.Arm64, 0x1002)).Message);
        Assert.Equal("in.bin: 4 bytes at 0xfffffffffffffffe go past the last address",
            Assert.Throws<UserErrorException>(() => BlobLoader.LoadRaw("in.bin", word, Architecture.X64, ulong.MaxValue - 1)).Message);
        Assert.Equal(4ul, BlobLoader.LoadRaw("in.bin", word, Architecture.X64, ulong.MaxValue - 3).Sections[0].Length);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_user_error() =>
        Assert.StartsWith("no/such/file: cannot read:", Assert.Throws<UserErrorException>(() => BlobLoader.LoadRaw("no/such/file", Architecture.X64, 0)).Message);
}
