using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;
using static RcuEmu.Trampolines.Tests.Loading.PinnedKernels;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>The pinned kernels against figures that were measured on these builds independently of this reader.</summary>
public class KernelImageTests
{
    [Theory]
    [InlineData(Amd64Old, Architecture.X64, "6.1", 87_182)]
    [InlineData(Amd64Middle, Architecture.X64, "6.12", 157_648)]
    [InlineData(Amd64New, Architecture.X64, "7.2", 186_798)]
    [InlineData(Arm64Old, Architecture.Arm64, "6.1", 44_630)]
    [InlineData(Arm64Middle, Architecture.Arm64, "6.12", 115_389)]
    [InlineData(Arm64New, Architecture.Arm64, "7.2", 159_196)]
    public void An_image_says_what_it_is_and_has_all_its_symbols(string abi, Architecture architecture, string series, int symbols)
    {
        KernelImage image = Load(abi);

        Assert.Equal(architecture, image.Architecture);
        Assert.Equal(abi, image.Release);
        Assert.Equal(series, image.Series);
        Assert.Equal(symbols, image.Symbols.Count);
    }

    [Theory]
    [InlineData(Amd64Old, 37_609)]
    [InlineData(Amd64Middle, 43_107 - 622)]
    [InlineData(Amd64New, 46_935 - 640)]
    [InlineData(Arm64Old, 38_491)]
    [InlineData(Arm64Middle, 44_216 - 336)]
    [InlineData(Arm64New, 48_791 - 351)]
    public void Every_callsite_is_found_and_no_zero(string abi, int callsites)
    {
        IReadOnlyList<ulong> entries = Load(abi).Callsites;

        Assert.Equal(callsites, entries.Count);
        Assert.Equal(entries.Order(), entries);
        Assert.NotEqual(0ul, entries[0]);
    }

    [Theory]
    [InlineData(Amd64Old, 35_521, 2_088)]
    [InlineData(Amd64Middle, 40_218, 2_267)]
    [InlineData(Amd64New, 43_859, 2_436)]
    [InlineData(Arm64Old, 36_698, 1_793)]
    [InlineData(Arm64Middle, 41_916, 1_964)]
    [InlineData(Arm64New, 46_256, 2_184)]
    public void Callsites_lie_in_the_text_or_the_init_text(string abi, int inText, int inInitText)
    {
        KernelImage image = Load(abi);
        LoadedSection init = Assert.IsType<LoadedSection>(image.SectionNamed(".init.text"));

        Assert.Equal(inText, image.Callsites.Count(entry => entry >= image.TextStart && entry < image.TextEnd));
        Assert.Equal(inInitText, image.Callsites.Count(init.Contains));
    }

    [Theory]
    [InlineData(Amd64Old, 0, 37_609)]
    [InlineData(Amd64Middle, 35_426, 7_059)]
    [InlineData(Amd64New, 38_474, 7_821)]
    public void An_amd64_callsite_calls_fentry_behind_endbr64_or_first(string abi, int behindEndbr, int first)
    {
        KernelImage image = Load(abi);
        ulong fentry = image.Symbols.AddressOf("__fentry__")!.Value;
        byte[] bytes = new byte[9];
        int counted = 0;
        foreach (ulong entry in image.Callsites)
        {
            Assert.True(image.TryRead(entry - 4, bytes));
            Assert.Equal(0xe8, bytes[4]);
            Assert.Equal(fentry, entry + 5 + (ulong)(long)BitConverter.ToInt32(bytes, 5));
            Assert.Equal(entry, image.PatchAddress(entry));
            counted += BitConverter.ToUInt32(bytes) == 0xfa1e0ff3 ? 1 : 0; // endbr64: SDM Vol. 2A, "ENDBR64"
        }

        Assert.Equal((behindEndbr, first), (counted, image.Callsites.Count - counted));
    }

    [Theory]
    [InlineData(Arm64Old, false, 4)]
    [InlineData(Arm64Middle, true, 12)]
    [InlineData(Arm64New, true, 12)]
    public void An_arm64_callsite_is_two_nops_and_the_second_is_patched(string abi, bool literals, int distance)
    {
        KernelImage image = Load(abi);

        Assert.Equal(literals, image.CallsitesHaveLiterals);
        foreach (ulong entry in image.Callsites)
        {
            for (ulong word = entry; word < entry + (literals ? 16u : 8u); word += 4)
                Assert.True(image.TryReadUInt32(word, out uint value) && value == 0xd503201f, $"0x{word:x}");

            Assert.Equal(entry + (ulong)distance, image.PatchAddress(entry));
        }
    }

    [Theory]
    [InlineData(Amd64Old, 0x67, 0x7e, 0xc2)]
    [InlineData(Amd64Middle, 0x74, 0x94, 0xd8)]
    [InlineData(Amd64New, 0x70, 0x90, 0xd4)]
    public void The_labels_of_ftrace_caller_are_where_the_assembler_put_them(string abi, int opPtr, int call, int end)
    {
        KernelSymbols symbols = Load(abi).Symbols;
        ulong start = symbols.AddressOf("ftrace_caller")!.Value;

        Assert.Equal(start + (ulong)opPtr, symbols.AddressOf("ftrace_caller_op_ptr"));
        Assert.Equal(start + (ulong)call, symbols.AddressOf("ftrace_call"));
        Assert.Equal(start + (ulong)end, symbols.AddressOf("ftrace_caller_end"));
    }

    [Theory]
    [InlineData(Amd64Old, 0x58, 0xc3, 0x115, 0x147)]
    [InlineData(Amd64Middle, 0x65, 0xd9, 0x12b, 0x15d)]
    [InlineData(Amd64New, 0x61, 0xd5, 0x127, 0x159)]
    public void The_labels_of_ftrace_regs_caller_are_where_the_assembler_put_them(string abi, int opPtr, int call, int jump, int end)
    {
        KernelSymbols symbols = Load(abi).Symbols;
        ulong start = symbols.AddressOf("ftrace_regs_caller")!.Value;

        Assert.Equal(start + (ulong)opPtr, symbols.AddressOf("ftrace_regs_caller_op_ptr"));
        Assert.Equal(start + (ulong)call, symbols.AddressOf("ftrace_regs_call"));
        Assert.Equal(start + (ulong)jump, symbols.AddressOf("ftrace_regs_caller_jmp"));
        Assert.Equal(start + (ulong)end, symbols.AddressOf("ftrace_regs_caller_end"));
    }

    [Theory]
    [InlineData(Arm64Old, 64)]
    [InlineData(Arm64Middle, 156)]
    [InlineData(Arm64New, 156)]
    public void An_arm64_ftrace_caller_ends_where_its_last_instruction_does(string abi, int size)
    {
        Assert.True(Load(abi).Symbols.TryFind("ftrace_caller", out KernelSymbol symbol));
        Assert.InRange((int)symbol.Size, size, size + 60); // padding up to the next symbol belongs to the distance
    }

    // __per_cpu_start and the per-CPU segment's physical address: readelf -l on the unpacked ELF file.
    [Theory]
    [InlineData(Amd64Old, 0ul, 0x34000ul, 0xffffffff83018000ul)]
    [InlineData(Amd64Middle, 0ul, 0x39000ul, 0xffffffff832f4000ul)]
    [InlineData(Amd64New, 0xffffffff83da5000ul, 0xffffffff83dda000ul, 0xffffffff83da5000ul)]
    public void The_per_cpu_template_is_placed_where_boot_puts_it(string abi, ulong start, ulong end, ulong placed)
    {
        KernelImage image = Load(abi);

        Assert.Equal(new PerCpuPlacement(start, end, placed), image.PerCpu);
        Assert.Equal(placed, image.SectionNamed(".data..percpu")!.Address);
        Assert.True(image.TryReadUInt64(image.Symbols.AddressOf("__per_cpu_offset")!.Value, out ulong offsetOfCpu0));
        Assert.Equal(image.PerCpu!.Base, offsetOfCpu0); // the linker script put it there
    }

    [Theory]
    [InlineData(Amd64Middle)]
    [InlineData(Arm64Middle)]
    [InlineData(Arm64New)]
    public void Text_is_executable_and_not_writable_and_data_the_reverse(string abi)
    {
        KernelImage image = Load(abi);
        SectionRights RightsAt(string symbol) => image.SectionAt(image.Symbols.AddressOf(symbol)!.Value)!.Rights;

        Assert.Equal(SectionRights.Read | SectionRights.Execute, RightsAt("schedule"));
        Assert.Equal(SectionRights.Read | SectionRights.Execute, RightsAt("start_kernel"));
        Assert.Equal(SectionRights.Read | SectionRights.Write, RightsAt("init_task"));
        Assert.Equal(SectionRights.Read, RightsAt("linux_banner"));
        Assert.True(image.IsCode(image.TextStart));
        Assert.False(image.IsCode(image.TextEnd));
    }

    // init_task's thread_info or stack pointer is a relocated pointer; arm64 6.1 has 0 in the file there.
    [Fact]
    public void An_arm64_image_with_plain_relocations_gets_its_pointers()
    {
        KernelImage image = Load(Arm64Old);

        Assert.Equal(0xffff800008010000ul, image.TextStart);
        Assert.Equal(0xffff800008000000ul, image.Sections[0].Address);
        Assert.All(image.Callsites.Take(100), entry => Assert.True(image.IsCode(entry)));
    }

    [Fact]
    public void An_address_is_named_by_the_symbol_it_belongs_to()
    {
        KernelSymbols symbols = Load(Amd64Middle).Symbols;
        ulong schedule = symbols.AddressOf("schedule")!.Value;

        Assert.Equal("schedule", symbols.Describe(schedule));
        Assert.Equal("schedule+0x7", symbols.Describe(schedule + 7));
        Assert.Equal("0xffffffffffff0000", symbols.Describe(0xffffffffffff0000));
        Assert.Null(symbols.AddressOf("no_such_function"));
        Assert.Empty(symbols.FindAll("no_such_function"));
    }

    [Fact]
    public void Symbols_that_share_a_name_are_all_kept()
    {
        KernelSymbols symbols = Load(Amd64Middle).Symbols;
        IReadOnlyList<KernelSymbol> found = symbols.FindAll("cleanup_module");
        IReadOnlyList<KernelSymbol> shared = symbols.FindAll("__func__.0");

        Assert.Empty(found);
        Assert.True(shared.Count > 10);
        Assert.Equal(shared.OrderBy(symbol => symbol.Address), shared);
        Assert.Equal(shared.Count, Enumerable.Range(0, symbols.Count).Count(i => symbols[i].Name == "__func__.0"));
    }

    [Fact]
    public void The_configuration_beside_the_image_is_read()
    {
        KernelConfig config = Load(Amd64Middle).Config!;

        Assert.True(config.IsSet("CONFIG_TASKS_RCU"));
        Assert.True(config.IsSet("PREEMPT_DYNAMIC"));
        Assert.Null(config["CONFIG_PREEMPT_LAZY"]);
        Assert.Equal("250", config["HZ"]);
        Assert.Equal("8192", config["CONFIG_NR_CPUS"]);
    }
}
