using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.PinnedKernels;

namespace RcuEmu.Trampolines.Tests.Loading;

public class OrcTableTests
{
    [Theory]
    [InlineData(Amd64Old, 367_614)]
    [InlineData(Amd64Middle, 433_529)]
    [InlineData(Amd64New, 392_677)]
    public void Every_rule_is_read_in_address_order(string abi, int count)
    {
        KernelImage image = Load(abi);
        OrcTable table = OrcTable.Read(image)!;

        Assert.Equal(count, table.Count);
        ulong before = image.TextStart;
        for (int i = 0; i < table.Count; i++)
        {
            OrcRule rule = table[i];
            Assert.True(rule.Address >= before && (image.SectionAt(rule.Address) ?? image.SectionAt(rule.Address - 1)) is not null, $"0x{rule.Address:x}");
            Assert.True(rule.BpRegister is OrcRegister.Undefined or OrcRegister.PreviousSp or OrcRegister.Bp, $"{rule}"); // objtool makes no other
            before = rule.Address;
        }
    }

    // What the bytes of a function's start say by themselves: at a callsite only the return address is on the stack, and
    // behind a push of rbp (0x55) two words are, of which the lower is the caller's rbp.
    [Theory]
    [InlineData(Amd64Old)]
    [InlineData(Amd64Middle)]
    [InlineData(Amd64New)]
    public void Rules_agree_with_the_bytes_at_the_start_of_functions(string abi)
    {
        KernelImage image = Load(abi);
        OrcTable table = OrcTable.Read(image)!;
        int pushes = 0, unknown = 0;
        byte[] code = new byte[6];
        foreach (ulong entry in image.Callsites.Where(entry => entry < image.TextEnd))
        {
            OrcRule rule = table.Find(entry)!.Value;
            if (rule.Type == OrcType.Undefined && ++unknown <= 3)
                continue; // machine_real_restart and the like, which objtool is told to leave alone

            Assert.Equal((OrcRegister.Sp, 8, OrcRegister.Undefined, OrcType.Call), (rule.SpRegister, rule.SpOffset, rule.BpRegister, rule.Type));
            if (!image.TryRead(entry, code) || code[5] != 0x55)
                continue;

            OrcRule pushed = table.Find(entry + 6)!.Value;
            Assert.Equal((OrcRegister.Sp, 16), (pushed.SpRegister, pushed.SpOffset));
            Assert.Equal((OrcRegister.PreviousSp, -16), (pushed.BpRegister, pushed.BpOffset));
            pushes++;
        }

        Assert.True(pushes > 1000, $"{pushes} functions begin with a push of rbp");
    }

    // UNWIND_HINT_END_OF_STACK and UNWIND_HINT_REGS in arch/x86/entry/entry_64.S: ret_from_fork_asm begins without a caller.
    [Theory]
    [InlineData(Amd64Old, "ret_from_fork")]
    [InlineData(Amd64Middle, "ret_from_fork_asm")]
    [InlineData(Amd64New, "ret_from_fork_asm")]
    public void A_tasks_first_frame_is_the_last(string abi, string symbol)
    {
        KernelImage image = Load(abi);
        OrcTable table = OrcTable.Read(image)!;
        ulong address = image.Symbols.AddressOf(symbol)!.Value;

        Assert.Equal(OrcType.EndOfStack, table.Find(address)!.Value.Type);
        Assert.Null(table.Find(0));
    }

    [Fact]
    public void An_arm64_kernel_has_none() => Assert.Null(OrcTable.Read(Load(Arm64Middle)));
}
