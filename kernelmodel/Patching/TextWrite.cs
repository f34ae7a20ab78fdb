using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Patching;

/// <summary>One write to text by the core that executes a program.</summary>
internal static class TextWrite
{
    /// <summary>
    /// Writes through the alias. On x86-64 the writer's core has serialised behind it: it loads CR3 to leave the temporary address
    /// space. arch/x86/kernel/alternative.c (6.12): __text_poke(); arch/arm64/kernel/patching.c: __aarch64_insn_write().
    /// </summary>
    public static void Poke(ProgramRun run, ulong address, ReadOnlySpan<byte> bytes)
    {
        Kernel kernel = run.Kernel;
        if (kernel.Machine.Fetch is { } fetch)
            fetch.Writer = run.Task.CoreIndex;

        kernel.Machine.Memory.Poke(address, bytes);
        if (kernel.Config.Architecture == Architecture.X64)
            CoreOf(run).Synchronise();
    }

    /// <summary>The core that executes the program.</summary>
    public static Core CoreOf(ProgramRun run) => run.Kernel.Machine.Cores[run.Task.CoreIndex];
}
