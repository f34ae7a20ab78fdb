using System.Collections.Concurrent;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Images;
using RcuEmu.Trampolines.Library;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>The ftrace trampolines of a real kernel image, found by their labels.</summary>
internal sealed class ImageTrampolines
{
    private static readonly ConcurrentDictionary<string, KernelImage> Loaded = new(StringComparer.Ordinal);
    private readonly KernelImage _image;

    private ImageTrampolines(KernelImage image) => _image = image;

    /// <summary>The image's own series: <c>6.12</c>.</summary>
    public string Series => _image.Series ?? "of no known series";

    public ulong TextStart => _image.TextStart;

    /// <summary>arm64: the permanent trampoline, which must find its ops through the literal before the callsite.</summary>
    public ulong FtraceCaller => _image.CallsitesHaveLiterals
        ? Address("ftrace_caller")
        : throw new UserErrorException(
            $"{_image.FileName}: its callsites have no literal (no DYNAMIC_FTRACE_WITH_CALL_OPS); arm64 6.12 and 7.2 have them");

    /// <summary>Loads an image once for the process: a search builds its machine many times.</summary>
    public static ImageTrampolines Load(string name, Architecture architecture)
    {
        string path = KernelCache.Default.Resolve(name);
        KernelImage image = Loaded.GetOrAdd(path, KernelImage.Load);
        return image.Architecture == architecture
            ? new ImageTrampolines(image)
            : throw new UserErrorException($"{name} is an {image.Architecture} kernel; the scenario's machine is {architecture}");
    }

    public void Map(Kernel kernel)
    {
        ImageMapping.Map(kernel.Machine, _image);
        kernel.Symbols.Outer = address => _image.Symbols.TryFindAt(address, out KernelSymbol symbol)
            ? (symbol.Name, address - symbol.Address)
            : null;
        kernel.Symbols.OuterAddress = _image.Symbols.AddressOf;
        kernel.Symbols.OuterRange = name => _image.Symbols.TryFind(name, out KernelSymbol symbol)
            ? (symbol.Address, symbol.Size)
            : null;
    }

    /// <summary>
    /// arch/x86/kernel/ftrace.c: create_trampoline() copies from ftrace_caller to ftrace_caller_end, the labels
    /// ftrace_caller_op_ptr and ftrace_call say what to change, and the copy returns through the return thunk.
    /// </summary>
    public X64TrampolineTemplate Template()
    {
        ulong start = Address("ftrace_caller");
        int length = (int)(Address("ftrace_caller_end") - start);
        byte[] body = new byte[length];
        if (length is <= 0 or > 0x1000 || !_image.TryRead(start, body))
            throw new UserErrorException($"{_image.FileName}: ftrace_caller has no body at 0x{start:x}");

        ulong load = Address("ftrace_caller_op_ptr") - start, call = Address("ftrace_call") - start;
        if (load + 7 > (ulong)length || call + 5 > (ulong)length
            || body.AsSpan((int)load) is not [0x48, 0x8b, 0x15, ..] || body[call] != 0xe8)
        {
            throw new UserErrorException(
                $"{_image.FileName}: ftrace_caller has no mov rdx, [rip+disp32] at ftrace_caller_op_ptr, or no call at ftrace_call");
        }

        return new X64TrampolineTemplate("ftrace_caller", body, start, (int)load, (int)call, Address("__x86_return_thunk"));
    }

    private ulong Address(string symbol) => _image.Symbols.AddressOf(symbol)
        ?? throw new UserErrorException($"{_image.FileName}: no symbol {symbol}");
}
