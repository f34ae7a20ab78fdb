using RcuEmu.Emulator.Cores;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Fetch;

/// <summary>
/// What a core's instruction fetch sees. An engine without one sees memory as it is now (<c>fetch: coherent</c>).
/// </summary>
public interface IFetch
{
    /// <summary>
    /// Fetches up to <paramref name="bytes"/>.Length bytes (4 on arm64, 15 on x86-64) for <paramref name="core"/>. Returns how
    /// many it could fetch before a page that is not mapped or not executable. The engine adds the footprint of the bytes that
    /// belong to the instruction.
    /// </summary>
    int Fetch(Core core, ulong address, Span<byte> bytes);

    /// <summary>The core executed a barrier or a serialising instruction.</summary>
    void Barrier(Core core, Isa.Barrier barrier);

    /// <summary>The core executed cache maintenance.</summary>
    void Cache(Core core, CacheOperation operation, ulong address);

    /// <summary>The core is through with the instruction that it fetched last.</summary>
    void Executed(Core core, Flow flow, GuestEventKind raised);
}
