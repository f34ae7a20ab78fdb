using RcuEmu.Isa;
using RcuEmu.Isa.Text;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tracing;

/// <summary>The callsite of one function of a kernel image, and what patching it to <c>ftrace_caller</c> writes.</summary>
/// <param name="Function">The function.</param>
/// <param name="Callsite">The instruction that ftrace patches (<c>rec->ip</c>).</param>
/// <param name="Behind">The first instruction behind it.</param>
internal sealed record FunctionCallsite(KernelSymbol Function, ulong Callsite, ulong Behind)
{
    private const int CallBytes = 5;
    private const int WordBytes = 4;
    private const int LiteralBytes = 8;

    /// <summary>Finds the callsite of the first function of this name that has one.</summary>
    public static FunctionCallsite Find(KernelImage image, string function)
    {
        IReadOnlyList<KernelSymbol> named = image.Symbols.FindAll(function);
        if (named.Count == 0)
        {
            string nearest = NearestName.Of(function, Names(image)) is { } name ? $"; did you mean {name}?" : "";
            throw new UserErrorException($"{image.FileName}: no function '{function}'{nearest}");
        }

        bool isArm = image.Architecture == Architecture.Arm64;
        foreach (KernelSymbol symbol in named)
        {
            if (CallsiteIn(image, symbol) is { } ip)
                return new FunctionCallsite(symbol, ip, ip + (ulong)(isArm ? WordBytes : CallBytes));
        }

        throw new UserErrorException(
            $"{image.FileName}: '{function}' has no callsite: it is notrace, or inlined everywhere; 'rcuemu kernel callsites' lists those that have");
    }

    /// <summary>
    /// What ftrace writes when it makes the callsite call <c>ftrace_caller</c>. x86-64: arch/x86/kernel/ftrace.c (6.12):
    /// ftrace_make_call(). arm64: arch/arm64/kernel/ftrace.c (6.12): ftrace_init_nop(), ftrace_make_call(); with a literal it
    /// points to an ops whose func is <c>ftrace_stub</c>.
    /// </summary>
    public IEnumerable<(ulong Address, byte[] Bytes)> Patches(KernelImage image)
    {
        ulong target = Address(image, "ftrace_caller");
        if (image.Architecture == Architecture.X64)
        {
            long displacement = unchecked((long)(target - Behind));
            yield return (Callsite, [0xe8, .. BitConverter.GetBytes(checked((int)displacement))]);
            yield break;
        }

        if (image.CallsitesHaveLiterals)
            yield return (Function.Address - LiteralBytes, BitConverter.GetBytes(StubOps(image)));

        yield return (Callsite - WordBytes, BitConverter.GetBytes(0xaa1e03e9)); // mov x9, x30
        yield return (Callsite, BitConverter.GetBytes(0x94000000 | ((uint)((long)(target - Callsite) >> 2) & 0x03ffffff))); // bl
    }

    private static ulong? CallsiteIn(KernelImage image, KernelSymbol symbol)
    {
        // The entry lies 8 bytes before an arm64 function with a literal, and behind the ENDBR64 of an x86-64 one.
        int low = 0, high = image.Callsites.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (image.Callsites[middle] < symbol.Address - LiteralBytes)
                low = middle + 1;
            else
                high = middle;
        }

        for (int i = low; i < image.Callsites.Count && image.Callsites[i] < symbol.Address + Math.Min(symbol.Size, 16); i++)
        {
            ulong ip = image.PatchAddress(image.Callsites[i]);
            if (ip >= symbol.Address && ip < symbol.Address + symbol.Size)
                return ip;
        }

        return null;
    }

    private static ulong StubOps(KernelImage image)
    {
        ulong stub = Address(image, "ftrace_stub");
        foreach (string name in (string[])["ftrace_nop_ops", "ftrace_list_end"])
        {
            if (image.Symbols.AddressOf(name) is { } ops && image.TryReadUInt64(ops, out ulong func) && func == stub)
                return ops;
        }

        throw new UserErrorException($"{image.FileName}: neither ftrace_nop_ops nor ftrace_list_end calls ftrace_stub");
    }

    private static ulong Address(KernelImage image, string symbol) => image.Symbols.AddressOf(symbol)
        ?? throw new UserErrorException($"{image.FileName}: no symbol {symbol}: built without DYNAMIC_FTRACE?");

    private static IEnumerable<string> Names(KernelImage image)
    {
        foreach (ulong entry in image.Callsites)
        {
            if (image.Symbols.TryFindAt(image.PatchAddress(entry), out KernelSymbol symbol))
                yield return symbol.Name;
        }
    }
}
