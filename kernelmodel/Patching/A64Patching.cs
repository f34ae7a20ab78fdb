using System.Buffers.Binary;
using RcuEmu.KernelModel.Programs;

namespace RcuEmu.KernelModel.Patching;

/// <summary>
/// arm64 text patching as programs: one aligned word at a time, and the literal before it.
/// </summary>
/// <remarks>
/// arch/arm64/kernel/ftrace.c (6.12): ftrace_make_call(), ftrace_make_nop(), ftrace_rec_set_ops(); arch/arm64/kernel/patching.c:
/// aarch64_insn_write_literal_u64(), aarch64_insn_patch_text_nosync(). No IPI: old and new are both right at any time.
/// Left out: the fixmap alias and its unmapping as steps.
/// </remarks>
public static class A64Patching
{
    private const string File = "arch/arm64/kernel/patching.c (6.12): ";

    /// <summary>
    /// Changes a callsite: literal first, then the branch word, then its cache maintenance (<see cref="A64CacheMaintenance"/>).
    /// Droppable names: <c>literal</c>, <c>branch</c>, and those of the maintenance.
    /// </summary>
    public static KernelProgram Callsite(Kernel kernel, ulong literal, ulong ops, TextChange change)
    {
        var steps = new List<ProgramStep>();
        if (literal != 0)
        {
            steps.Add(new ProgramStep("literal", File + "aarch64_insn_write_literal_u64()", run =>
            {
                Span<byte> word = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(word, ops);
                TextWrite.Poke(run, literal, word);
                return kernel.Machine.Told($"literal of {kernel.Symbols.Show(change.Address)} := {kernel.Symbols.Show(ops)}");
            }));
        }

        steps.Add(new ProgramStep("branch", File + "aarch64_insn_patch_text_nosync()", run =>
        {
            TextWrite.Poke(run, change.Address, change.New);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(change.New);
            return kernel.Machine.Told($"writes {word:x8} at {kernel.Symbols.Show(change.Address)}");
        }));
        steps.AddRange(A64CacheMaintenance.Steps(kernel, change.Address));
        return new KernelProgram("ftrace_modify_call", steps);
    }
}
