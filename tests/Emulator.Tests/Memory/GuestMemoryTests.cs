using CsCheck;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Memory;

namespace RcuEmu.Emulator.Tests.Memory;

public sealed class GuestMemoryTests : IDisposable
{
    private const ulong Base = 0xffff_8000_0000_0000;
    private readonly State _state = new();
    private readonly Footprint _footprint = new();
    private readonly GuestMemory _memory;

    public GuestMemoryTests()
    {
        _memory = new GuestMemory(_state, _footprint);
        _memory.Map("data", Base, 0x2000, Rights.Read | Rights.Write);
        _memory.Map("text", Base + 0x2000, 0x1000, Rights.Read | Rights.Execute);
        _state.Seal();
    }

    public void Dispose() => _state.Dispose();

    // The expected bytes are kept in an array beside the memory.
    [Fact]
    public void Reads_see_what_writes_of_any_size_and_place_left() =>
        Gen.Select(Gen.Int[0, 0x1ff0], Gen.Int[1, 8], Gen.ULong).Array[1, 60].Sample(writes =>
        {
            Mark mark = _state.Mark();
            byte[] expected = new byte[0x2000];
            foreach ((int at, int bytes, ulong value) in writes)
            {
                Assert.True(_memory.TryWrite(Base + (ulong)at, bytes, Rights.Write, value, out _));
                BitConverter.GetBytes(value).AsSpan(0, bytes).CopyTo(expected.AsSpan(at));
            }

            byte[] actual = new byte[0x2000];
            Assert.Equal(0x2000, _memory.Peek(Base, actual));
            Assert.Equal(expected, actual);
            foreach ((int at, int bytes, _) in writes)
            {
                Assert.True(_memory.TryRead(Base + (ulong)at, bytes, Rights.Read, out ulong value, out _));
                byte[] wide = new byte[8];
                expected.AsSpan(at, bytes).CopyTo(wide);
                Assert.Equal(BitConverter.ToUInt64(wide), value);
            }

            _state.UndoTo(mark);
        }, threads: 1); // one memory

    [Theory]
    [InlineData(Base - 1, 1, Base - 1)]           // nothing there
    [InlineData(Base - 4, 8, Base - 4)]           // begins where nothing is
    [InlineData(Base + 0x1ffd, 8, Base + 0x2000)] // runs into text, which is not writable
    [InlineData(Base + 0x2000, 1, Base + 0x2000)]
    [InlineData(0xffff_ffff_ffff_fffcul, 8, 0xffff_ffff_ffff_fffcul)]
    public void A_write_that_a_page_forbids_says_where_and_changes_nothing(ulong address, int bytes, ulong expected)
    {
        StateHash before = _state.Hash;
        Assert.False(_memory.TryWrite(address, bytes, Rights.Write, ulong.MaxValue, out ulong fault));
        Assert.Equal(expected, fault);
        Assert.Equal(before, _state.Hash);
        Assert.Equal(0, _footprint.Count);
    }

    [Fact]
    public void Sixteen_bytes_are_one_access_of_the_footprint()
    {
        Assert.True(_memory.TryWrite128(Base + 0xffc, Rights.Write, 1, 2, out _));
        Assert.True(_memory.TryRead128(Base + 0xffc, Rights.Read, out ulong low, out ulong high, out _));
        Assert.Equal((1UL, 2UL), (low, high));
        Assert.Equal(
            [new Touch(Base + 0xffc, 16, TouchKind.Write, false), new Touch(Base + 0xffc, 16, TouchKind.Read, false)],
            _footprint.Touches.ToArray());
    }

    [Fact]
    public void Taking_rights_away_is_a_write_of_the_page()
    {
        _memory.SetRights(Base, 1, Rights.Read);
        Assert.False(_memory.TryWrite(Base + 8, 8, Rights.Write, 1, out _));
        Assert.Contains(new Touch(Base, 4096, TouchKind.Write, false), _footprint.Touches.ToArray());
    }

    [Fact]
    public void A_poke_goes_past_the_rights_of_text_but_not_past_the_mapping()
    {
        _memory.Poke(Base + 0x2ffe, [0xcc, 0x90]);
        Assert.Throws<InvalidOperationException>(() => _memory.Poke(Base + 0x2fff, [0xcc, 0x90]));
        Assert.Equal(0x90ccUL, _memory.Peek64(Base + 0x2ffe));
    }
}
