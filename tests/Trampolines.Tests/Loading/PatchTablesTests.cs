using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.PinnedKernels;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Tables of the pinned kernels: counts measured independently, and the bytes at every site by themselves.</summary>
public class PatchTablesTests
{
    [Theory]
    [InlineData(Amd64Old, PatchSites.Returns, 48_017)]
    [InlineData(Amd64Middle, PatchSites.Returns, 58_158)]
    [InlineData(Amd64New, PatchSites.Returns, 65_677)]
    [InlineData(Amd64Old, PatchSites.Retpolines, 7_844)]
    [InlineData(Amd64Middle, PatchSites.Retpolines, 7_845)]
    [InlineData(Amd64New, PatchSites.Retpolines, 9_288)]
    [InlineData(Amd64Old, PatchSites.Calls, 0)]
    [InlineData(Amd64Middle, PatchSites.Calls, 229_942)]
    [InlineData(Amd64New, PatchSites.Calls, 278_558)]
    [InlineData(Amd64Old, PatchSites.EndbrSeals, 0)]
    [InlineData(Amd64Middle, PatchSites.EndbrSeals, 12_169)]
    [InlineData(Amd64New, PatchSites.EndbrSeals, 13_584)]
    [InlineData(Arm64Middle, PatchSites.Returns, 0)]
    public void A_list_of_sites_has_its_length(string abi, PatchSites which, int count) =>
        Assert.Equal(count, PatchTables.Sites(Load(abi), which).Count);

    [Theory]
    [InlineData(Amd64Old)]
    [InlineData(Amd64Middle)]
    [InlineData(Amd64New)]
    public void Every_return_site_jumps_to_the_return_thunk(string abi)
    {
        KernelImage image = Load(abi);
        ulong thunk = image.Symbols.AddressOf("__x86_return_thunk")!.Value;
        byte[] code = new byte[5];
        foreach (ulong site in PatchTables.Sites(image, PatchSites.Returns))
        {
            Assert.True(image.TryRead(site, code) && code[0] == 0xe9, $"0x{site:x}");
            Assert.Equal(thunk, site + 5 + (ulong)(long)BitConverter.ToInt32(code, 1));
        }
    }

    [Theory]
    [InlineData(Amd64Middle)]
    [InlineData(Amd64New)]
    public void Every_seal_is_an_endbr64_every_call_a_call_and_every_lock_a_prefix(string abi)
    {
        KernelImage image = Load(abi);
        Assert.All(PatchTables.Sites(image, PatchSites.EndbrSeals), site => Assert.True(image.TryReadUInt32(site, out uint word) && word == 0xfa1e0ff3));
        Assert.All(PatchTables.Sites(image, PatchSites.Calls), site => Assert.Equal(0xe8u, Byte(image, site)));
        IReadOnlyList<ulong> locks = PatchTables.Sites(image, PatchSites.LockPrefixes);
        Assert.All(locks, site => Assert.Equal(0xf0u, Byte(image, Byte(image, site) == 0x66 ? site + 1 : site))); // 66: 16-bit operands
        Assert.InRange(locks.Count, 9_000, 12_288); // the table is filled up to whole pages
    }

    [Theory]
    [InlineData(Amd64Old, 4_455, 0, "")]
    [InlineData(Amd64Middle, 9_014, 0, "")]
    [InlineData(Amd64New, 9_987, 1, "identity_mapped")] // kexec's template, which is copied before it runs
    [InlineData(Arm64Old, 0, 0, "")]
    [InlineData(Arm64Middle, 24_858, 127, "tramp_vectors tramp_exit __sdei_asm_entry_trampoline swsusp_arch_suspend_exit secondary_startup idmap_kpti_install_ng_mappings __cpu_setup")]
    [InlineData(Arm64New, 26_702, 129, "tramp_vectors tramp_exit __sdei_asm_entry_trampoline swsusp_arch_suspend_exit arm64_relocate_new_kernel secondary_startup idmap_kpti_install_ng_mappings __cpu_setup")]
    public void Every_alternative_is_in_the_text_or_in_code_that_runs_elsewhere(string abi, int count, int elsewhere, string functions)
    {
        KernelImage image = Load(abi);
        IReadOnlyList<Alternative> alternatives = PatchTables.Alternatives(image);
        Alternative[] outside = [.. alternatives.Where(one => !image.IsCode(one.Site))];

        Assert.Equal((count, elsewhere), (alternatives.Count, outside.Length));
        Assert.Equal(
            functions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            outside.Select(one => image.Symbols.Describe(one.Site).Split('+')[0]).Distinct().Order());
        Assert.All(alternatives, one => Assert.True(one.ReplacementLength <= one.Length, $"{one}"));
    }

    [Theory]
    [InlineData(Arm64Middle, 16_318, 37, 14_837, 51, 3_643)]
    [InlineData(Arm64New, 12_312, 42, 10_400, 63, 6_319)]
    public void An_arm64_kernel_has_its_callbacks_atomics_and_per_cpu_forms(string abi, int callbacks, int lse, int lseSites, int vhe, int vheSites)
    {
        KernelImage image = Load(abi);
        IReadOnlyList<Alternative> alternatives = PatchTables.Alternatives(image);

        Assert.Equal(callbacks, alternatives.Count(one => one.Flags == AlternativeFlags.Callback));
        Assert.Equal(lseSites, alternatives.Count(one => one.Feature == lse && one.Flags == AlternativeFlags.Callback));
        Assert.Equal(vheSites, alternatives.Count(one => one.Feature == vhe && one.Flags == AlternativeFlags.None));
    }

    [Theory]
    [InlineData(Amd64Old, 6_017)]
    [InlineData(Amd64Middle, 8_965)]
    [InlineData(Amd64New, 9_929)]
    public void Every_amd64_jump_label_is_a_nop_or_a_jump_to_its_target(string abi, int count)
    {
        KernelImage image = Load(abi);
        IReadOnlyList<JumpEntry> entries = PatchTables.JumpEntries(image);
        byte[] code = new byte[5];

        Assert.Equal(count, entries.Count);
        foreach (JumpEntry entry in entries)
        {
            Assert.True(image.TryRead(entry.Code, code) && image.SectionAt(entry.Key) is not null, $"{entry}");
            switch (code[0])
            {
                case 0xeb:
                    Assert.Equal(entry.Target, entry.Code + 2 + (ulong)(sbyte)code[1]);
                    break;
                case 0xe9:
                    Assert.Equal(entry.Target, entry.Code + 5 + (ulong)(long)BitConverter.ToInt32(code, 1));
                    break;
                default:
                    Assert.Contains(Convert.ToHexString(code.AsSpan(0, code[0] == 0x66 ? 2 : 5)), (string[])["6690", "0F1F440000"]);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(Arm64Middle, 10_950, 198)]
    [InlineData(Arm64New, 10_607, 265)]
    public void Every_arm64_jump_label_is_a_nop_or_a_branch_to_its_target(string abi, int nops, int branches)
    {
        KernelImage image = Load(abi);
        int seen = 0;
        foreach (JumpEntry entry in PatchTables.JumpEntries(image))
        {
            Assert.True(image.TryReadUInt32(entry.Code, out uint word));
            if (word == 0xd503201f)
            {
                nops--;
                continue;
            }

            Assert.Equal(0x14000000u | (uint)((long)(entry.Target - entry.Code) >> 2 & 0x3ffffff), word); // DDI 0487, C6.2, "B"
            seen++;
        }

        Assert.Equal((0, branches), (nops, seen));
    }

    [Theory]
    [InlineData(Amd64Old, 4_275)]
    [InlineData(Amd64Middle, 7_868)]
    [InlineData(Amd64New, 10_389)]
    public void Every_static_call_goes_to_a_trampoline(string abi, int count)
    {
        KernelImage image = Load(abi);
        IReadOnlyList<StaticCallSite> sites = PatchTables.StaticCallSites(image);
        byte[] code = new byte[5];

        Assert.Equal(count, sites.Count);
        foreach (StaticCallSite site in sites)
        {
            Assert.True(image.TryRead(site.Site, code));
            Assert.Equal(site.IsTail ? 0xe9 : 0xe8, code[0]);
            Assert.StartsWith("__SCT__", image.Symbols.Describe(site.Site + 5 + (ulong)(long)BitConverter.ToInt32(code, 1)));
            Assert.StartsWith("__SCK__", image.Symbols.Describe(site.Key));
        }
    }

    private static uint Byte(KernelImage image, ulong address)
    {
        Span<byte> one = stackalloc byte[1];
        return image.TryRead(address, one) ? one[0] : uint.MaxValue;
    }
}
