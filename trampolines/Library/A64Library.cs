namespace RcuEmu.Trampolines.Library;

/// <summary>Our own arm64 callsites, callbacks and trampolines, written to the shape of DYNAMIC_FTRACE_WITH_CALL_OPS.</summary>
public static class A64Library
{
    /// <summary>NOP, the second word of a disabled callsite.</summary>
    public const uint Nop = 0xd503201f;

    /// <summary>Bytes from the literal to the function's first instruction.</summary>
    public const int LiteralBytes = 8;

    /// <summary>
    /// A callsite behind its literal, initialised and disabled; its first word keeps the return address in X9.
    /// The literal holds the address of the symbol <c>ftrace_nop_ops</c>. arch/arm64/kernel/ftrace.c (6.12): ftrace_init_nop().
    /// </summary>
    public const string CallOpsCallsite = """
            .balign 8
            .quad ftrace_nop_ops
        function:
            mov  x9, x30
            nop
        """;

    /// <summary>
    /// A callback: counts into <c>ops-&gt;private</c> (offset 24), clobbers what a C function may clobber.
    /// Arguments: ip in X0, parent_ip in X1, ops in X2, fregs in X3.
    /// </summary>
    public const string Callback = """
        ldr  x9, [x2, #24]
        add  x9, x9, #1
        str  x9, [x2, #24]
        mov  x0, xzr
        mov  x1, xzr
        mov  x8, xzr
        mov  x17, xzr
        ret
        """;

    /// <summary>A callback that does nothing: that of ftrace_nop_ops. kernel/trace/ftrace.c (6.12): ftrace_nop_ops.</summary>
    public const string Stub = "ret";

    /// <summary>
    /// The one permanent trampoline: finds the ops through the literal before the callsite, takes <c>func</c> from it, calls it,
    /// and returns behind the callsite with X30 as the function's caller left it.
    /// On entry X9 is the return address into the caller and X30 the address behind the callsite.
    /// </summary>
    public const string FtraceCaller = """
        bti c
        and  x11, x30, #0xfffffffffffffff8
        ldur x11, [x11, #-16]
        sub  sp, sp, #112
        stp  x0, x1, [sp]
        stp  x2, x3, [sp, #16]
        stp  x4, x5, [sp, #32]
        stp  x6, x7, [sp, #48]
        str  x8, [sp, #64]
        stp  x9, x30, [sp, #80]
        stp  x29, x9, [sp, #96]
        add  x29, sp, #96
        sub  x0, x30, #4
        mov  x1, x9
        mov  x2, x11
        mov  x3, sp
        ldr  x4, [x2]
        blr  x4
        ldp  x0, x1, [sp]
        ldp  x2, x3, [sp, #16]
        ldp  x4, x5, [sp, #32]
        ldp  x6, x7, [sp, #48]
        ldr  x8, [sp, #64]
        ldr  x29, [sp, #96]
        ldp  x30, x9, [sp, #80]
        add  sp, sp, #112
        ret  x9
        """;

    /// <summary>The same with an instruction before and one behind its call, or nothing: markers of a proposed design.</summary>
    public static string FtraceCallerWith(string enter, string leave) =>
        FtraceCaller.Replace("blr  x4", $"{enter}\nblr  x4\n{leave}", StringComparison.Ordinal);

    /// <summary>BL from <paramref name="from"/> to <paramref name="to"/>. DDI 0487, C6.2, "BL".</summary>
    /// <exception cref="InvalidOperationException">More than 128 MiB away, or not a multiple of 4.</exception>
    public static uint Bl(ulong from, ulong to)
    {
        long distance = (long)(to - from);
        if (distance is < -0x8000000 or > 0x7fffffc || (distance & 3) != 0)
            throw new InvalidOperationException($"0x{to:x} is out of reach of BL from 0x{from:x}");

        return 0x94000000u | ((uint)(distance >> 2) & 0x03ffffff);
    }
}
