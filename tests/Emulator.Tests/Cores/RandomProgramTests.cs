using CsCheck;
using RcuEmu.Emulator.Execution;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>Random bytes as programs, with registers that point at data, text, the stack and nowhere.</summary>
public sealed class RandomProgramTests
{
    [Theory]
    [InlineData(Architecture.Arm64)]
    [InlineData(Architecture.X64)]
    public void Stepping_and_undoing_restores_every_cell(Architecture architecture) =>
        Gen.Select(Gen.Byte.Array[400], Gen.ULong.Array[16]).Sample((text, values) =>
        {
            using CoreMachine m = RandomProgram.Make(architecture, text, values);
            ulong[] before = m.Cells();
            Mark mark = m.Machine.State.Mark();
            for (int i = 0; i < 40; i++)
            {
                m.Step();
                Assert.Equal(m.Executed.Next, m.Machine.Engine.Pc(m.Machine.Contexts[0]));
                if (m.Executed.Flow == Flow.Event)
                    m[architecture == Architecture.X64 ? "rip" : "pc"] = m.Executed.Address + 4;
            }

            Assert.Equal(m.Machine.State.RecomputeHash(), m.Machine.State.Hash);
            m.Machine.State.UndoTo(mark);
            Assert.Equal(before, m.Cells());
            Assert.Equal(mark, m.Machine.State.Mark());
        }, iter: 300);
}
