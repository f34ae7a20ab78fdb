using CsCheck;
using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.SyntheticKernel;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Damaged files: each either loads or is one line of text; never another exception, a hang or an absurd allocation.</summary>
public class HostileInputTests
{
    private const string Seed = "0000KOIPe8M3";
    private static readonly byte[] Extremes = [0, 1, 0x7f, 0x80, 0xff];

    [Theory]
    [InlineData(SyntheticObject.X64)]
    [InlineData(SyntheticObject.Arm64)]
    public void A_damaged_object_loads_or_is_refused(ushort machine)
    {
        byte[] file = SyntheticObject.Make(machine, new byte[32], (0, machine == 62 ? 1u : 257u, 1, 0), (8, machine == 62 ? 2u : 283u, 2, 0));

        Damaged(file, 0, file.Length, iterations: 20_000, bytes => ElfObjectLoader.Load("x", bytes, 0x10000, _ => 0x11000));
    }

    [Fact]
    public void An_object_cut_anywhere_loads_or_is_refused()
    {
        byte[] file = SyntheticObject.Make(SyntheticObject.X64, new byte[32], (0, 1, 1, 0));
        for (int length = 0; length < file.Length; length++)
            Survives(() => ElfObjectLoader.Load("x", file.AsMemory(0, length), 0x10000, _ => 0));
    }

    [Fact]
    public void A_damaged_type_blob_loads_or_is_refused()
    {
        byte[] blob = BtfTypesTests.SmallBlob();
        Damaged(blob, 0, blob.Length, iterations: 20_000, bytes =>
        {
            BtfTypes types = BtfTypes.Parse("x", bytes);
            _ = types.OffsetOf("outer", "inner");
            _ = types.MembersOf("outer");
            _ = types.EnumValue("none");
            _ = types.FindFunction("none");
        });
    }

    [Fact]
    public void A_boot_image_with_a_damaged_header_loads_or_is_refused() =>
        Damaged(SyntheticKernel.BzImage(X64Elf(KallsymsLayout.OffsetsLast), zstd: true), 0, 0x520, iterations: 300, Use);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_damaged_payload_loads_or_is_refused(bool zstd)
    {
        byte[] file = SyntheticKernel.BzImage(X64Elf(KallsymsLayout.OffsetsLast), zstd);
        Damaged(file, 0x500, file.Length, iterations: 300, Use);
    }

    [Fact]
    public void A_kernel_with_damaged_elf_headers_loads_or_is_refused() =>
        Damaged(X64Elf(KallsymsLayout.OwnPlace), 0, 0x600, iterations: 250, elf => Use(SyntheticKernel.BzImage(elf, zstd: false)));

    [Theory]
    [InlineData((int)KallsymsLayout.OffsetsFirst)]
    [InlineData((int)KallsymsLayout.OffsetsLast)]
    [InlineData((int)KallsymsLayout.OwnPlace)]
    public void A_damaged_symbol_table_loads_or_is_refused(int layout) =>
        Damaged(Arm64Image((KallsymsLayout)layout), KallsymsOffset, KallsymsOffset + 0x60000, iterations: 300, Use);

    [Fact]
    public void A_damaged_arm64_image_loads_or_is_refused()
    {
        byte[] image = Arm64Image(KallsymsLayout.OwnPlace);
        Damaged(image, 0, 64, iterations: 300, Use);
        Damaged(image, 0x10_0000, image.Length, iterations: 300, Use, noticed: false);
    }

    [Fact]
    public void A_kernel_cut_anywhere_loads_or_is_refused()
    {
        byte[] image = Arm64Image(KallsymsLayout.OffsetsLast);
        byte[] boot = SyntheticKernel.BzImage(X64Elf(KallsymsLayout.OffsetsLast), zstd: true);
        Gen.Double[0, 1].Sample(
            where =>
            {
                Survives(() => Use(image.AsMemory(0, (int)(where * image.Length))));
                Survives(() => Use(boot.AsMemory(0, (int)(where * boot.Length))));
            },
            seed: Seed, iter: 100, threads: 1);
    }

    // The headers and tables of a real image, where a flipped bit is most likely to send a reader astray.
    [Theory]
    [InlineData(PinnedKernels.Arm64Old, 0xdf7ab7)] // the tokens of the ten digits in kallsyms_token_table, by a hex dump
    [InlineData(PinnedKernels.Arm64New, 0x161a545)]
    [Trait("Category", "Long")]
    public void A_real_image_with_damage_loads_or_is_refused(string abi, int tokens)
    {
        byte[] file = File.ReadAllBytes(PinnedKernels.PathOf(abi));
        Damaged(file, 0, 0x200, iterations: 40, Use);
        Damaged(file, tokens - 0x1000, tokens + 0x1000, iterations: 40, Use);
        Damaged(file, 0, file.Length, iterations: 40, Use, noticed: false);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void A_real_boot_image_with_damage_inside_loads_or_is_refused()
    {
        InputBytes payload = RcuEmu.Trampolines.Loading.BzImage.Unpack(InputBytes.FromFile(PinnedKernels.PathOf(PinnedKernels.Amd64Middle), int.MaxValue));
        byte[] elf = payload.Memory.ToArray();
        int sections = (int)BitConverter.ToUInt64(elf, 40), tokens = 0x1565841; // by a hex dump
        void Read(byte[] bytes) => X64ImageLayout.Read(new InputBytes("x", bytes));

        Damaged(elf, 0, 0x200, iterations: 40, Read);
        Damaged(elf, sections, sections + 40 * 64, iterations: 40, Read);
        Damaged(elf, tokens - 0x1000, tokens + 0x1000, iterations: 40, Read);
    }

    private static void Use(byte[] bytes) => Use(bytes.AsMemory());

    private static void Use(ReadOnlyMemory<byte> bytes)
    {
        KernelImage image = KernelImage.Load("x", bytes);
        _ = image.Callsites.Count;
        _ = image.CallsitesHaveLiterals;
        _ = image.Release;
        _ = image.Btf?.OffsetOf("outer", "inner");
        foreach (LoadedSection section in image.Sections)
            Assert.True((ulong)section.Bytes.Length <= section.Length && section.Length <= 512ul << 20);
    }

    /// <summary>Changes one to six bytes between two offsets, to anything or to a value of the extremes; some must be <paramref name="noticed"/>.</summary>
    private static void Damaged(byte[] file, int from, int to, int iterations, Action<byte[]> load, bool noticed = true)
    {
        Gen<byte> value = Gen.OneOf(Gen.Byte, Gen.Int[0, 4].Select(i => Extremes[i]));
        int refused = 0;
        Gen.Select(Gen.Int[from, to - 1], value).List[1, 6].Sample(
            changes =>
            {
                byte[] damaged = [.. file];
                foreach ((int offset, byte one) in changes)
                    damaged[offset] = one;
                refused += Survives(() => load(damaged)) ? 0 : 1;
            },
            seed: Seed, iter: iterations, threads: 1);
        Assert.True(refused > 0 || !noticed, "no damage was ever noticed: is this part of the file read at all?");
    }

    /// <summary>Whether it loads.</summary>
    private static bool Survives(Action load)
    {
        try
        {
            load();
            return true;
        }
        catch (UserErrorException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            Assert.StartsWith("x", error.Message);
            return false;
        }
    }
}
