using System.Runtime.InteropServices;

namespace RcuEmu.Bench;

/// <summary>Unicorn on a workload, through its public C interface (unicorn.h). Present where libunicorn.so.2 is.</summary>
internal static unsafe partial class UnicornPeer
{
    private const int ArchArm64 = 2, ArchX86 = 4, ModeArm = 0, Mode64 = 8, ProtAll = 7;

    private static readonly Dictionary<string, int> Registers = new()
    {
        ["x0"] = 199,
        ["x1"] = 200,
        ["x30"] = 2,
        ["sp"] = 4,
        ["pc"] = 260,
        ["rax"] = 35,
        ["rdi"] = 39,
        ["rsi"] = 43,
        ["rsp"] = 44,
        ["rip"] = 41,
    };

    /// <summary>True where the library can be loaded.</summary>
    public static bool IsPresent { get; } = NativeLibrary.TryLoad("libunicorn.so.2", out _);

    /// <summary>To the end.</summary>
    public static long Free(Workload workload) => Run(workload, engine =>
    {
        Check(Start(engine, Workload.Ram, Workload.Exit, 0, 0));
        return workload.Instructions;
    });

    /// <summary>One call for each instruction.</summary>
    public static long OneByOne(Workload workload) => Run(workload, engine =>
    {
        int register = Registers[workload.IsArm64 ? "pc" : "rip"];
        long done = 0;
        for (ulong pc = Workload.Ram; pc != Workload.Exit; done++)
        {
            Check(Start(engine, pc, Workload.Exit, 0, 1));
            Check(Read(engine, register, &pc));
        }

        return done;
    });

    private static long Run(Workload workload, Func<nint, long> run)
    {
        void* ram = NativeMemory.AlignedAlloc(Workload.RamBytes, 4096);
        workload.Image().CopyTo(new Span<byte>(ram, Workload.RamBytes));
        Check(Open(workload.IsArm64 ? ArchArm64 : ArchX86, workload.IsArm64 ? ModeArm : Mode64, out nint engine));
        Check(Map(engine, Workload.Ram, Workload.RamBytes, ProtAll, ram));
        foreach ((string name, ulong value) in workload.Start)
            Check(Write(engine, Registers[name], &value));

        Clock.Start();
        long done = run(engine);
        Clock.Stop();
        ulong result;
        Check(Read(engine, Registers[workload.ResultRegister], &result));
        Clock.Check(workload, done, result);
        Check(Close(engine));
        NativeMemory.AlignedFree(ram);
        return done;
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"Unicorn: error {error}");
    }

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_open")]
    private static partial int Open(int arch, int mode, out nint engine);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_close")]
    private static partial int Close(nint engine);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_mem_map_ptr")]
    private static partial int Map(nint engine, ulong address, nuint bytes, uint rights, void* memory);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_write")]
    private static partial int Write(nint engine, int register, void* value);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_read")]
    private static partial int Read(nint engine, int register, void* value);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_emu_start")]
    private static partial int Start(nint engine, ulong begin, ulong until, ulong timeout, nuint count);
}
