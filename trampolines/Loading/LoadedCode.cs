using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What a symbol of an object file names. System V ABI, "Symbol Table": st_info.</summary>
public enum CodeSymbolKind : byte
{
    /// <summary>STT_NOTYPE: a label that nothing was said about.</summary>
    Label,

    /// <summary>STT_FUNC.</summary>
    Function,

    /// <summary>STT_OBJECT.</summary>
    Object,

    /// <summary>SHN_ABS: a number, not a place.</summary>
    Absolute,
}

/// <summary>One symbol of loaded code.</summary>
/// <param name="Name">Its name. Local ones need not be unique.</param>
/// <param name="Address">Where it is after loading.</param>
/// <param name="Size">Bytes, as the file says; 0 where it does not.</param>
/// <param name="Kind">What it names.</param>
/// <param name="IsGlobal">Whether other files may refer to it.</param>
public sealed record CodeSymbol(string Name, ulong Address, ulong Size, CodeSymbolKind Kind, bool IsGlobal);

/// <summary>Code from a file, ready to be mapped: relocated, at its addresses.</summary>
/// <param name="FileName">The file, as given.</param>
/// <param name="Architecture">The instruction set.</param>
/// <param name="Sections">By ascending address, without overlap.</param>
/// <param name="Symbols">In the file's order.</param>
/// <param name="EntryAddress"><c>_start</c> where there is one, else the first byte of the first executable section.</param>
public sealed record LoadedCode(
    string FileName, Architecture Architecture, IReadOnlyList<LoadedSection> Sections, IReadOnlyList<CodeSymbol> Symbols, ulong EntryAddress)
{
    /// <summary>The symbol of this name: a global one before a local one, the first of several. Null where there is none.</summary>
    public CodeSymbol? Find(string name) =>
        Symbols.FirstOrDefault(symbol => symbol.IsGlobal && symbol.Name == name) ?? Symbols.FirstOrDefault(symbol => symbol.Name == name);
}
