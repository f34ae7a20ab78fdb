using System.Runtime.InteropServices;

namespace RcuEmu.Isa.Tests.Oracles;

/// <summary>
/// Unicorn 2 (libunicorn.so.2), the independent emulator of the differential tests. One engine, memory shared with the
/// test by pointer, a register set that is read and written in one call each.
/// </summary>
internal sealed unsafe partial class Unicorn : IDisposable
{
    private const string Library = "libunicorn.so.2";

    /// <summary>UC_ARCH_ARM64 with UC_MODE_ARM, and UC_ARCH_X86 with UC_MODE_64.</summary>
    public const int Arm64 = 2, X86 = 4, ModeArm = 0, Mode64 = 8;

    /// <summary>UC_PROT_*.</summary>
    public const uint Read = 1, Write = 2, Execute = 4;

    private readonly nint _engine;
    private readonly List<nint> _allocations = [];
    private int* _ids;
    private void** _values;
    private int _count;

    /// <summary>Opens an engine. <paramref name="cpu"/> is a UC_CPU_* number of the architecture, or −1 for its default.</summary>
    public Unicorn(int architecture, int mode, int cpu = -1)
    {
        Check(uc_open(architecture, mode, out _engine));
        if (cpu >= 0)
            Check(uc_ctl(_engine, CpuModel, cpu));
    }

    /// <summary>True if the library is on this machine.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>UC_CTL_WRITE(UC_CTL_CPU_MODEL, 1) and UC_CTL_WRITE(UC_CTL_TB_FLUSH, 0).</summary>
    private const int CpuModel = 0x44000007, FlushTranslations = 0x4000000a;

    /// <summary>Skips the calling test where the library is missing.</summary>
    public static void Require()
    {
        if (!IsAvailable)
            Assert.Skip("needs Unicorn 2: install libunicorn2");
    }

    /// <summary>Maps whole pages and gives their host address, zeroed. The engine sees what is written there.</summary>
    public byte* Map(ulong address, int bytes, uint protection)
    {
        byte* host = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
        NativeMemory.Clear(host, (nuint)bytes);
        _allocations.Add((nint)host);
        Check(uc_mem_map_ptr(_engine, address, (nuint)bytes, protection, host));
        return host;
    }

    /// <summary>
    /// Says which registers <see cref="WriteRegisters"/> and <see cref="ReadRegisters"/> move, in this order, and gives
    /// the buffer they lie in: 16 bytes each, of which a shorter register takes the first ones.
    /// </summary>
    public ulong* UseRegisters(ReadOnlySpan<int> ids)
    {
        _count = ids.Length;
        _ids = (int*)Allocate(_count * sizeof(int));
        _values = (void**)Allocate(_count * sizeof(void*));
        byte* buffer = (byte*)Allocate(_count * 16);
        for (int i = 0; i < _count; i++)
        {
            _ids[i] = ids[i];
            _values[i] = buffer + (i * 16);
        }

        return (ulong*)buffer;
    }

    /// <summary>Moves the buffer into the engine.</summary>
    public void WriteRegisters() => Check(uc_reg_write_batch(_engine, _ids, _values, _count));

    /// <summary>Moves the engine's registers into the buffer.</summary>
    public void ReadRegisters() => Check(uc_reg_read_batch(_engine, _ids, _values, _count));

    /// <summary>Runs from an address until another, or for a number of instructions (0: no limit). Gives a UC_ERR_* number.</summary>
    public int Run(ulong begin, ulong until, int instructions = 0) =>
        uc_emu_start(_engine, begin, until, 0, (nuint)instructions);

    /// <summary>Forgets translated code. To be called when code was changed through its host address.</summary>
    public void Flush() => Check(uc_ctl(_engine, FlushTranslations, 0));

    public void Dispose()
    {
        Check(uc_close(_engine));
        foreach (nint allocation in _allocations)
            NativeMemory.AlignedFree((void*)allocation);
    }

    private void* Allocate(int bytes)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)bytes, 16);
        NativeMemory.Clear(memory, (nuint)bytes);
        _allocations.Add((nint)memory);
        return memory;
    }

    private static void Check(int error) => Assert.True(error == 0, $"Unicorn refused a call: error {error}");

    [LibraryImport(Library)]
    private static partial int uc_open(int architecture, int mode, out nint engine);

    [LibraryImport(Library)]
    private static partial int uc_close(nint engine);

    [LibraryImport(Library)]
    private static partial int uc_ctl(nint engine, int control, int argument);

    [LibraryImport(Library)]
    private static partial int uc_mem_map_ptr(nint engine, ulong address, nuint size, uint protection, void* host);

    [LibraryImport(Library)]
    private static partial int uc_reg_write_batch(nint engine, int* ids, void** values, int count);

    [LibraryImport(Library)]
    private static partial int uc_reg_read_batch(nint engine, int* ids, void** values, int count);

    [LibraryImport(Library)]
    private static partial int uc_emu_start(nint engine, ulong begin, ulong until, ulong timeout, nuint count);
}
