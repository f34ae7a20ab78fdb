using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Fetch;

/// <summary>
/// A NOP5 becomes a CALL while another core executes it, step by step as arch/x86/kernel/alternative.c (6.12): text_poke_bp_batch() does it,
/// and with steps left out.
/// </summary>
public sealed class Int3ProtocolTests
{
    private const ulong Site = 0x10_0002;

    private static readonly byte[] Nop = [0x0f, 0x1f, 0x44, 0x00, 0x00];

    // call +0x12345678, of which no byte is the NOP's.
    private static readonly byte[] Call = [0xe8, 0x78, 0x56, 0x34, 0x12];

    [Theory]
    [InlineData("int3 sync tail sync first sync done", "0f1f440000 cc e878563412")]
    [InlineData("int3 tail sync first sync done", "0f1f440000 cc cross-modifying-code e878563412")] // old opcode, new operand
    [InlineData("int3 sync tail first sync done", "0f1f440000 cc cross-modifying-code e878563412")] // new opcode, old operand
    [InlineData("int3 sync tail sync first done", "0f1f440000 cc e878563412 no-unclaimed-int3")] // stale INT3 behind the end
    [InlineData("direct sync done", "0f1f440000 cross-modifying-code e878563412")] // 8a4d0a687a59: five bytes in one go
    public void Every_sync_of_the_protocol_is_needed(string steps, string seen) =>
        Assert.Equal(seen, Seen(steps, new()));

    // By hand, of those that begin with the new opcode: its four other bytes each old or new, 2^4.
    [Fact]
    public void A_torn_call_has_any_mix_of_old_and_new_bytes()
    {
        string[] seen = Seen("direct sync done", new() { Torn = TornFetch.Execute }).Split(' ');

        Assert.Equal(16, seen.Count(bytes => bytes.StartsWith("e8", StringComparison.Ordinal)));
        Assert.Contains("e81f560012", seen);
        Assert.Contains("0f1f440000", seen);
    }

    // The site's 5 bytes from 2 on lie in one aligned quadword, from 5 on in two: bytes 0 to 2 and 3 to 4.
    [Theory]
    [InlineData(8, 0x10_0002UL, "0f1f440000 e878563412")] // APM Vol. 2: whole, old or new
    [InlineData(8, 0x10_0005UL, "0f1f440000 0f1f443412 e878560000 e878563412")]
    [InlineData(16, 0x10_0005UL, "0f1f440000 e878563412")]
    [InlineData(64, 0x10_003dUL, "0f1f440000 0f1f443412 e878560000 e878563412")]
    public void Blocks_are_of_one_moment(int block, ulong site, string seen) =>
        Assert.Equal(seen, Seen("direct sync done", new() { BlockBytes = block, Torn = TornFetch.Execute }, site));

    private static string Seen(string steps, FetchSettings settings, ulong site = Site)
    {
        using var protocol = new Protocol(steps, settings, site);
        return string.Join(' ', protocol.Outcomes());
    }

    /// <summary>One core that executes the site twice, and a writer that does the steps.</summary>
    private sealed class Protocol : IAgent, IMonitor, IDisposable
    {
        private readonly Machine _machine = new(Architecture.X64);
        private readonly string[] _steps;
        private readonly ulong _site;
        private readonly Core _core;
        private readonly int _position;
        private readonly int _turns;
        private readonly SortedSet<string> _seen = new(StringComparer.Ordinal);
        private bool _unclaimed;

        public Protocol(string steps, FetchSettings settings, ulong site)
        {
            (_steps, _site) = (steps.Split(' '), site);
            _machine.Memory.Map("text", 0x10_0000, 0x1000, Rights.Read | Rights.Execute);
            _machine.Memory.Map("stack", 0x30_0000, 0x1000, Rights.Read | Rights.Write);
            _machine.Memory.Poke(site, Nop);
            _machine.UseFetch(settings);
            _core = _machine.AddCore();
            Context context = _machine.AddContext("worker");
            _core.Switch(context);
            _machine.Engine.SetPc(context, site);
            _machine.Engine.WriteRegister(context, "rsp", 0x30_0800);
            _position = _machine.State.Allocate(1);
            _turns = _machine.State.Allocate(1);
            _machine.AddAgent(this);
            _machine.AddMonitor(this);
            _machine.Seal();
        }

        public string Name => "no-unclaimed-int3";

        public SortedSet<string> Outcomes()
        {
            var violations = new SortedSet<string>(StringComparer.Ordinal);
            var search = new Search(_machine, new ExploreOptions(), new StatefulStrategy(new ExploreOptions { Exact = true }), () => 0, default, null)
            {
                OnViolation = violation => violations.Add(violation.Property) || true,
            };
            search.Run();
            return [.. violations.Concat(_seen).Order(StringComparer.Ordinal)];
        }

        public void Dispose() => _machine.Dispose();

        public void Offer(int agent, List<MachineAction> actions)
        {
            if (_machine.State[_turns] < 2)
                actions.Add(new MachineAction(agent, 0, 0));

            if (_machine.State[_position] < (ulong)_steps.Length)
                actions.Add(new MachineAction(agent, 1, 0));
        }

        public void Perform(MachineAction action)
        {
            _unclaimed = false;
            if (action.Code == 1)
                Write();
            else
                Execute();
        }

        public string Key(MachineAction action) => action.Code == 1 ? "w" : "c0";

        public bool IsPreemption(MachineAction action) => false;

        // What is torn is reported by the machine's own property and then not counted here.
        public string? AfterStep(Machine machine, in StepInfo step)
        {
            if (step.IsInstruction && machine.Fetch!.Reported is null)
                _seen.Add(Convert.ToHexStringLower(((ReadOnlySpan<byte>)step.Instruction.Bytes)[..step.Instruction.Length]));

            return _unclaimed ? "INT3 behind the end of the batch" : null;
        }

        public string? AtEnd(Machine machine) => null;

        // Each turn executes what stands at the site and goes back to it. The handler of #BP returns by IRET.
        private void Execute()
        {
            ref readonly ExecutedInstruction executed = ref _machine.Execute(_core);
            _unclaimed = executed.Event == GuestEventKind.Breakpoint && _machine.State[_position] == (ulong)_steps.Length;
            if (executed.Flow == Flow.Event)
                _core.Synchronise();

            _machine.State.Set(_turns, _machine.State[_turns] + 1);
            _machine.Engine.SetPc(_machine.Contexts[0], _site);
            _machine.Engine.WriteRegister(_machine.Contexts[0], "rsp", 0x30_0800);
        }

        private void Write()
        {
            int at = (int)_machine.State[_position];
            _machine.State.Set(_position, (ulong)at + 1);
            switch (_steps[at])
            {
                case "int3": _machine.Memory.Poke(_site, [0xcc]); break;
                case "tail": _machine.Memory.Poke(_site + 1, Call.AsSpan(1)); break;
                case "first": _machine.Memory.Poke(_site, Call.AsSpan(0, 1)); break;
                case "direct": _machine.Memory.Poke(_site, Call); break;
                case "sync": _core.Synchronise(); break;
                default: break;
            }
        }
    }
}
