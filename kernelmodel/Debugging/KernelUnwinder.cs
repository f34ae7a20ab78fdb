using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Debugging;

/// <summary>
/// What the kernel's own unwinder would say about a context that stands where it stands: frame records on arm64, ORC on x86-64.
/// </summary>
/// <remarks>
/// arch/arm64/kernel/stacktrace.c (6.12): kunwind_next(), from the PC and X29 of the registers, as for a preempted task;
/// arch/x86/kernel/unwind_orc.c (6.12): unwind_next_frame(). Text that no ORC table describes is unwound as with a frame pointer,
/// and what follows is a guess (orc_fp_entry). Left out: orc_ftrace_find(), which would give a dynamic trampoline the rules of
/// ftrace_caller (its frames are guesses here); frames of pt_regs, at which unwinding ends here.
/// </remarks>
internal sealed class KernelUnwinder(Machine machine, OrcTable? orc)
{
    private const int MostFrames = 64;

    public IReadOnlyList<UnwoundFrame> Unwind(Context context) =>
        machine.Architecture == Architecture.Arm64 ? FrameRecords(context) : Orc(context);

    private List<UnwoundFrame> FrameRecords(Context context)
    {
        var frames = new List<UnwoundFrame> { new(machine.Engine.Pc(context), true, "pc") };
        ulong fp = machine.Engine.ReadRegister(context, "x29"), last = machine.Engine.ReadRegister(context, "sp") - 1;
        // A record lies above the one before it, and all of it on the stack.
        while (frames.Count < MostFrames && (fp & 7) == 0 && fp > last && OnOneStack(fp, last) && TryRead(fp, out ulong next) && TryRead(fp + 8, out ulong back))
        {
            if (back == 0)
                break;

            frames.Add(new UnwoundFrame(back, true, $"frame record at 0x{fp:x}"));
            (last, fp) = (fp, next);
        }

        return frames;
    }

    private List<UnwoundFrame> Orc(Context context)
    {
        ulong ip = machine.Engine.Pc(context), sp = machine.Engine.ReadRegister(context, "rsp"), bp = machine.Engine.ReadRegister(context, "rbp");
        var frames = new List<UnwoundFrame> { new(ip, true, "rip") };
        bool isReliable = true;
        for (bool isFirst = true; frames.Count < MostFrames; isFirst = false)
        {
            // A return address is looked up by the call before it.
            OrcRule? rule = Rule(isFirst ? ip : ip - 1);
            isReliable &= rule is not null;
            OrcRule use = rule ?? new OrcRule(0, OrcRegister.Bp, 16, OrcRegister.PreviousSp, -16, OrcType.Call, false);
            if (use.Type != OrcType.Call || Base(use, sp, bp, context, isFirst) is not { } top || top <= sp - (isFirst ? 8UL : 0))
                break;

            if (!OnOneStack(top - 8, sp) || !TryRead(top - 8, out ip) || ip == 0 || machine.Memory.Find(ip) is null)
                break;

            frames.Add(new UnwoundFrame(ip, isReliable, rule is null ? "no ORC: guessed by rbp" : "ORC"));
            bp = use.BpRegister switch
            {
                OrcRegister.PreviousSp when TryRead(top + (ulong)use.BpOffset, out ulong kept) => kept,
                OrcRegister.Bp when TryRead(bp + (ulong)use.BpOffset, out ulong kept) => kept,
                _ => bp,
            };
            sp = top;
        }

        return frames;
    }

    private OrcRule? Rule(ulong ip) => orc?.Find(ip) is { } rule && rule.Type != OrcType.Undefined ? rule : null;

    private ulong? Base(OrcRule rule, ulong sp, ulong bp, Context context, bool isFirst)
    {
        ulong offset = (ulong)rule.SpOffset;
        return rule.SpRegister switch
        {
            OrcRegister.Sp => sp + offset,
            OrcRegister.Bp => bp + offset,
            OrcRegister.BpIndirect => TryRead(bp + offset, out ulong there) ? there : null,
            OrcRegister.SpIndirect => TryRead(sp, out ulong there) ? there + offset : null,
            OrcRegister.R10 when isFirst => machine.Engine.ReadRegister(context, "r10") + offset,
            OrcRegister.R13 when isFirst => machine.Engine.ReadRegister(context, "r13") + offset,
            OrcRegister.Di when isFirst => machine.Engine.ReadRegister(context, "rdi") + offset,
            OrcRegister.Dx when isFirst => machine.Engine.ReadRegister(context, "rdx") + offset,
            OrcRegister.Ax when isFirst => machine.Engine.ReadRegister(context, "rax") + offset,
            _ => null,
        };
    }

    private bool OnOneStack(ulong address, ulong other) =>
        machine.Memory.Find(address) is { } region && (region.Contains(other) || region.Contains(other + 1) || region.Contains(other - 1));

    private bool TryRead(ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool mapped = machine.Memory.Peek(address, bytes) == 8;
        value = mapped ? BitConverter.ToUInt64(bytes) : 0;
        return mapped;
    }
}
