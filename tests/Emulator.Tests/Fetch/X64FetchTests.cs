using RcuEmu.Emulator.Fetch;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Fetch;

/// <summary>
/// What the SDM (Vol. 3A, "Handling Self- and Cross-Modifying Code") and the APM (Vol. 2, "Self-Modifying Code") promise of changed code, and
/// no more.
/// </summary>
public sealed class X64FetchTests
{
    // f's immediate changes from 1 to 2, one byte.
    [Theory]
    [InlineData("", "1 | 2")]
    [InlineData("mfence;", "1 | 2")] // orders data, not fetches
    [InlineData("nop;", "1 | 2")]
    [InlineData("jmp f;", "2")] // option 1: a jump
    [InlineData("cpuid;", "2")] // option 2: a serialising instruction
    [InlineData("serialize;", "2")]
    [InlineData("mov rax, cr3; mov cr3, rax;", "2")]
    public void A_core_that_changes_its_own_code(string between, string outcomes) =>
        Assert.Equal(outcomes, Outcomes(new(), $"P0: mov byte ptr [rdi + 1], 2; {between} f: mov eax, 1; E0: nop", ["0:rdi=f"], "0:rax"));

    [Theory]
    [InlineData("", "0 1 | 1 1 | 1 2")] // the flag is seen, the new code perhaps not
    [InlineData("mfence;", "0 1 | 1 1 | 1 2")]
    [InlineData("jmp f;", "0 1 | 1 1 | 1 2")] // a branch synchronises with own stores only
    [InlineData("cpuid;", "0 1 | 1 2")]
    [InlineData("serialize;", "0 1 | 1 2")]
    public void A_core_that_is_told_of_new_code(string between, string outcomes)
    {
        string text = "P0: mov byte ptr [rdi + 1], 2; mov byte ptr [rsi], 1; E0: nop; "
            + $"P1: movzx r8d, byte ptr [rsi]; test r8d, r8d; jz old; {between} f: mov eax, 1; jmp E1; old: mov eax, 1; E1: nop";
        Assert.Equal(outcomes, Outcomes(new(), text, ["0:rdi=f", "0:rsi=z", "1:rsi=z"], "1:r8", "1:rax"));
    }

    // The word 1 becomes 0x201 becomes 0x102: by hand, each byte is 1, 1, 2 and 0, 2, 1 at its three moments.
    [Theory]
    [InlineData(1, TornFetch.Execute, "1 | 2 | 257 | 258 | 513 | 514")]
    [InlineData(8, TornFetch.Execute, "1 | 258 | 513")]
    [InlineData(1, TornFetch.Report, "1 | 2 | 257 | 258 | 513 | 514 | cross-modifying-code")]
    public void Bytes_of_an_instruction_may_be_of_different_moments(int block, TornFetch torn, string outcomes)
    {
        const string Text = "P0: mov word ptr [rdi + 1], 0x201; mov word ptr [rdi + 1], 0x102; E0: nop; "
            + "P1: f: mov eax, 1; E1: nop";
        Assert.Equal(outcomes, Outcomes(new() { BlockBytes = block, Torn = torn }, Text, ["0:rdi=f"], "1:rax"));
    }

    [Fact]
    public void A_coherent_fetch_sees_the_newest_bytes() =>
        Assert.Equal("2", Outcomes(null, "P0: mov byte ptr [rdi + 1], 2; f: mov eax, 1; E0: nop", ["0:rdi=f"], "0:rax"));

    // The old instruction fetched once more behind the new one: nothing orders two fetches.
    [Fact]
    public void A_core_may_fetch_new_bytes_and_then_old_ones() =>
        Assert.Contains(
            "2 1",
            Outcomes(
                new(), "P0: mov byte ptr [rdi + 1], 2; E0: nop; P1: call f; mov ebx, eax; call f; E1: nop; f: mov eax, 1; ret",
                ["0:rdi=f"], "1:rbx", "1:rax").Split(" | "));

    private static string Outcomes(FetchSettings? settings, string text, string[] registers, params string[] names)
    {
        var machine = new FetchMachine(Architecture.X64, settings, text, registers);
        using (machine.Machine)
            return string.Join(" | ", machine.Outcomes(names));
    }
}
