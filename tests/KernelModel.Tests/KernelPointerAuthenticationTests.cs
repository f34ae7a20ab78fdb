using System.Text;
using RcuEmu.Emulator.Cores;
using RcuEmu.Isa.Arm64;
using RcuEmu.KernelModel.Images;

namespace RcuEmu.KernelModel.Tests;

/// <summary>
/// Functions of real arm64 kernels, which sign their return addresses (CONFIG_ARM64_PTR_AUTH_KERNEL), on cores with and without
/// pointer authentication: the same value by the same number of instructions.
/// </summary>
public class KernelPointerAuthenticationTests
{
    public static TheoryData<string> Kernels() => ["arm64/6.1.0-50", "arm64/6.12.107+deb13", "arm64/7.2.13+deb14"];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_function_that_signs_its_return_address_runs_the_same(string kernel)
    {
        CallResult off = Print(kernel, A64PointerAuthentication.None, out string text, out bool signs);
        Assert.Equal("7|grace", text);
        Assert.True(signs, "vsnprintf has no PACIASP");
        foreach (A64PointerAuthentication kind in (A64PointerAuthentication[])[A64PointerAuthentication.PAuth, A64PointerAuthentication.FpacCombine])
        {
            Assert.Equal(off, Print(kernel, kind, out text, out _));
            Assert.Equal("7|grace", text);
        }
    }

    // vsnprintf(line, 64, "%d|%s", 7, "grace").
    private static CallResult Print(string kernel, A64PointerAuthentication kind, out string text, out bool signs)
    {
        using KernelCode code = KernelFunctionTests.Load(kernel);
        if (kind != A64PointerAuthentication.None)
            code.Machine.UseFeatures(new CoreFeatures { PointerAuthentication = kind });

        ulong line = code.Take(64), format = code.Take(64), va = code.Take(64), stack = code.Take(64), word = code.Take(32);
        code.Write(va, 8, stack);
        code.Write(word, "grace"u8);
        code.Write(stack, 8, 7);
        code.Write(stack + 8, 8, word);
        code.Write(format, "%d|%s"u8);
        if (kind != A64PointerAuthentication.None)
            SetKey(code);

        CallResult result = code.Call("vsnprintf", line, 64, format, va);
        Assert.True(result.Returned, $"{result.Event} at {result.Address:x}");
        byte[] bytes = [.. Enumerable.Range(0, (int)result.Value).Select(i => (byte)code.Read(line + (ulong)i, 1))];
        text = Encoding.ASCII.GetString(bytes);
        ulong function = code.Address("vsnprintf");
        signs = Enumerable.Range(0, 8).Any(i => code.Read(function + (ulong)(4 * i), 4) == 0xd503233f);
        return result;
    }

    private static void SetKey(KernelCode code)
    {
        var core = code.Machine.Cores[0];
        Assert.True(code.Machine.Engine.WriteSystem(core, "apiakeylo_el1", 0x1357_9bdf_0246_8ace));
        Assert.True(code.Machine.Engine.WriteSystem(core, "apiakeyhi_el1", 0xfdb9_7531_eca8_6420));
    }
}
