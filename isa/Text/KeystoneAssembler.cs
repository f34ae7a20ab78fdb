using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RcuEmu.Isa.Text;

/// <summary>
/// The Keystone engine, where its library (<c>libkeystone</c>) is on the machine: an assembler that shares no code with ours.
/// It takes Intel syntax for x86-64 and knows labels and some directives. It tells neither where labels lie nor in which line an
/// error is: <see cref="AssembledCode.Labels"/> and <see cref="AssembledCode.Lines"/> stay empty, and errors name statements.
/// </summary>
public sealed class KeystoneAssembler : IAssembler
{
    [ThreadStatic]
    private static IReadOnlyDictionary<string, ulong>? _symbols;

    /// <summary>Makes the assembler.</summary>
    /// <exception cref="UserErrorException">The library is not on this machine.</exception>
    public KeystoneAssembler()
    {
        if (!IsAvailable)
        {
            throw new UserErrorException(
                "found no libkeystone.so on this machine; expected one in the loader's path: build Keystone (keystone-engine.org) "
                + "or unpack the wheel keystone-engine and set LD_LIBRARY_PATH, or use the embedded assembler");
        }
    }

    /// <summary>True if the library can be loaded.</summary>
    public static bool IsAvailable => KeystoneNative.IsAvailable;

    /// <inheritdoc/>
    public string Name => "keystone";

    /// <inheritdoc/>
    public AssembledCode Assemble(
        Architecture architecture,
        string text,
        ulong address,
        IReadOnlyDictionary<string, ulong>? symbols = null,
        string fileName = "<text>")
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > SourceText.MaxLength)
            throw new AssemblyException(fileName, 1, 1, $"a text of {text.Length} characters", $"at most {SourceText.MaxLength}");
        nint engine = Open(architecture);
        _symbols = symbols;
        try
        {
            byte[] bytes = KeystoneNative.Assemble(engine, text, address, out nuint statements)
                ?? throw Refused(engine, fileName, statements);
            return new AssembledCode(address, bytes, new Dictionary<string, ulong>(), []);
        }
        finally
        {
            _symbols = null;
            KeystoneNative.Close(engine);
        }
    }

    private static unsafe nint Open(Architecture architecture)
    {
        (int arch, int mode) = architecture == Architecture.Arm64
            ? (KeystoneNative.ArchArm64, KeystoneNative.ModeLittleEndian)
            : (KeystoneNative.ArchX86, KeystoneNative.Mode64);
        int error = KeystoneNative.Open(arch, mode, out nint engine);
        if (error != 0)
            throw new UserErrorException($"found a libkeystone without {architecture} ({KeystoneNative.Describe(error)}); expected one built with it");
        if (architecture == Architecture.X64)
            KeystoneNative.Option(engine, KeystoneNative.OptionSyntax, KeystoneNative.SyntaxIntel);
        delegate* unmanaged[Cdecl]<nint, ulong*, byte> resolver = &Resolve;
        KeystoneNative.Option(engine, KeystoneNative.OptionSymbolResolver, (nuint)resolver);
        return engine;
    }

    private static AssemblyException Refused(nint engine, string fileName, nuint statements) =>
        new($"{fileName}: found an error behind statement {statements} ({KeystoneNative.Describe(KeystoneNative.Error(engine))}); expected text that Keystone assembles");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe byte Resolve(nint name, ulong* value)
    {
        if (_symbols is null || !_symbols.TryGetValue(Marshal.PtrToStringUTF8(name) ?? "", out ulong found))
            return 0;
        *value = found;
        return 1;
    }
}
