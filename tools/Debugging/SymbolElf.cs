using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Memory;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.Tools.Debugging;

/// <summary>The names of what is debugged as an ELF file. It holds no bytes: a gdb reads those from the machine, where they change.</summary>
internal static class SymbolElf
{
    public static byte[] Of(IDebugModel model)
    {
        OutputSection[] sections = [.. model.Machine.Memory.Regions.Select(region => new OutputSection(
            region.Name.Replace(' ', '-'), region.Address, default, region.Length,
            (region.Rights & Rights.Execute) != 0, (region.Rights & Rights.Write) != 0))];
        return ElfWriter.Write(model.Machine.Architecture, sections,
            [.. model.Symbols.Where(symbol => symbol.Address != 0).Select(symbol => new OutputSymbol(symbol.Name.Replace('.', '_'), symbol.Address, symbol.Length))]);
    }
}
