using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace RcuEmu.Isa.Tests.Oracles;

/// <summary>
/// The processor that runs the tests, as an oracle for x86-64: a stub loads the registers, runs one instruction and stores them
/// again. Everything lies at fixed addresses below 2 GiB, so that absolute and 32-bit addressing reach it and runs repeat exactly.
/// </summary>
internal sealed unsafe partial class HostCpu : IDisposable
{
    /// <summary>Where the instruction under test stands.</summary>
    public const ulong CodeAddress = 0x2100_0800;

    /// <summary>The memory that instructions may touch; a page boundary is in the middle of the data.</summary>
    public const ulong MemoryAddress = 0x2001_0000;
    public const int MemoryBytes = 0x30000;
    public const ulong DataMiddle = 0x2003_1000;
    public const ulong StackMiddle = 0x2002_8000;

    private const ulong StateAddress = 0x2000_0000, StubAddress = 0x2100_0000;
    private const int MaxLength = 15;

    private readonly ulong* _state;
    private readonly byte* _code;

    private HostCpu()
    {
        _state = (ulong*)Map(StateAddress, 0x40000, executable: false);
        _code = (byte*)Map(StubAddress, 0x1000, executable: true);
        WriteStub();
    }

    /// <summary>General registers in encoding order, then RFLAGS, then 64 quadwords of YMM0 to YMM15.</summary>
    public Span<ulong> In => new(_state, 81);

    /// <summary>The same afterwards.</summary>
    public Span<ulong> Out => new(_state + 128, 81);

    /// <summary>The memory, by linear address.</summary>
    public static Span<byte> Memory(ulong address, int bytes) => new((void*)address, bytes);

    /// <summary>Makes the oracle, or null where this machine cannot be one.</summary>
    public static HostCpu? TryCreate() =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
            && System.Runtime.Intrinsics.X86.Avx2.IsSupported
            ? new HostCpu()
            : null;

    /// <summary>Puts an instruction in its place; it runs until the next one is put there.</summary>
    public void SetInstruction(ReadOnlySpan<byte> bytes)
    {
        byte* at = _code + (CodeAddress - StubAddress);
        bytes.CopyTo(new Span<byte>(at, MaxLength));
        new Span<byte>(at + bytes.Length, MaxLength - bytes.Length).Fill(0x90);
    }

    /// <summary>Runs it once.</summary>
    public static void Run() => ((delegate* unmanaged<void>)StubAddress)();

    public void Dispose()
    {
        _ = munmap((nint)StateAddress, 0x40000);
        _ = munmap((nint)StubAddress, 0x1000);
    }

    private static void* Map(ulong address, int bytes, bool executable)
    {
        const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 0x20, FixedNoReplace = 0x100000;
        nint at = mmap((nint)address, bytes, Read | Write | (executable ? Execute : 0), Private | Anonymous | FixedNoReplace, -1, 0);
        Assert.True((ulong)at == address, $"0x{address:x} cannot be mapped here");
        return (void*)at;
    }

    private void WriteStub()
    {
        AssemblerRegister64[] saved = [rbx, rbp, r12, r13, r14, r15];
        AssemblerRegister64[] all = [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
        var before = new Assembler(64);
        foreach (AssemblerRegister64 register in saved)
            before.push(register);

        before.mov(__[(long)(StateAddress + 0x800)], rsp);
        before.push(__qword_ptr[(long)(StateAddress + (16 * 8))]);
        before.popfq();
        for (int i = 0; i < 16; i++)
            before.vmovdqu(new AssemblerRegisterYMM(Register.YMM0 + i), __[(long)(StateAddress + (17 * 8) + ((ulong)i * 32))]);

        for (int i = 15; i >= 0; i--)
        {
            if (all[i] != rsp)
                before.mov(all[i], __[(long)(StateAddress + ((ulong)i * 8))]);
        }

        before.mov(rsp, __[(long)(StateAddress + (4 * 8))]);
        before.jmp(CodeAddress);
        Place(before, StubAddress);

        const ulong Out = StateAddress + (128 * 8);
        var after = new Assembler(64);
        for (int i = 0; i < 16; i++)
            after.mov(__[(long)(Out + ((ulong)i * 8))], all[i]);

        after.mov(rsp, __[(long)(StateAddress + 0x800)]);
        after.pushfq();
        after.pop(__qword_ptr[(long)(Out + (16 * 8))]);
        for (int i = 0; i < 16; i++)
            after.vmovdqu(__[(long)(Out + (17 * 8) + ((ulong)i * 32))], new AssemblerRegisterYMM(Register.YMM0 + i));

        after.vzeroupper();
        after.cld();
        for (int i = saved.Length - 1; i >= 0; i--)
            after.pop(saved[i]);

        after.ret();
        Place(after, CodeAddress + MaxLength);
    }

    private void Place(Assembler assembler, ulong address)
    {
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), address);
        stream.ToArray().CopyTo(new Span<byte>(_code + (address - StubAddress), (int)stream.Length));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nint length);
}
