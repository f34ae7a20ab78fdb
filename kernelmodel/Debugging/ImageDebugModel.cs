using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.KernelModel.Images;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Debugging;

/// <summary>One function of a kernel image under a debugger, called on one core without booting; see <see cref="KernelCode"/>.</summary>
public sealed class ImageDebugModel : BlobDebugModel
{
    private readonly KernelImage _image;
    private readonly string _function;
    private readonly IReadOnlyList<KeyValuePair<string, ulong>> _registers;
    private readonly OrcTable? _orc;

    /// <summary>Prepares a call.</summary>
    /// <param name="image">The image.</param>
    /// <param name="function">Symbol.</param>
    /// <param name="registers">Registers to set, by name.</param>
    /// <exception cref="Isa.UserErrorException">The image has no such function, or the architecture no such register.</exception>
    public ImageDebugModel(KernelImage image, string function, IReadOnlyList<KeyValuePair<string, ulong>> registers)
        : base(function, () => Build(image, function, registers))
    {
        (_image, _function, _registers) = (image, function, registers);
        _orc = OrcTable.Read(image);
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, ulong Address, ulong Length)> Symbols =>
        Enumerable.Range(0, _image.Symbols.Count).Select(i => _image.Symbols[i]).Select(symbol => (symbol.Name, symbol.Address, symbol.Size));

    /// <inheritdoc/>
    public override string? Format(ulong address) =>
        _image.Symbols.TryFindAt(address, out _) ? _image.Symbols.Describe(address) : base.Format(address);

    /// <inheritdoc/>
    public override ulong? Find(string symbol) => _image.Symbols.AddressOf(symbol) ?? base.Find(symbol);

    /// <inheritdoc/>
    public override (ulong Start, ulong Length)? Range(string symbol) =>
        _image.Symbols.TryFind(symbol, out KernelSymbol found) ? (found.Address, found.Size) : base.Range(symbol);

    /// <inheritdoc/>
    public override IReadOnlyList<UnwoundFrame>? Unwind(Context context) => new KernelUnwinder(Machine, _orc).Unwind(context);

    /// <inheritdoc/>
    public override IDebugModel Rebuild() => new ImageDebugModel(_image, _function, _registers);

    private static Machine Build(KernelImage image, string function, IReadOnlyList<KeyValuePair<string, ulong>> registers)
    {
        // The machine is all that is kept of it; it is the model's to dispose.
        var code = new KernelCode(image);
        code.PrepareCall(function, registers);
        return code.Machine;
    }
}
