using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Occupancy;

/// <summary>A place of a task with an address of the range in it, of which nothing else is known yet.</summary>
/// <param name="Register">The register's index in <see cref="Candidates.Registers"/>, or -1.</param>
/// <param name="Slot">The address of the word, where it is no register.</param>
/// <param name="Value">The address that it holds.</param>
/// <param name="IsShadow">The word lies in the task's shadow stack.</param>
internal readonly record struct Candidate(int Register, ulong Slot, ulong Value, bool IsShadow);

/// <summary>Finds every place of a task that holds an address of a range: registers, live stack, shadow stack.</summary>
/// <remarks>
/// Words below the stack pointer are dead: an interrupt may overwrite them at any time. Signed return addresses (DDI 0487, D8.8, "Pointer
/// authentication") are compared without their signature.
/// </remarks>
internal static class Candidates
{
    private static readonly string[] X64 =
        ["rax", "rcx", "rdx", "rbx", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    private static readonly string[] A64 = [.. Enumerable.Range(0, 31).Select(n => $"x{n}")];

    /// <summary>The general registers by name; the stack pointer is none of them.</summary>
    public static string[] Registers(Architecture architecture) => architecture == Architecture.X64 ? X64 : A64;

    /// <summary>The stack pointer's name.</summary>
    public static string StackPointer(Architecture architecture) => architecture == Architecture.X64 ? "rsp" : "sp";

    /// <summary>All places of <paramref name="task"/> that hold an address of <paramref name="range"/>.</summary>
    public static List<Candidate> Of(Kernel kernel, KernelTask task, AddressRange range)
    {
        var found = new List<Candidate>();
        Machine machine = kernel.Machine;
        Context context = task.Context!;
        string[] registers = Registers(machine.Architecture);
        for (int i = 0; i < registers.Length; i++)
        {
            ulong value = Plain(machine.Architecture, machine.Engine.ReadRegister(context, registers[i]));
            if (range.Contains(value))
                found.Add(new Candidate(i, 0, value, false));
        }

        ulong sp = machine.Engine.ReadRegister(context, StackPointer(machine.Architecture));
        if (RegionOf(machine, sp) is { } stack)
            AddWords(machine, range, new AddressRange(sp & ~7UL, stack.Address + stack.Length - (sp & ~7UL)), false, found);

        if (task.ShadowStack is { Length: > 0 } shadow)
            AddWords(machine, range, shadow, true, found);

        return found;
    }

    /// <summary>The stack that a stack pointer lies in, from it to its end; empty where it points nowhere.</summary>
    public static AddressRange LiveStack(Machine machine, KernelTask task)
    {
        ulong sp = machine.Engine.ReadRegister(task.Context!, StackPointer(machine.Architecture)) & ~7UL;
        return RegionOf(machine, sp) is { } stack ? new AddressRange(sp, stack.Address + stack.Length - sp) : default;
    }

    /// <summary>An address without a signature in its upper bits.</summary>
    public static ulong Plain(Architecture architecture, ulong value) =>
        architecture == Architecture.X64 || value >> 48 is 0 or 0xffff
            ? value
            : (ulong)((long)(value << 8) >> 8) | ((value >> 55 & 1) != 0 ? 0xffff_0000_0000_0000 : 0);

    private static MemoryRegion? RegionOf(Machine machine, ulong address)
    {
        foreach (MemoryRegion region in machine.Memory.Regions)
        {
            if (region.Contains(address))
                return region;
        }

        return null;
    }

    private static void AddWords(Machine machine, AddressRange range, AddressRange words, bool isShadow, List<Candidate> found)
    {
        Span<byte> word = stackalloc byte[8];
        for (ulong at = words.Start; at - words.Start < words.Length; at += 8)
        {
            machine.Memory.Peek(at, word);
            ulong value = Plain(machine.Architecture, BitConverter.ToUInt64(word));
            if (range.Contains(value))
                found.Add(new Candidate(-1, at, value, isShadow));
        }
    }
}
