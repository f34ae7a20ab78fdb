using System.Buffers.Binary;
using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.PinnedKernels;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>Structure offsets of the pinned kernels. The figures were measured on these builds independently of this reader.</summary>
public class BtfTypesTests
{
    private static readonly string[] Columns = [Amd64Old, Amd64Middle, Amd64New, Arm64Old, Arm64Middle, Arm64New];

    [Theory]
    [InlineData("task_struct", "__state", "24 24 24 24 24 32")]
    [InlineData("task_struct", "on_rq", "104 104 53 104 104 61")]
    [InlineData("task_struct", "nvcsw", "2760 2760 3136 1696 1704 2144")]
    [InlineData("task_struct", "rcu_tasks_nvcsw", "2072 2080 2464 - - 1472")]
    [InlineData("task_struct", "rcu_tasks_holdout", "2080 2088 2472 - - 1480")]
    [InlineData("task_struct", "rcu_tasks_idx", "2081 2089 2473 - - 1481")]
    [InlineData("task_struct", "rcu_tasks_idle_cpu", "2084 2092 2476 - - 1484")]
    [InlineData("task_struct", "rcu_tasks_holdout_list", "2088 2096 2480 - - 1488")]
    [InlineData("task_struct", "rcu_tasks_exit_cpu", "- 2112 2496 - - 1504")]
    [InlineData("task_struct", "rcu_tasks_exit_list", "- 2120 2504 - - 1512")]
    [InlineData("task_struct", "trace_recursion", "5080 5072 5552 2824 2832 3368")]
    [InlineData("ftrace_ops", "func", "0 0 0 0 0 0")]
    [InlineData("ftrace_ops", "flags", "16 16 16 16 16 16")]
    [InlineData("ftrace_ops", "trampoline", "144 144 128 144 144 128")]
    [InlineData("ftrace_ops", "direct_call", "- 208 192 - 208 192")]
    [InlineData("dyn_ftrace", "ip", "0 0 0 0 0 0")]
    [InlineData("dyn_ftrace", "flags", "8 8 8 8 8 8")]
    public void A_member_has_its_offset_or_does_not_exist(string structure, string member, string offsets) =>
        AssertColumns(offsets, types => types.OffsetOf(structure, member));

    [Theory]
    [InlineData("task_struct", "9728 9792 6080 4160 4736 4736")]
    [InlineData("ftrace_ops", "184 216 200 184 216 200")]
    [InlineData("pt_regs", "168 168 168 336 336 320")]
    [InlineData("rcu_tasks", "296 328 312 296 328 312")]
    [InlineData("no_such_struct", "- - - - - -")]
    public void A_structure_has_its_size_or_does_not_exist(string structure, string sizes) =>
        AssertColumns(sizes, types => types.StructSize(structure));

    [Theory]
    [InlineData(Amd64Old, "text_poke_loc", 16)]
    [InlineData(Amd64Middle, "text_poke_loc", 16)]
    [InlineData(Amd64New, "smp_text_poke_loc", 16)]
    [InlineData(Arm64Middle, "__arch_ftrace_regs", 112)]
    [InlineData(Arm64New, "__arch_ftrace_regs", 112)]
    public void A_structure_of_some_kernels_has_its_size(string abi, string structure, int size) =>
        Assert.Equal(size, Load(abi).Btf!.StructSize(structure));

    [Theory]
    [InlineData("direct_tramp", 72)]
    [InlineData("fp", 80)]
    [InlineData("lr", 88)]
    [InlineData("sp", 96)]
    [InlineData("pc", 104)]
    public void The_arm64_register_block_is_laid_out_as_its_trampoline_writes_it(string member, int offset)
    {
        Assert.Equal(offset, Load(Arm64Middle).Btf!.OffsetOf("__arch_ftrace_regs", member));
        Assert.Equal(offset, Load(Arm64New).Btf!.OffsetOf("__arch_ftrace_regs", member));
    }

    [Theory]
    [InlineData(Amd64Old)]
    [InlineData(Amd64New)]
    [InlineData(Arm64Middle)]
    public void Enumerators_functions_and_nested_members_are_read(string abi)
    {
        BtfTypes types = Load(abi).Btf!;

        Assert.Equal(3, types.EnumValue("SYSTEM_RUNNING")); // include/linux/kernel.h: enum system_states
        Assert.Contains(KeyValuePair.Create("SYSTEM_BOOTING", 0L), types.EnumValues("system_states")!);
        BtfFunction schedule = types.FindFunction("schedule")!;
        Assert.Equal(("void", 0), (schedule.ReturnType, schedule.Parameters.Count));
        BtfFunction wake = types.FindFunction("wake_up_process")!;
        Assert.Equal(("int", "struct task_struct *"), (wake.ReturnType, wake.Parameters[0].Type));
        Assert.Equal(types.OffsetOf("task_struct", "se") + types.OffsetOf("sched_entity", "load"), types.OffsetOf("task_struct", "se.load"));
        Assert.Null(types.OffsetOf("task_struct", "__state.x"));
        Assert.Equal(0, types.OffsetOf("list_head", "next"));
    }

    // By hand from Documentation/bpf/btf.rst: int (kind 1), an anonymous union of it, a structure around both.
    [Fact]
    public void A_small_blob_by_hand_is_read()
    {
        BtfTypes types = BtfTypes.Parse("hand.btf", SmallBlob());

        Assert.Equal(4, types.Count);
        Assert.Equal(12, types.StructSize("outer"));
        Assert.Equal(8, types.OffsetOf("outer", "inner"));
        Assert.Equal([("first", "int", 0, 4), ("", "union {…}", 8, 4)], types.MembersOf("outer")!.Select(m => (m.Name, m.Type, m.Offset, m.Size)));
    }

    [Fact]
    public void A_damaged_blob_is_one_line_with_an_offset()
    {
        byte[] blob = SmallBlob();
        blob[24 + 7] = 31; // the first type's kind
        Assert.Equal("hand.btf, offset 0x1c: BTF kind 31: kinds 1 to 19 are known", Assert.Throws<UserErrorException>(() => BtfTypes.Parse("hand.btf", blob)).Message);
        Assert.Throws<UserErrorException>(() => BtfTypes.Parse("hand.btf", blob.AsMemory(0, 30)));
        Assert.Throws<UserErrorException>(() => BtfTypes.Parse("hand.btf", default));
    }

    /// <summary>24 bytes of header, 76 of types, then the strings.</summary>
    internal static byte[] SmallBlob()
    {
        byte[] strings = [.. "\0int\0outer\0first\0inner\0"u8];
        uint[] words =
        [
            0x0001eb9f, 24, 0, 76, 76, (uint)strings.Length,
            1, 1u << 24, 4, 32 | (1 << 24),             // [1] int, 32 bits, signed
            0, (5u << 24) | 1, 4, 17, 1, 0,             // [2] union { int inner; }
            5, (4u << 24) | 2, 12, 11, 1, 0, 0, 2, 64,  // [3] struct outer { int first; [2] at bit 64 }
        ];
        byte[] blob = new byte[words.Length * 4 + strings.Length];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(4 * i), words[i]);
        strings.CopyTo(blob, words.Length * 4);
        return blob;
    }

    private static void AssertColumns(string expected, Func<BtfTypes, int?> measure)
    {
        string[] words = expected.Split(' ');
        for (int i = 0; i < Columns.Length; i++)
            Assert.Equal($"{Columns[i]}: {words[i]}", $"{Columns[i]}: {measure(Load(Columns[i]).Btf!)?.ToString() ?? "-"}");
    }
}
