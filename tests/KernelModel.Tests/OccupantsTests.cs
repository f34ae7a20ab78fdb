using RcuEmu.KernelModel.Occupancy;
using RcuEmu.KernelModel.Scenarios;
using RcuEmu.KernelModel.Scheduling;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// The ground truth of occupancy, one test for each way in which a preempted task can hold text (tasks on a stack drawn by hand from the
/// code of each case), and that stale words are none.
/// </summary>
public class OccupantsTests
{
    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    public void A_program_counter_in_the_range_is_a_reference(string arch)
    {
        using Kernel kernel = Start(arch, "ret", "ret");
        kernel.UntilAt("worker", "outer");

        Assert.Equal([(ReferenceKind.ProgramCounter, "pc")], Of(kernel, "outer"));
    }

    // outer calls inner, which keeps the return address into outer on its stack: at rsp on x86-64; on arm64 in x30 at first, in
    // inner's frame record once that is written.
    [Theory]
    [InlineData("x86-64", "call inner\n ret", "nop\n ret", "inner", ReferenceKind.ReturnAddress, "[rsp+0x0]")]
    [InlineData("x86-64", "call inner\n ret", "push rbx\n pop rbx\n ret", "inner+0x1", ReferenceKind.ReturnAddress, "[rsp+0x8]")]
    [InlineData("arm64", "stp x29, x30, [sp, #-16]!\n bl inner\n ldp x29, x30, [sp], #16\n ret", "nop\n ret", "inner", ReferenceKind.Register, "x30")]
    [InlineData("arm64", "stp x29, x30, [sp, #-16]!\n bl inner\n ldp x29, x30, [sp], #16\n ret",
        "stp x29, x30, [sp, #-32]!\n mov x30, xzr\n ldp x29, x30, [sp], #32\n ret", "inner+0x8", ReferenceKind.ReturnAddress, "[sp+0x8]")]
    public void A_return_address_under_a_call_is_a_reference(
        string arch, string outer, string inner, string at, ReferenceKind kind, string place)
    {
        using Kernel kernel = Start(arch, outer, inner);
        kernel.UntilAt("worker", at);

        Assert.Equal([(kind, place)], Of(kernel, "outer"));
    }

    // A tail call leaves nothing of itself behind, and its caller's return address where it was.
    [Theory]
    [InlineData("x86-64", "jmp inner")]
    [InlineData("arm64", "b inner")]
    public void A_tail_call_leaves_no_reference_to_its_function(string arch, string outer)
    {
        using Kernel kernel = Start(arch, outer, "nop\n ret");
        kernel.UntilAt("worker", "inner");

        Assert.Empty(Of(kernel, "outer"));
        Assert.Single(Of(kernel, "worker.main"));
    }

    [Theory]
    [InlineData("x86-64", "lea rax, [rip + inner]\n nop\n jmp rax", "outer+0x7", "rax")]
    [InlineData("arm64", "adr x17, inner\n nop\n br x17", "outer+0x4", "x17")]
    public void A_register_that_is_jumped_through_is_a_reference_saved_or_not(string arch, string outer, string at, string register)
    {
        using Kernel kernel = Start(arch, outer, "ret");
        kernel.UntilAt("worker", at);
        Assert.Equal([(ReferenceKind.Register, register)], Of(kernel, "inner"));

        kernel.Do("c0>other"); // preempted: its registers are what the interrupt saved

        Assert.Equal([(ReferenceKind.SavedRegister, register)], Of(kernel, "inner"));
    }

    // The target of a direct call, kept in a frame and moved to the return slot at the end: arch/x86/kernel/ftrace_64.S, ORIG_RAX.
    [Theory]
    [InlineData("x86-64", "sub rsp, 24\n lea rax, [rip + inner]\n mov [rsp], rax\n xor eax, eax\n nop\n mov rdx, [rsp]\n mov [rsp + 16], rdx\n add rsp, 16\n ret", "[rsp+0x0]")]
    [InlineData("arm64", "sub sp, sp, #32\n adr x17, inner\n str x17, [sp, #8]\n mov x17, xzr\n nop\n ldr x16, [sp, #8]\n add sp, sp, #32\n br x16", "[sp+0x8]")]
    public void A_target_on_its_way_through_a_frame_is_a_reference(string arch, string outer, string place)
    {
        using Kernel kernel = Start(arch, outer, arch == "x86-64" ? "add rsp, 8\n ret" : "ret");
        kernel.UntilAt("worker", arch == "x86-64" ? "outer+0x11" : "outer+0x10");

        Assert.Equal([(ReferenceKind.FrameSlot, place)], Of(kernel, "inner"));
    }

    // outer's entry takes its caller's return address off the stack and keeps it at the bottom of the stack's page, as the function-graph
    // tracer does in ret_stack; the handler goes back through it.
    [Theory]
    [InlineData("x86-64",
        "mov rax, rsp\n and rax, -4096\n mov rdx, [rsp]\n mov [rax], rdx\n lea rdx, [rip + inner]\n mov [rsp], rdx\n xor edx, edx\n nop\n ret",
        "mov rax, rsp\n and rax, -4096\n jmp [rax]", "outer+0x1d")]
    [InlineData("arm64",
        "mov x1, sp\n and x1, x1, #0xfffffffffffff000\n str x30, [x1]\n adr x30, inner\n nop\n ret",
        "mov x1, sp\n and x1, x1, #0xfffffffffffff000\n ldr x30, [x1]\n ret", "outer+0x10")]
    public void A_return_address_in_a_shadow_stack_is_a_reference(string arch, string outer, string inner, string at)
    {
        using Kernel kernel = Start(arch, outer, inner);
        KernelTask worker = kernel.Task("worker");
        ulong sp = kernel.Machine.Engine.ReadRegister(worker.Context!, arch == "x86-64" ? "rsp" : "sp");
        worker.ShadowStack = new AddressRange(sp & ~0xfffUL, 64);
        kernel.UntilAt("worker", at);

        Assert.Equal([(ReferenceKind.ShadowEntry, "shadow stack+0x0")], Of(kernel, "worker.main"));
    }

    // The optimizer of kprobes is going to write a jump over the first five bytes: a task between them must leave first.
    [Fact]
    public void A_program_counter_between_bytes_to_be_rewritten_is_a_reference()
    {
        using Kernel kernel = Start("x86-64", "nop\n nop\n nop\n nop\n nop\n ret", "ret");
        ulong outer = kernel.Symbols.Find("outer")!.Value;
        kernel.UntilAt("worker", "outer+0x2");

        TextReference reference = Assert.Single(Occupants.Of(kernel, new AddressRange(outer + 1, 4)));
        Assert.Equal((ReferenceKind.RewrittenText, outer + 2), (reference.Kind, reference.Value));
    }

    // The trampoline loads the ops pointer into its third argument's register and calls func with it.
    [Theory]
    [InlineData("x86-64", "rdx")]
    [InlineData("arm64", "x2")]
    public void An_ops_pointer_that_was_loaded_is_a_reference_to_the_ops(string arch, string register)
    {
        using Kernel kernel = Start(arch, "ret", "ret", "traced");
        kernel.Until("c1", () => kernel.Task("updater").Run!.Program.Name == "updater" && kernel.Ftrace.Ops[0].Registered.Peek == 1);
        kernel.Until("c1", () => kernel.Task("updater").PeekState == TaskState.Dead);
        kernel.UntilAt("worker", "probe.func");

        Assert.Contains((ReferenceKind.LoadedData, register), Of(kernel, "probe"));
        if (arch == "x86-64")
            Assert.Equal([(ReferenceKind.ReturnAddress, "[rsp+0x0]")], Of(kernel, "probe.trampoline"));
    }

    [Theory]
    [InlineData("x86-64", "lea rax, [rip + inner]\n mov [rsp - 8], rax\n mov [rsp - 16], rax\n mov rcx, rax\n nop\n xor eax, eax\n mov ecx, 0\n ret", "outer+0x14")]
    [InlineData("arm64", "adr x17, inner\n str x17, [sp, #-8]\n mov x16, x17\n nop\n mov x17, xzr\n mov x16, xzr\n ret", "outer+0xc")]
    public void A_stale_word_is_no_reference(string arch, string outer, string at)
    {
        using Kernel kernel = Start(arch, outer, "ret");
        kernel.UntilAt("worker", at);

        Assert.Empty(Of(kernel, "inner"));
    }

    [Fact]
    public void Asking_changes_nothing()
    {
        using Kernel kernel = Start("x86-64", "call inner\n ret", "nop\n ret");
        kernel.UntilAt("worker", "inner");
        var (hash, journal, touches) = (kernel.Machine.State.Hash, kernel.Machine.State.JournalLength, kernel.Machine.Footprint.Touches.ToArray());

        Of(kernel, "outer");

        Assert.Equal(hash, kernel.Machine.State.Hash);
        Assert.Equal(journal, kernel.Machine.State.JournalLength);
        Assert.Equal(touches, kernel.Machine.Footprint.Touches.ToArray());
    }

    private static List<(ReferenceKind, string)> Of(Kernel kernel, string name)
    {
        (ulong start, ulong length) = kernel.Symbols.Range(name)!.Value;
        return [.. Occupants.Of(kernel, new AddressRange(start, length)).Select(reference => (reference.Kind, reference.Place))];
    }

    private static Kernel Start(string arch, string outer, string inner, string runs = "outer") => Scenario.Parse("t.yaml", $$"""
        scenario: t
        machine: { arch: {{arch}}, cores: 2 }
        kernel: { series: "7.2", preempt: full, ticks: 2 }
        code:
          - { function: traced, asm: "ret" }
          - { function: inner, callsite: none, asm: {{Quoted(inner)}} }
          - { function: outer, callsite: none, asm: {{Quoted(outer)}} }
        ops:
          - probe: { kind: dynamic, traces: traced }
        tasks:
          - worker: { core: 0, runs: [{{runs}}] }
          - other: { core: 0, runs: [spin] }
        programs:
          - ftrace.register: probe
        """).Build();

    private static string Quoted(string asm) => $"\"{asm.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
