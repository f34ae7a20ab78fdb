using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.SyntheticKernel;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Made-up kernels: what was put in comes out, and what is wrong is one line with a place.</summary>
public class SyntheticKernelTests
{
    [Theory]
    [InlineData((int)KallsymsLayout.OffsetsFirst)]
    [InlineData((int)KallsymsLayout.OffsetsLast)]
    [InlineData((int)KallsymsLayout.OwnPlace)]
    public void An_arm64_image_of_every_layout_is_read(int layout)
    {
        KernelImage image = KernelImage.Load("Image", Arm64Image((KallsymsLayout)layout));

        AssertSymbols(image.Symbols, image.TextStart, 7 + Functions);
        Assert.Equal(Arm64Start + 0x10000, image.TextStart);
        Assert.Equal(("6.12", "6.12.3-made-up"), (image.Series, image.Release));
        Assert.Equal(12, image.Btf!.StructSize("outer"));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => image.TextStart + (ulong)(i * 16)), image.Callsites); // number 3 is a relocation
        Assert.False(image.CallsitesHaveLiterals);
        Assert.Equal(".head.text .text .rodata .init.text .data .bss".Split(' '), image.Sections.Select(section => section.Name));
        Assert.Equal((0x10000ul, 0), (image.Sections[^1].Length, image.Sections[^1].Bytes.Length));
    }

    [Theory]
    [InlineData((int)KallsymsLayout.OffsetsFirst, true)]
    [InlineData((int)KallsymsLayout.OffsetsLast, false)]
    [InlineData((int)KallsymsLayout.OwnPlace, true)]
    public void An_amd64_boot_image_of_every_layout_is_read(int layout, bool zstd)
    {
        bool perCpu = (KallsymsLayout)layout != KallsymsLayout.OwnPlace;
        KernelImage image = KernelImage.Load("bzImage", BzImage(X64Elf((KallsymsLayout)layout), zstd));

        AssertSymbols(image.Symbols, X64Text, (perCpu ? 10 : 7) + Functions);
        Assert.Equal(9, image.Callsites.Count); // the first is zero
        Assert.Equal(perCpu ? new PerCpuPlacement(0, 0x1000, 0xffffffff81200000) : null, image.PerCpu);
        Assert.Equal(
            [(".text", SectionRights.Read | SectionRights.Execute), (".rodata", SectionRights.Read),
                (".data", SectionRights.Read | SectionRights.Write), (".data..percpu", SectionRights.Read | SectionRights.Write)],
            image.Sections.Select(section => (section.Name, section.Rights)));
    }

    [Fact]
    public void A_file_that_is_no_kernel_says_so()
    {
        Assert.Equal("x, offset 0x0: neither a bzImage (HdrS at 0x202) nor an arm64 Image (ARMd at 0x38)", Error(new byte[4096]));
        Assert.Equal("x, offset 0x0: neither a bzImage (HdrS at 0x202) nor an arm64 Image (ARMd at 0x38)", Error([]));
        Assert.Equal("x, offset 0x0: a gzip file: unpack it first (gunzip)", Error([0x1f, 0x8b, 8, 0]));
    }

    [Fact]
    public void A_lying_size_allocates_nothing()
    {
        byte[] file = BzImage(new byte[100], zstd: false);
        BitConverter.TryWriteBytes(file.AsSpan(file.Length - 4), 0x7fffffff);

        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Error(file);

        Assert.Matches("^x, offset 0x5..: an unpacked size of 2147483647 bytes for 1.. compressed ones cannot be$", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cut_or_damaged_payload_is_named(bool zstd)
    {
        byte[] file = BzImage(X64Elf(KallsymsLayout.OffsetsLast), zstd);
        Assert.Contains("the compressed kernel (payload_length) needs", Error(file[..^100]));

        file.AsSpan(0x600, 0x600).Fill(0xff);
        file.AsSpan(0x504, 4).Fill(0xff);
        Assert.StartsWith("x, offset 0x500: the compressed kernel is damaged", Error(file));
    }

    [Fact]
    public void Symbols_that_are_not_there_are_named()
    {
        byte[] image = Arm64Image(KallsymsLayout.OffsetsLast);
        image.AsSpan(KallsymsOffset, 0x60000).Clear();
        Assert.Equal("x: no symbol table (kallsyms) inside: was the kernel built with CONFIG_KALLSYMS?", Error(image));

        image = Arm64Image(KallsymsLayout.OffsetsLast);
        image[KallsymsOffset + 8] = 0; // the first name's length
        Assert.EndsWith("the symbol names (kallsyms_names) that belong to the tokens here are damaged", Error(image));
    }

    // Places that look like the ten digits' tokens again and again: each is looked at, but not for ever.
    [Fact]
    public void A_file_full_of_false_symbol_tables_ends_soon()
    {
        byte[] image = Arm64Image(KallsymsLayout.OffsetsLast);
        byte[] large = new byte[32 << 20];
        image.CopyTo(large, 0);
        BitConverter.TryWriteBytes(large.AsSpan(16), (ulong)large.Length);
        for (int at = KallsymsOffset; at + 20 <= large.Length; at += 20)
            "0\01\02\03\04\05\06\07\08\09\0"u8.CopyTo(large.AsSpan(at));

        Assert.Throws<UserErrorException>(() => KernelImage.Load("x", large));
    }

    private static string Error(byte[] bytes) => Assert.Throws<UserErrorException>(() => KernelImage.Load("x", bytes)).Message;

    private static void AssertSymbols(KernelSymbols symbols, ulong text, int count)
    {
        Assert.Equal(count, symbols.Count);
        Assert.Equal(text + 4000, symbols.AddressOf("_f1000"));
        Assert.Equal(text + 20, symbols.AddressOf(new string('n', 300)));
        Assert.Equal([text + 24, text + 28], symbols.FindAll("same").Select(symbol => symbol.Address));
        Assert.Equal("_f9+0x3", symbols.Describe(text + 39));
        Assert.Equal("_stext", symbols.Describe(text)); // the first of two at one address
        Assert.True(symbols.TryFind("_f0", out KernelSymbol first));
        Assert.Equal(new KernelSymbol("_f0", text, 4, 't'), first);
    }
}
