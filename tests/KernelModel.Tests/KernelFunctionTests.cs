using System.Globalization;
using System.Text;
using RcuEmu.KernelModel.Images;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// Library functions of real kernels, executed from the image and compared with what C and the standards say they return. Random
/// inputs come from a fixed seed.
/// </summary>
public class KernelFunctionTests
{
    public static TheoryData<string> Kernels() =>
        ["amd64/6.1.0-50", "amd64/6.12.107+deb13", "amd64/7.2.13+deb14", "arm64/6.1.0-50", "arm64/6.12.107+deb13", "arm64/7.2.13+deb14"];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernels_memory_functions_do_what_c_says(string kernel)
    {
        using KernelCode code = Load(kernel);
        ulong source = code.Take(4096), target = code.Take(4096);
        var random = new Random(1);
        var start = code.Mark();
        foreach (int length in (int[])[0, 1, 7, 8, 15, 16, 17, 31, 63, 64, 65, 127, 128, 129, 255, 1000])
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            int skew = random.Next(16);
            code.Write(source, bytes);

            Call(code, "memcpy", target + (ulong)skew, source, (ulong)length);
            Assert.Equal(bytes, Bytes(code, target + (ulong)skew, length));
            Assert.Equal(0ul, code.Read(target + (ulong)(skew + length), 1));

            // Overlapping, both ways.
            Call(code, "memmove", source + 5, source, (ulong)length);
            Assert.Equal(bytes, Bytes(code, source + 5, length));
            Call(code, "memmove", source + 2, source + 5, (ulong)length);
            Assert.Equal(bytes, Bytes(code, source + 2, length));

            Call(code, "memset", target, 0x1a5, (ulong)length);
            Assert.Equal(Enumerable.Repeat((byte)0xa5, length), Bytes(code, target, length));
            Assert.Equal(0ul, Call(code, "memcmp", target, target, (ulong)length));
            code.UndoTo(start);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernels_string_functions_do_what_c_says(string kernel)
    {
        using KernelCode code = Load(kernel);
        ulong a = code.Take(256), b = code.Take(256), table = code.Take(1024);
        code.Write(a, Encoding.ASCII.GetBytes("ftrace_caller"));
        code.Write(b, Encoding.ASCII.GetBytes("ftrace_regs_caller"));
        Assert.Equal(13ul, Call(code, "strlen", a));
        Assert.True((int)Call(code, "strcmp", a, b) < 0);
        Assert.Equal(0, (int)Call(code, "strncmp", a, b, 7));

        // sort() and bsearch() with strcmp() as the comparison: 8-byte strings.
        string[] words = ["rude", "tasks", "trace", "rcu", "srcu", "poke", "int3", "nop5", "call", "ops", "text", "grace"];
        for (int i = 0; i < words.Length; i++)
            code.Write(table + (ulong)(8 * i), Encoding.ASCII.GetBytes(words[i]));

        Call(code, "sort", table, (ulong)words.Length, 8, code.Address("strcmp"), 0);
        string[] sorted = [.. words.Order(StringComparer.Ordinal)];
        Assert.Equal(sorted, Enumerable.Range(0, words.Length).Select(i => Text(code, table + (ulong)(8 * i), 8)));
        code.Write(a, "text\0"u8);
        Assert.Equal(
            table + (ulong)(8 * Array.IndexOf(sorted, "text")),
            Call(code, "bsearch", a, table, (ulong)words.Length, 8, code.Address("strcmp")));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernels_hex_dump_and_printf_write_what_c_would(string kernel)
    {
        using KernelCode code = Load(kernel);
        ulong bytes = code.Take(64), line = code.Take(256), format = code.Take(64), va = code.Take(64), stack = code.Take(64), word = code.Take(32);
        code.Write(bytes, [.. Enumerable.Range(0, 16).Select(i => (byte)(i * 17))]);
        Call(code, "hex_dump_to_buffer", bytes, 16, 16, 1, line, 256, 0);
        Assert.Equal("00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff", Text(code, line, 256));

        // va_list with everything in the overflow area: System V AMD64 ABI 3.5.7 "The va_list Type"; AAPCS64, "The va_list type".
        bool isX64 = code.Image.Architecture == Isa.Architecture.X64;
        code.Write(va, 8, isX64 ? 48ul | (304ul << 32) : stack);
        code.Write(va + 8, 8, isX64 ? stack : 0);
        code.Write(word, "grace"u8);
        long[] values = [-42, 0x7fff_1234_5678_9abc, (long)word, 'x'];
        for (int i = 0; i < values.Length; i++)
            code.Write(stack + (ulong)(8 * i), 8, (ulong)values[i]);

        code.Write(format, Encoding.ASCII.GetBytes("%d|%016llx|%-7s|%c|%%"));
        ulong length = Call(code, "vsnprintf", line, 256, format, va);

        string expected = string.Create(CultureInfo.InvariantCulture, $"{-42}|{0x7fff_1234_5678_9abc:x16}|grace  |x|%");
        Assert.Equal(expected, Text(code, line, 256));
        Assert.Equal((ulong)expected.Length, length);
    }

    // CRC-32 (IEEE 802.3) of "123456789" is 0xcbf43926, the check value of every catalogue of CRCs.
    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernels_crc32_has_the_standard_check_value(string kernel)
    {
        using KernelCode code = Load(kernel);
        string? name = ((string[])["crc32_le", "crc32_le_base", "crc32_le_arch"]).FirstOrDefault(name => code.Image.Symbols.AddressOf(name) is not null);
        Assert.SkipWhen(name is null, "this kernel keeps crc32 in a module");
        ulong text = code.Take(16);
        code.Write(text, "123456789"u8);

        Assert.Equal(0xcbf43926u, ~(uint)Call(code, name!, uint.MaxValue, text, 9));
    }

    [Theory]
    [InlineData("arm64/6.1.0-50")]
    [InlineData("arm64/6.12.107+deb13")]
    [InlineData("arm64/7.2.13+deb14")]
    public void The_kernels_own_branch_encoder_agrees_with_ours(string kernel)
    {
        using KernelCode code = Load(kernel);
        foreach (long distance in (long[])[4, -4, 0x7fffffc, -0x8000000, 0x12340])
        {
            ulong from = 0xffff800080100000, to = from + (ulong)distance;
            Assert.Equal(Trampolines.Library.A64Library.Bl(from, to), (uint)Call(code, "aarch64_insn_gen_branch_imm", from, to, 1));
        }
    }

    internal static KernelCode Load(string kernel)
    {
        Images.SkipWithout(kernel);
        return new KernelCode(KernelImage.Load(KernelCache.Default.Resolve(kernel)));
    }

    private static ulong Call(KernelCode code, string function, params ReadOnlySpan<ulong> arguments)
    {
        CallResult result = code.Call(function, arguments);
        Assert.True(result.Returned, $"{function} stopped at {code.Image.Symbols.Describe(result.Address)}: {result.Event}");
        return result.Value;
    }

    private static byte[] Bytes(KernelCode code, ulong address, int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)code.Read(address + (ulong)i, 1))];

    private static string Text(KernelCode code, ulong address, int most) =>
        Encoding.ASCII.GetString([.. Bytes(code, address, most).TakeWhile(b => b != 0)]);
}
