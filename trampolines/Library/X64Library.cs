using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.Trampolines.Library;

/// <summary>Our own x86-64 callsites, callbacks and trampolines, written to the shape that ftrace gives them.</summary>
public static class X64Library
{
    /// <summary>The 5-byte NOP of a disabled callsite. arch/x86/kernel/ftrace.c: ftrace_nop_replace(); x86_nops[5].</summary>
    public static ReadOnlySpan<byte> Nop5 => [0x0f, 0x1f, 0x44, 0x00, 0x00];

    /// <summary>The callsite at the beginning of a function that is built with -mfentry, disabled.</summary>
    public const string FentryCallsite = """
        .byte 0x0f, 0x1f, 0x44, 0x00, 0x00
        """;

    /// <summary>
    /// A callback: counts into <c>ops-&gt;private</c> (offset 24), clobbers what a C function may clobber.
    /// Arguments: ip in RDI, parent_ip in RSI, ops in RDX, fregs in RCX.
    /// </summary>
    public const string Callback = """
        add  qword ptr [rdx + 24], 1
        xor  eax, eax
        mov  rcx, rax
        mov  rsi, rax
        mov  rdi, rax
        mov  r8, rax
        ret
        """;

    // [rsp]: address behind the callsite, [rsp+8]: return address into the caller. Keeps what a C callee may clobber and
    // the traced function may still want: the argument registers, RAX (variadic calls) and R9.
    private const string TrampolineBody = """
        entry:
            sub  rsp, 56
            mov  [rsp + 48], rax
            mov  [rsp + 40], rcx
            mov  [rsp + 32], rdx
            mov  [rsp + 24], rsi
            mov  [rsp + 16], rdi
            mov  [rsp + 8], r8
            mov  [rsp], r9
            mov  rsi, [rsp + 64]
            mov  rdi, [rsp + 56]
            sub  rdi, 5
        op_ptr:
            mov  rdx, [rip + 0]
            mov  rcx, rsp
            {enter}
        func_call:
            .byte 0xe8, 0, 0, 0, 0
            {leave}
            mov  r9, [rsp]
            mov  r8, [rsp + 8]
            mov  rdi, [rsp + 16]
            mov  rsi, [rsp + 24]
            mov  rdx, [rsp + 32]
            mov  rcx, [rsp + 40]
            mov  rax, [rsp + 48]
            add  rsp, 56
        end:
        """;

    /// <summary>
    /// A trampoline that is copied for each ops: saves the argument registers, loads the ops pointer from its own slot, calls
    /// <c>ops-&gt;func(ip, parent_ip, ops, fregs)</c>, restores, returns behind the callsite.
    /// </summary>
    /// <param name="enter">An instruction before the call, or nothing: a marker of a proposed design.</param>
    /// <param name="leave">An instruction behind it, or nothing.</param>
    public static X64TrampolineTemplate Trampoline(string enter = "", string leave = "")
    {
        string body = TrampolineBody.Replace("{enter}", enter, StringComparison.Ordinal).Replace("{leave}", leave, StringComparison.Ordinal);
        AssembledCode code = new EmbeddedAssembler().Assemble(Architecture.X64, body, 0, fileName: "trampoline");
        return new X64TrampolineTemplate(
            "trampoline", code.Bytes, 0, (int)code.Labels["op_ptr"], (int)code.Labels["func_call"], null);
    }
}
