using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Where a scenario's own code and data lie: fixed, so that addresses in a witness mean the same everywhere.</summary>
/// <param name="Code">Functions, the tasks' mains and the permanent trampoline.</param>
/// <param name="Dynamic">Trampolines and callbacks that come and go.</param>
/// <param name="Data">Ops objects.</param>
/// <param name="Stacks">Task stacks, one page each with an unmapped page between.</param>
internal readonly record struct AddressPlan(ulong Code, ulong Dynamic, ulong Data, ulong Stacks)
{
    /// <summary>Bytes kept for code.</summary>
    public const int CodeBytes = 0x10000;

    /// <summary>From one word of <c>data:</c> to the next; the words lie behind the code.</summary>
    public const int WordStride = 64;

    /// <summary>Bytes of one dynamic allocation's slot.</summary>
    public const int DynamicSlot = 0x1000;

    /// <summary>From one stack to the next.</summary>
    public const int StackStride = 0x2000;

    /// <summary>
    /// The plan beside a kernel image, or without one (<paramref name="imageText"/> 0): in reach of its text, x86-64 within 2 GiB in
    /// the modules' area, arm64 within 128 MiB below it.
    /// </summary>
    public static AddressPlan For(Architecture architecture, ulong imageText)
    {
        if (architecture == Architecture.X64)
            return new(0xffffffffa0000000, 0xffffffffa0100000, 0xffff888000100000, 0xffffc90000000000);

        ulong text = imageText == 0 ? 0xffff800080000000 : imageText;
        return new(text - 0x4000000, text - 0x3f00000, 0xffff000000100000, 0xffff800700000000);
    }
}
