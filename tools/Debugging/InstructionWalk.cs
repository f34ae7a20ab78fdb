using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging;

/// <summary>Where instructions begin around an address.</summary>
internal static class InstructionWalk
{
    /// <summary>
    /// <paramref name="count"/> places, of which the one behind the first <paramref name="before"/> is <paramref name="address"/>. Those before
    /// it are counted from the beginning of its function, where that is known; otherwise they are single bytes, or words on arm64.
    /// </summary>
    public static List<ulong> Places(DebugSession session, ulong address, int before, int count)
    {
        List<ulong> earlier = Earlier(session, address);
        var places = new List<ulong>();
        ulong unit = session.Machine.Architecture == Architecture.Arm64 ? 4UL : 1;
        ulong first = earlier.Count > 0 ? earlier[0] : address;
        for (int i = before - earlier.Count; i > 0; i--)
            places.Add(first - ((ulong)i * unit));

        places.AddRange(earlier.TakeLast(before));
        byte[] bytes = new byte[15];
        for (ulong at = address; places.Count < count;)
        {
            places.Add(at);
            int mapped = session.Read(at, bytes);
            InstructionText.Of(session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int length);
            at += Math.Max(unit, (ulong)length);
        }

        return places.Count > count ? places[..count] : places;
    }

    private static List<ulong> Earlier(DebugSession session, ulong address)
    {
        var starts = new List<ulong>();
        string? name = session.Model.Format(address);
        int plus = name?.LastIndexOf("+0x", StringComparison.Ordinal) ?? -1;
        if (plus <= 0 || session.Model.Range(name![..plus]) is not { } range || address - range.Start > 1 << 16)
            return starts;

        byte[] bytes = new byte[15];
        ulong at = range.Start;
        while (at < address)
        {
            starts.Add(at);
            int mapped = session.Read(at, bytes);
            InstructionText.Of(session.Machine.Architecture, bytes.AsSpan(0, mapped), at, out int length);
            at += (ulong)Math.Max(1, length);
        }

        return at == address ? starts : [];
    }
}
