using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>Registers read for an address, read for data, and written. By hand from the manual's pseudocode.</summary>
public sealed class A64RolesTests
{
    [Theory]
    [InlineData("ldr x1, [x2, x3]", new[] { 2, 3 }, new int[0], new[] { 1 })]
    [InlineData("str x1, [x2, #8]!", new[] { 2 }, new[] { 1 }, new[] { 2 })]
    [InlineData("ldp x1, x3, [sp], #16", new[] { 31 }, new int[0], new[] { 1, 3, 31 })]
    [InlineData("add x1, x2, x3", new int[0], new[] { 2, 3 }, new[] { 1 })]
    [InlineData("add x1, sp, w3, uxtw", new int[0], new[] { 31, 3 }, new[] { 1 })]
    [InlineData("movk x1, #1", new int[0], new[] { 1 }, new[] { 1 })]
    [InlineData("cmp x1, xzr", new int[0], new[] { 1 }, new int[0])]
    [InlineData("stxr w1, x2, [x3]", new[] { 3 }, new[] { 2 }, new[] { 1 })]
    [InlineData("cas x1, x2, [x3]", new[] { 3 }, new[] { 1, 2 }, new[] { 1 })]
    [InlineData("ldadd x1, x2, [x3]", new[] { 3 }, new[] { 1 }, new[] { 2 })]
    [InlineData("blr x4", new[] { 4 }, new int[0], new[] { 30 })]
    [InlineData("ret", new[] { 30 }, new int[0], new int[0])]
    [InlineData("bl #4", new int[0], new int[0], new[] { 30 })]
    public void An_instruction_says_what_it_reads_and_writes(string statement, int[] address, int[] data, int[] writes)
    {
        Assert.True(A64Assembler.TryAssemble(statement, 0, _ => null, out uint word, out string? error, out _), error);

        A64Roles roles = A64Decoder.Find(word)!.Roles(word);

        Assert.Equal((Mask(address), Mask(data), Mask(writes)), (roles.AddressReads, roles.DataReads, roles.Writes));
    }

    private static uint Mask(int[] slots) => slots.Aggregate(0u, (mask, slot) => mask | (1u << slot));
}
