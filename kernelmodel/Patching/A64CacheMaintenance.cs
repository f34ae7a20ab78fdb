using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Patching;

/// <summary>
/// arm64 cache maintenance behind a change of text, as the CPU features CTR_EL0.IDC and DIC have it patched. arch/arm64/mm/cache.S (6.12):
/// caches_clean_inval_pou(); arch/arm64/include/asm/assembler.h: invalidate_icache_by_line.
/// </summary>
internal static class A64CacheMaintenance
{
    private const string Source = "arch/arm64/mm/cache.S (6.12): caches_clean_inval_pou()";

    /// <summary>
    /// The steps for one word; none on a coherent fetch, where they have no effect. Droppable names: <c>dc-cvau</c>, <c>dsb-dc</c> (with
    /// IDC <c>dsb-ishst</c> in their place); <c>ic-ivau</c>, <c>dsb-ic</c> (not with DIC); <c>isb</c>.
    /// </summary>
    public static IEnumerable<ProgramStep> Steps(Kernel kernel, ulong address)
    {
        if (kernel.Machine.Fetch is not { } fetch)
            yield break;

        string place = kernel.Symbols.Show(address);
        if (fetch.Settings.Idc)
        {
            yield return Step("dsb-ishst", "dsb ishst", core => fetch.Barrier(core, Isa.Barrier.DsbSt));
        }
        else
        {
            yield return Step("dc-cvau", $"dc cvau, {place}", core => fetch.Cache(core, CacheOperation.DcCvau, address));
            yield return Step("dsb-dc", "dsb ish", core => fetch.Barrier(core, Isa.Barrier.Dsb));
        }

        if (!fetch.Settings.Dic)
        {
            yield return Step("ic-ivau", $"ic ivau, {place}", core => fetch.Cache(core, CacheOperation.IcIvau, address));
            yield return Step("dsb-ic", "dsb ish", core => fetch.Barrier(core, Isa.Barrier.Dsb));
        }

        yield return Step("isb", "isb", core => fetch.Barrier(core, Isa.Barrier.Isb));
    }

    private static ProgramStep Step(string name, string text, Action<Core> perform) => new(name, Source, run =>
    {
        perform(TextWrite.CoreOf(run));
        return text;
    });
}
