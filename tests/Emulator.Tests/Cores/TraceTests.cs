using CsCheck;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>Translated traces against the search gear, which has none: the same state and event at every stop. Traces are made as soon as can be.</summary>
public sealed class TraceTests
{
    private const int Slice = 5;

    // What a trace treats in its own way, to be put into loops. X1 and RCX point to data, X30 and the stack serve calls.
    private static readonly string[] Arm64Pieces =
    [
        "add x0, x0, x2", "sub w2, w0, #3", "subs x3, x3, #1", "adds w4, w4, w0, lsl #3", "ands x5, x0, #0xff", "cmp x0, x3", "ccmp x4, x5, #4, ne",
        "csel x6, x0, x3, lt", "cset w7, hi", "adc x2, x2, x3", "madd x0, x2, x3, x4", "udiv x4, x0, x5", "eor x0, x0, x0, ror #7", "bfi x3, x0, #5, #9",
        "clz x6, x2", "rev w5, w5", "ldr x2, [x1]", "ldrb w3, [x1, #13]", "ldrsh x4, [x1, #40]", "ldp x5, x6, [x1, #64]", "str x0, [x1, #8]",
        "stp w2, w3, [x1, #128]", "strb w4, [x1, #77]", "ldr x7, [x1], #8\nsub x1, x1, #8", "adr x8, loop", "mrs x9, nzcv", "msr nzcv, x0", "fmov d0, x0",
        "b.ne 1f\nadd x0, x0, #1\n1:", "cbz x3, 1f\neor x2, x2, x0\n1:", "tbnz x0, #3, 1f\nsub x4, x4, #9\n1:", "bl twice", "adr x10, 1f\nbr x10\n1:",
        "ldadd x0, x6, [x1]", "ldr x5, [sp]", "b 1f\nnop\n1:", "ldr x8, [x8]", "nop",
    ];

    private static readonly string[] X64Pieces =
    [
        "add rax, rdx", "sub edx, 3", "dec rbx", "adc rsi, rax", "and rdi, 0xff", "cmp rax, rbx", "test sil, dil", "cmovl r8, rax", "seta r9b", "sbb edx, ebx",
        "imul rax, rdx", "mul rbx", "rol rax, 7", "shl ebx, cl", "sar rdx, 1", "bsr r8, rdx", "bswap r9", "mov rdx, [rcx]", "movzx ebx, byte ptr [rcx + 13]",
        "movsx rsi, word ptr [rcx + 40]", "mov [rcx + 8], rax", "add dword ptr [rcx + 256], edx", "mov [rcx + 77], sil", "lea r10, [rip + loop]",
        "mov r11, [rip + loop]", "push rax\npop rdx", "lea rdi, [rcx + 512]\nmov rsi, rdi\nmovsb", "jne 1f\ninc rax\n1:", "js 1f\nxor rdx, rax\n1:", "call twice",
        "lea r12, [rip + 1f]\njmp r12\n1:", "xadd [rcx + 16], rax", "bt rax, 5", "setc bl", "jmp 1f\nnop\n1:", "mov r13, [r13]", "movq xmm0, rax", "nop",
    ];

    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void Traces_do_the_same_as_steps_in_random_loops(Architecture architecture)
    {
        string[] pieces = architecture == Architecture.Arm64 ? Arm64Pieces : X64Pieces;
        int traces = 0;
        Gen.Select(Gen.Int[0, pieces.Length - 1].Array[3, 24], Gen.ULong, Gen.Int[40, 400], Gen.Int[0, 2]).Sample((body, value, budget, place) =>
        {
            // In one page; called in another page; across two pages.
            string start = place == 2 ? ".skip 4072\n" : "", far = place == 1 ? ".p2align 12" : "";
            string text = string.Join('\n', [$"b 2f\n{start}2: loop:", .. body.Select(piece => pieces[piece]), "b loop", far, Twice(architecture)]);
            if (architecture == Architecture.X64)
                text = text.Replace("b 2f", "jmp 2f", StringComparison.Ordinal).Replace("\nb loop", "\njmp loop", StringComparison.Ordinal);
            using CoreMachine search = Make(architecture, text, value), run = Make(architecture, text, value);
            run.Machine.Engine.Gear.TraceEagerly(Slice);
            Compare(search, run, budget, rounds: 6);
            Interlocked.Add(ref traces, run.Machine.Engine.Gear.Traces);
        }, iter: 150);

        Assert.True(traces > 100, $"{traces} traces");
    }

    // A loop of everything that a trace treats in its own way: sums, flags, loads, stores, a call, a return, branches taken now and then.
    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void A_loop_stops_at_every_instruction_as_steps_do(Architecture architecture)
    {
        using CoreMachine search = Make(architecture, Turns(architecture), 1), run = Make(architecture, Turns(architecture), 1);
        run.Machine.Engine.Gear.TraceEagerly(Slice);
        for (int budget = 1; budget < 60; budget++)
            Compare(search, run, budget, rounds: 4);

        Assert.True(run.Machine.Engine.Gear.Traces > 0);
    }

    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void A_run_stops_in_the_middle_of_a_trace_where_it_is_told_to(Architecture architecture)
    {
        using CoreMachine m = Make(architecture, Turns(architecture), 1), search = Make(architecture, Turns(architecture), 1);
        m.Machine.Engine.Gear.TraceEagerly(Slice);
        ExecutedInstruction last = default;
        m.Machine.Engine.Run(m.Machine.Cores[0], 2000, null, ref last);
        search.Step(2000);
        Assert.True(m.Machine.Engine.Gear.Traces > 0);
        const ulong until = CoreMachine.Text + 4; // the second instruction of the loop
        long done = m.Machine.Engine.Run(m.Machine.Cores[0], 1000, until, ref last);
        int steps = 0;
        for (; steps < 1000 && search.Machine.Engine.Pc(search.Machine.Contexts[0]) != until; steps++)
            search.Step();

        Assert.Equal((until, steps), (m.Machine.Engine.Pc(m.Machine.Contexts[0]), done));
    }

    // The sum goes up by one in each turn of the loop, until core 1 has written two: by hand.
    [Theory]
    [InlineData(Architecture.Arm64, "x0", "loop: add x0, x0, #1\n nop\n nop\n b loop\n .p2align 6\n str w1, [x2]\n b .", "add x0, x0, #2")]
    [InlineData(Architecture.X64, "rax", "loop: add rax, 1\n nop\n nop\n jmp loop\n .p2align 6\n mov dword ptr [rdx], ecx\n jmp .", "add rax, 2")]
    public void A_trace_ends_where_another_core_writes_its_code(Architecture architecture, string sum, string text, string patch)
    {
        byte[] code = new EmbeddedAssembler().Assemble(architecture, Syntax(architecture) + text, CoreMachine.Text).Bytes;
        byte[] patched = new EmbeddedAssembler().Assemble(architecture, Syntax(architecture) + patch, CoreMachine.Text).Bytes;
        using var m = new CoreMachine(architecture, code, cores: 2, Rights.Read | Rights.Write | Rights.Execute);
        bool isArm = architecture == Architecture.Arm64;
        m[isArm ? "x2" : "rdx", 1] = CoreMachine.Text;
        m[isArm ? "x1" : "rcx", 1] = BitConverter.ToUInt32(patched);
        m.Machine.Engine.SetPc(m.Machine.Contexts[1], CoreMachine.Text + 64);
        m.Machine.Engine.Gear.TraceEagerly(Slice);
        ExecutedInstruction last = default;
        Assert.Equal(4000, m.Machine.Engine.Run(m.Machine.Cores[0], 4000, null, ref last));
        Assert.Equal((1000UL, true), (m[sum], m.Machine.Engine.Gear.Traces > 0));
        Assert.Equal(1, m.Machine.Engine.Run(m.Machine.Cores[1], 1, null, ref last));
        int traces = m.Machine.Engine.Gear.Traces;
        Assert.Equal(4000, m.Machine.Engine.Run(m.Machine.Cores[0], 4000, null, ref last));
        Assert.Equal(3000UL, m[sum]);
        Assert.InRange(m.Machine.Engine.Gear.Traces, traces, traces + 1);
    }

    // A loop that stores eight bytes further each time, up to the end of the mapping: 4096 / 8 turns of four instructions.
    [Theory]
    [InlineData(Architecture.Arm64, "x1", "loop: str x0, [x1]\n add x1, x1, #8\n add x0, x0, #1\n b loop")]
    [InlineData(Architecture.X64, "rcx", "loop: mov [rcx], rax\n add rcx, 8\n inc rax\n jmp loop")]
    public void A_fault_in_a_trace_leaves_what_came_before_it(Architecture architecture, string pointer, string text)
    {
        using var m = new CoreMachine(architecture, new EmbeddedAssembler().Assemble(architecture, Syntax(architecture) + text, CoreMachine.Text).Bytes);
        m.Machine.Engine.Gear.TraceEagerly(Slice);
        m[pointer] = CoreMachine.Stack;
        ExecutedInstruction last = default;
        Assert.Equal(512 * 4, m.Machine.Engine.Run(m.Machine.Cores[0], long.MaxValue, null, ref last));
        Assert.Equal((GuestEventKind.WriteFault, CoreMachine.StackTop), (last.Event, last.EventDetail));
        Assert.Equal((CoreMachine.Text, CoreMachine.StackTop), (m.Machine.Engine.Pc(m.Machine.Contexts[0]), m[pointer]));
        Assert.True(m.Machine.Engine.Gear.Traces > 0);
    }

    // bl twice at the end of the first page, whose function is in the second; each turn takes 5 instructions. By hand.
    [Fact]
    public void A_trace_ends_where_its_second_page_is_written_or_loses_its_rights()
    {
        const string text = "loop: bl far\n add x1, x1, #1\n b loop\n .p2align 12\n far: add x0, x0, #1\n ret";
        using var m = new CoreMachine(Architecture.Arm64, new EmbeddedAssembler().Assemble(Architecture.Arm64, text, CoreMachine.Text).Bytes);
        m.Machine.Engine.Gear.TraceEagerly(Slice);
        ExecutedInstruction last = default;
        m.Machine.Engine.Run(m.Machine.Cores[0], 5000, null, ref last);
        Assert.Equal((1000UL, true), (m["x0"], m.Machine.Engine.Gear.Traces > 0));
        m.Machine.Memory.Poke(CoreMachine.Text + 0x1000, [0x00, 0x08, 0x00, 0x91]); // add x0, x0, #2
        m.Machine.Engine.Run(m.Machine.Cores[0], 5000, null, ref last);
        Assert.Equal((3000UL, 2000UL), (m["x0"], m["x1"]));
        m.Machine.Engine.Run(m.Machine.Cores[0], 5000, null, ref last);
        m.Machine.Memory.SetRights(CoreMachine.Text + 0x1000, 0x1000, Rights.Read);
        Assert.Equal(1, m.Machine.Engine.Run(m.Machine.Cores[0], 5000, null, ref last));
        Assert.Equal((GuestEventKind.FetchFault, CoreMachine.Text + 0x1000), (last.Event, last.EventDetail));
    }

    // Two cores in turn, one instruction each: the loop of core 0 has 4 instructions, that of core 1 has 2. By hand.
    [Fact]
    public void Cores_that_take_turns_of_one_instruction_keep_apart()
    {
        const string text = "loop: add x0, x0, #1\n nop\n nop\n b loop\n .p2align 6\n other: subs x0, x0, #1\n b other";
        using var m = new CoreMachine(Architecture.Arm64, new EmbeddedAssembler().Assemble(Architecture.Arm64, text, CoreMachine.Text).Bytes, cores: 2);
        m["pc", 1] = CoreMachine.Text + 64;
        ExecutedInstruction last = default;
        for (int i = 0; i < 400; i++)
            Assert.True(m.Machine.Engine.RunOne(m.Machine.Cores[0], ref last) && m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last));

        Assert.Equal((100UL, unchecked((ulong)-200)), (m["x0"], m["x0", 1]));
        m.Machine.Cores[0].Switch(m.Machine.Contexts[1]);
        m.Machine.Cores[1].Switch(m.Machine.Contexts[0]);
        for (int i = 0; i < 400; i++)
            Assert.True(m.Machine.Engine.RunOne(m.Machine.Cores[0], ref last) && m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last));

        Assert.Equal((200UL, unchecked((ulong)-400)), (m["x0"], m["x0", 1]));
        m["pc"] = CoreMachine.Text + 12;
        Assert.True(m.Machine.Engine.RunOne(m.Machine.Cores[1], ref last));
        Assert.Equal(CoreMachine.Text, m["pc"]);
    }

    private static string Syntax(Architecture architecture) => architecture == Architecture.X64 ? ".intel_syntax noprefix\n" : "";

    private static string Turns(Architecture architecture) => architecture == Architecture.Arm64
        ? """
          loop: ldr x2, [x1, #8]!
          add x3, x3, x2
          subs x4, x3, x0
          b.mi 1f
          str x4, [x1, #2048]
          1: bl twice
          tbz x3, #3, 2f
          eor x3, x3, x3, ror #7
          2: and x1, x1, #0xfffffffffffffbff
          adr x6, loop
          cbnz x1, loop
          nop

          """ + Twice(architecture)
        : """
          loop: add rcx, 8
          add rdx, [rcx]
          mov rsi, rdx
          sub rsi, rax
          js 1f
          mov [rcx + 2048], rsi
          1: call twice
          test dl, 8
          jz 2f
          rol rdx, 7
          2: and rcx, 0xfffffffffffffbff
          lea r8, [rip + loop]
          jmp loop
          nop

          """ + Twice(architecture);

    private static string Twice(Architecture architecture) =>
        architecture == Architecture.Arm64 ? "twice: lsl x0, x0, #1\ncinc x0, x0, eq\nret\n" : "twice: add rax, rax\nadc rax, 0\nret\n";

    private static CoreMachine Make(Architecture architecture, string text, ulong start)
    {
        const ulong Data = CoreMachine.Data + 0x1000;
        var m = new CoreMachine(architecture, new EmbeddedAssembler().Assemble(architecture, Syntax(architecture) + text, CoreMachine.Text).Bytes);
        (m[architecture == Architecture.Arm64 ? "x1" : "rcx"], m[architecture == Architecture.Arm64 ? "x0" : "rax"]) = (Data, start);
        m[architecture == Architecture.Arm64 ? "sp" : "rsp"] = CoreMachine.StackTop - 64;
        for (ulong i = 0; i < 512; i++)
            m.Machine.Memory.Poke(Data + (i * 8), BitConverter.GetBytes(i * 0x9e3779b97f4a7c15));

        return m;
    }

    private static void Compare(CoreMachine search, CoreMachine run, int budget, int rounds)
    {
        ExecutedInstruction last = default;
        string pc = run.Machine.Architecture == Architecture.X64 ? "rip" : "pc";
        for (int round = 0; round < rounds; round++)
        {
            long done = run.Machine.Engine.Run(run.Machine.Cores[0], budget, null, ref last);
            long stepped = 0;
            bool isEvent = false;
            while (stepped < budget && !isEvent)
            {
                search.Step();
                isEvent = search.Executed.Flow == Flow.Event;
                stepped += isEvent ? 0 : 1;
            }

            Assert.Equal((stepped, isEvent ? search.Executed.Event : GuestEventKind.None), (done, last.Event));
            run.Machine.Engine.Run(run.Machine.Cores[0], 0, null, ref last); // settles the flags behind a run of one
            State one = search.Machine.State, other = run.Machine.State;
            for (int cell = 0; cell < one.Count; cell++)
            {
                if (one[cell] != other[cell])
                    Assert.Fail($"cell {cell}: search gear {one[cell]:x}, run gear {other[cell]:x}");
            }

            if (isEvent)
                run[pc] = search[pc] = search.Executed.Address + (ulong)Math.Max(1, search.Executed.Length);
        }
    }
}
