using CsCheck;
using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Fetch;
using RcuEmu.Emulator.Memory;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Fetch;

/// <summary>What the fetch models keep in cells: undone exactly, hashed exactly, dropped when nobody can see it any more.</summary>
public sealed class FetchModelTests
{
    private const string Seed = "0000000000001";
    private const ulong Text = 0x10_0000;
    private const int Cores = 3;
    private const int Words = 3;

    private enum Kind
    {
        Write,
        Clean,
        Invalidate,
        Dsb,
        Dmb,
        Synchronise,
        Fetch,
        Branch,
    }

    private static readonly Gen<(Kind, int, int, int)[]> Ops =
        Gen.Select(Gen.Enum<Kind>(), Gen.Int[0, Cores - 1], Gen.Int[0, Words - 1], Gen.Int[0, 3]).Array[1, 60];

    private static readonly FetchSettings[] Arm =
        [new(), new() { Idc = true }, new() { Dic = true, Idc = true }, new() { LineBytes = 64 }];

    [Fact]
    public void Arm64_versions_are_those_of_the_rule_with_absolute_times() => Ops.Sample(
        ops => Arm.All(settings => Agree(Architecture.Arm64, settings, ops, new A64Times(settings))), seed: Seed, iter: 2000, threads: 1);

    [Fact]
    public void X64_versions_are_those_of_the_rule_with_absolute_times() => Ops.Sample(
        ops => Agree(Architecture.X64, new FetchSettings { Torn = TornFetch.Execute }, ops, new X64Times()), seed: Seed, iter: 2000, threads: 1);

    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void Nothing_is_kept_once_everybody_has_synchronised(Architecture architecture) => Ops.Sample(
        ops =>
        {
            foreach (FetchSettings settings in Arm)
            {
                using var model = new Model(architecture, settings);
                foreach ((Kind, int, int, int) op in ops)
                    model.Do(op);

                for (int word = 0; word < Words; word++)
                    model.Do((Kind.Clean, 0, word, 0));

                model.Do((Kind.Dsb, 0, 0, 0));
                for (int word = 0; word < Words; word++)
                    model.Do((Kind.Invalidate, 0, word, 0));

                for (int core = 0; core < Cores; core++)
                {
                    model.Do((Kind.Dsb, core, 0, 0));
                    model.Do((Kind.Synchronise, core, 0, 0));
                }

                Assert.True(model.Machine.Fetch!.Kept == 0, $"{settings}: {model.Machine.Fetch.Kept} kept behind {string.Join(' ', ops)}");
            }

            return true;
        },
        seed: Seed, iter: 200, threads: 1);

    // Two versions in turn, and no core synchronises.
    [Fact]
    public void More_writes_than_are_kept_are_an_error_that_says_what_to_do()
    {
        using var model = new Model(Architecture.Arm64, new FetchSettings { Writes = 8 });
        var error = Assert.Throws<UserErrorException>(() =>
        {
            for (int i = 1; i <= 9; i++)
                model.Do((Kind.Write, 0, 0, i & 1));
        });
        Assert.Contains("keeps 8 writes to text", error.Message);
    }

    [Theory]
    [InlineData(true, false, 4, 1, "found dic: 1 with idc: 0; DIC implies IDC")]
    [InlineData(false, false, 6, 1, "found lines of 6 bytes; a line has a power of two from 4 to 2048")]
    [InlineData(false, false, 4, 2, "found blocks of 2 bytes; right are 1, 8, 16 and 64")]
    public void Settings_that_cannot_be_are_refused(bool dic, bool idc, int line, int block, string message)
    {
        using var machine = new Machine(Architecture.Arm64);
        Assert.Equal(
            message,
            Assert.Throws<UserErrorException>(
                () => machine.UseFetch(new FetchSettings { Dic = dic, Idc = idc, LineBytes = line, BlockBytes = block })).Message);
    }

    [Fact]
    public void A_step_says_which_version_it_fetched()
    {
        var fetch = new FetchMachine(
            Architecture.Arm64, new FetchSettings(), "P0: isb; str w0, [x1]; f: b E0; E0: nop", "0:w0=nop", "0:x1=f");
        using Machine machine = fetch.Machine;
        var oldest = new Oldest();
        machine.Seal();
        machine.Chooser = oldest;

        for (int i = 0; i < 3; i++)
            machine.Perform(new MachineAction(0, 0, 0));

        Assert.Equal("the version of step 2 or the start", oldest.Reason);
        Assert.Equal("core 0 fetched the version of the start; newest is step 2; not synchronised since step 1", machine.LastStep.Text);
    }

    // DDI 0487, CTR_EL0: DIC is bit 29, IDC bit 28, DminLine 19:16 and IminLine 3:0 in words as powers of 2, L1Ip 15:14 (PIPT: 3).
    [Theory]
    [InlineData(false, false, 4, 0x8440_c000UL)]
    [InlineData(false, true, 64, 0x9444_c004UL)]
    [InlineData(true, true, 64, 0xb444_c004UL)]
    public void CTR_EL0_says_what_the_model_does(bool dic, bool idc, int line, ulong value)
    {
        using var model = new Model(Architecture.Arm64, new FetchSettings { Dic = dic, Idc = idc, LineBytes = line });
        Assert.True(model.Machine.Engine.TryReadSystem(model.Machine.Cores[0], "ctr_el0", out ulong read));
        Assert.Equal(value, read);
    }

    private static bool Agree(Architecture architecture, FetchSettings settings, (Kind, int, int, int)[] ops, ITimes times)
    {
        using var model = new Model(architecture, settings);
        State state = model.Machine.State;
        Mark start = state.Mark();
        ulong[] before = model.Cells();
        foreach ((Kind Kind, int Core, int Word, int Value) drawn in ops)
        {
            // A first write that changes nothing is not kept; the textbook form would keep it.
            (Kind Kind, int Core, int Word, int Value) op = drawn;
            if (op.Kind == Kind.Write && model.Machine.Memory.Peek64(Text + (4 * (ulong)op.Word)) << 32 >> 32 == WordOf(op.Value))
                op.Value = (op.Value + 1) & 3;

            if (op.Kind == Kind.Fetch)
            {
                List<uint> expected = times.Versions(op.Core, op.Word);
                List<uint> found = model.Versions(op.Core, op.Word);
                Assert.True(expected.SequenceEqual(found), $"{settings}: {op} gives {Spell(found)}, expected {Spell(expected)}, in {string.Join(' ', ops)}");
                uint taken = expected[op.Value % expected.Count];
                model.Take = op.Value % expected.Count;
                model.Do(op);
                times.Fetched(op.Core, op.Word, taken);
            }
            else
            {
                model.Do(op);
                times.Do(op.Kind, op.Core, op.Word, op.Value);
            }

            if (state.Hash != state.RecomputeHash())
                return false;
        }

        state.UndoTo(start);
        return state.Hash == start.Hash && before.SequenceEqual(model.Cells());
    }

    private static string Spell(List<uint> words) => string.Join(',', words.Select(word => word.ToString("x8")));

    // Words that may be changed under a running core: B .+4, B .+8, ... One byte differs.
    private static uint WordOf(int value) => 0x1400_0001u + (uint)value;

    /// <summary>The rule in its textbook form: times are steps, nothing is forgotten.</summary>
    private interface ITimes
    {
        void Do(Kind kind, int core, int word, int value);

        /// <summary>Distinct versions, newest first.</summary>
        List<uint> Versions(int core, int word);

        void Fetched(int core, int word, uint value);
    }

    private sealed class Model : IDisposable, IChooser
    {
        private readonly List<int> _alternatives = [];

        public Model(Architecture architecture, FetchSettings settings)
        {
            Machine = new Machine(architecture) { Chooser = this };
            Machine.Memory.Map("text", Text, 0x1000, Rights.Read | Rights.Execute);
            for (int word = 0; word < Words; word++)
                Machine.Memory.Poke(Text + (4 * (ulong)word), BitConverter.GetBytes(WordOf(0)));

            Machine.UseFetch(settings);
            for (int i = 0; i < Cores; i++)
            {
                Core core = Machine.AddCore();
                core.Switch(Machine.AddContext($"t{i}"));
            }

            Machine.Seal();
        }

        public Machine Machine { get; }

        /// <summary>Which version a fetch takes.</summary>
        public int Take { get; set; }

        public bool ReadsReasons => false;

        public int Choose(int alternatives, string reason)
        {
            _alternatives.Add(alternatives);
            return Math.Min(Take, alternatives - 1);
        }

        public void Do((Kind Kind, int Core, int Word, int Value) op)
        {
            Core core = Machine.Cores[op.Core];
            ModelledFetch fetch = Machine.Fetch!;
            ulong address = Text + (4 * (ulong)op.Word);
            fetch.Writer = op.Core;
            switch (op.Kind)
            {
                case Kind.Write: Machine.Memory.Poke(address, BitConverter.GetBytes(WordOf(op.Value))); break;
                case Kind.Clean: fetch.Cache(core, CacheOperation.DcCvau, address); break;
                case Kind.Invalidate: fetch.Cache(core, CacheOperation.IcIvau, address); break;
                case Kind.Dsb: fetch.Barrier(core, Isa.Barrier.Dsb); break;
                case Kind.Dmb: fetch.Barrier(core, Isa.Barrier.Dmb); break;
                case Kind.Synchronise: core.Synchronise(); break;
                case Kind.Branch: fetch.Executed(core, Flow.Branch, GuestEventKind.None); break;
                default: Fetch(op.Core, op.Word); break;
            }
        }

        /// <summary>All versions that a fetch may return: tried out one after the other and taken back.</summary>
        public List<uint> Versions(int core, int word)
        {
            var versions = new List<uint>();
            int alternatives = 1;
            for (Take = 0; Take < alternatives; Take++)
            {
                _alternatives.Clear();
                Mark mark = Machine.State.Mark();
                versions.Add(Fetch(core, word));
                Machine.State.UndoTo(mark);
                alternatives = _alternatives.Count == 0 ? 1 : _alternatives[0];
            }

            return versions;
        }

        public ulong[] Cells() => [.. Enumerable.Range(0, Machine.State.Count).Select(i => Machine.State[i])];

        public void Dispose() => Machine.Dispose();

        private uint Fetch(int core, int word)
        {
            Span<byte> bytes = stackalloc byte[4];
            Assert.Equal(4, Machine.Fetch!.Fetch(Machine.Cores[core], Text + (4 * (ulong)word), bytes));
            return BitConverter.ToUInt32(bytes);
        }
    }

    private sealed class Oldest : IChooser
    {
        public string? Reason { get; private set; }

        public int Choose(int alternatives, string reason)
        {
            Reason = reason;
            return alternatives - 1;
        }
    }

    private sealed class A64Times(FetchSettings settings) : ITimes
    {
        private readonly List<Store> _stores = [];
        private readonly long[] _seen = new long[Cores];
        private readonly long[] _own = new long[Cores];
        private readonly long[] _settled = new long[Cores];
        private long _now;

        public void Do(Kind kind, int core, int word, int value)
        {
            _now++;
            switch (kind)
            {
                case Kind.Write:
                    foreach (Store store in _stores.Where(store => OnLine(store, word) && store.Cleaning.Contains(core)))
                        store.Ordered.Add(core);

                    _stores.Add(new Store { Word = word, Value = WordOf(value), Time = _now, Core = core });
                    break;
                case Kind.Clean when !settings.Idc:
                    foreach (Store store in _stores.Where(store => OnLine(store, word)))
                        store.Cleaning.Add(core);

                    break;
                case Kind.Dmb:
                    foreach (Store store in _stores.Where(store => store.Cleaning.Contains(core)))
                        store.Ordered.Add(core);

                    break;
                case Kind.Invalidate when !settings.Dic:
                    foreach (Store store in _stores.Where(store => OnLine(store, word) && Covers(store, core)))
                        store.Invalidating.Add(core);

                    break;
                case Kind.Dsb:
                    _settled[core] = _now;
                    foreach (Store store in _stores)
                        Complete(store, core);

                    break;
                case Kind.Synchronise:
                    _seen[core] = _now;
                    _own[core] = Math.Max(_own[core], _settled[core]);
                    break;
                default:
                    break;
            }
        }

        public List<uint> Versions(int core, int word)
        {
            var versions = new List<uint>();
            foreach (Store store in _stores.Where(store => store.Word == word).Reverse())
            {
                versions.Add(store.Value);
                if (IsForced(store, core))
                    return [.. versions.Distinct()];
            }

            versions.Add(WordOf(0));
            return [.. versions.Distinct()];
        }

        // The oldest of the stores that made it and that the core may still fetch.
        public void Fetched(int core, int word, uint value)
        {
            _now++;
            List<Store> stores = [.. _stores.Where(store => store.Word == word)];
            int floor = stores.FindLastIndex(store => IsForced(store, core));
            if (floor < 0 && value == WordOf(0))
                return;

            long time = stores.Skip(Math.Max(floor, 0)).First(store => store.Value == value).Time;
            _seen[core] = Math.Max(_seen[core], time);
            _own[core] = Math.Max(_own[core], time);
        }

        private bool OnLine(Store store, int word) => settings.LineBytes > 4 || store.Word == word;

        private bool Covers(Store store, int core) => settings.Idc
            ? !_stores.Any(other => other.Word == store.Word && other.Time <= store.Time && other.Core == core
                && other.Time > _settled[core] && !IsForced(other, core))
            : store.IsClean || store.Ordered.Any(other => other != core);

        private void Complete(Store store, int core)
        {
            store.IsClean |= store.Cleaning.Contains(core);
            if (store.Invalidating.Contains(core) && store.Forced == long.MaxValue)
                store.Forced = _now;
        }

        private bool IsForced(Store store, int core) => settings.Dic
            ? store.Time <= (store.Core == core ? _own[core] : _seen[core])
            : store.Forced <= _seen[core];

        private sealed class Store
        {
            public int Word;
            public uint Value;
            public long Time;
            public int Core;
            public long Forced = long.MaxValue;
            public bool IsClean;
            public readonly HashSet<int> Cleaning = [];
            public readonly HashSet<int> Ordered = [];
            public readonly HashSet<int> Invalidating = [];
        }
    }

    private sealed class X64Times : ITimes
    {
        private readonly List<(int Word, uint Value, int Core, long Time)> _stores = [];
        private readonly long[] _serialised = new long[Cores];
        private readonly long[] _branched = new long[Cores];
        private long _now;

        public void Do(Kind kind, int core, int word, int value)
        {
            _now++;
            if (kind == Kind.Write)
                _stores.Add((word, WordOf(value), core, _now));
            else if (kind == Kind.Synchronise)
                _serialised[core] = _now;
            else if (kind == Kind.Branch)
                _branched[core] = _now;
        }

        // Only the low byte of a word changes, so its versions are those of that byte.
        public List<uint> Versions(int core, int word)
        {
            var versions = new List<uint>();
            foreach ((int Word, uint Value, int Core, long Time) store in _stores.Where(store => store.Word == word).Reverse())
            {
                versions.Add(store.Value);
                if (store.Time <= _serialised[core] || (store.Core == core && store.Time <= _branched[core]))
                    return [.. versions.Distinct()];
            }

            versions.Add(WordOf(0));
            return [.. versions.Distinct()];
        }

        public void Fetched(int core, int word, uint value) => _now++;
    }
}
