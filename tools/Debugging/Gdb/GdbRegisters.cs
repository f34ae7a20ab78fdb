using System.Globalization;
using System.Text;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Gdb;

/// <summary>One register as gdb numbers them.</summary>
/// <param name="Name">gdb's name.</param>
/// <param name="Bits">32, 64 or 80.</param>
/// <param name="Type">gdb's type, or null for a plain integer.</param>
/// <param name="Feature">The feature that it belongs to.</param>
internal sealed record GdbRegister(string Name, int Bits, string? Type, string Feature)
{
    /// <summary>Bytes in a <c>g</c> packet.</summary>
    public int Bytes => Bits / 8;
}

/// <summary>
/// The registers of an architecture in the order of the <c>g</c> packet, their description for gdb, and their values.
/// </summary>
/// <remarks>
/// GDB manual, "AArch64 Features", "i386 Features". Without the x87 registers gdb refuses an x86-64 description; they are not
/// modelled and read as 0. Left out: vector registers (org.gnu.gdb.aarch64.fpu, org.gnu.gdb.i386.sse), which the REPL does not show either.
/// </remarks>
internal sealed class GdbRegisters
{
    private const string SystemFeature = "org.rcuemu.system";

    // PSTATE.M of EL1 with SP_EL1, and PSTATE.I.
    private const ulong El1h = 5, MaskedIrq = 0x80;

    private static readonly string[] Selectors = ["cs", "ss", "ds", "es", "fs", "gs"];

    private readonly DebugSession _session;
    private readonly bool _isX64;

    public GdbRegisters(DebugSession session)
    {
        _session = session;
        _isX64 = session.Machine.Architecture == Architecture.X64;
        All = [.. _isX64 ? X64() : A64(), .. SystemNames().Select(name => new GdbRegister(name, 64, null, SystemFeature))];
    }

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<GdbRegister> All { get; }

    /// <summary><c>target.xml</c>.</summary>
    public string Description()
    {
        var xml = new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">");
        xml.Append(CultureInfo.InvariantCulture, $"<architecture>{(_isX64 ? "i386:x86-64" : "aarch64")}</architecture>");
        foreach (var feature in All.GroupBy(register => register.Feature))
        {
            xml.Append(CultureInfo.InvariantCulture, $"<feature name=\"{feature.Key}\">");
            foreach (GdbRegister register in feature)
            {
                string type = register.Type is null ? "" : $" type=\"{register.Type}\"";
                xml.Append(CultureInfo.InvariantCulture, $"<reg name=\"{register.Name}\" bitsize=\"{register.Bits}\"{type}/>");
            }

            xml.Append("</feature>");
        }

        return xml.Append("</target>").ToString();
    }

    /// <summary>All registers of a core as hex. One that executes no instructions has none: all are 0.</summary>
    public string Read(int core)
    {
        var hex = new StringBuilder();
        foreach (GdbRegister register in All)
            Append(hex, register, core);

        return hex.ToString();
    }

    /// <summary>One register as hex, or null where there is none of this number.</summary>
    public string? Read(int core, int number)
    {
        if (number < 0 || number >= All.Count)
            return null;

        var hex = new StringBuilder();
        Append(hex, All[number], core);
        return hex.ToString();
    }

    /// <summary>Writes one register, little-endian. False where it cannot be written.</summary>
    public bool Write(int core, int number, ReadOnlySpan<byte> bytes)
    {
        if (number < 0 || number >= All.Count || bytes.Length < All[number].Bytes || _session.ContextOf(core) is not { } context)
            return false;

        if (All[number].Bits > 64 || Spelled(All[number].Name) is not { } name)
            return false;

        Span<byte> word = stackalloc byte[8];
        word.Clear();
        bytes[..All[number].Bytes].CopyTo(word);
        return _session.WriteRegister(context, name, BitConverter.ToUInt64(word));
    }

    private static IEnumerable<GdbRegister> A64()
    {
        const string Core = "org.gnu.gdb.aarch64.core";
        for (int i = 0; i < 31; i++)
            yield return new GdbRegister($"x{i}", 64, null, Core);

        yield return new GdbRegister("sp", 64, "data_ptr", Core);
        yield return new GdbRegister("pc", 64, "code_ptr", Core);
        yield return new GdbRegister("cpsr", 32, null, Core);
    }

    private static IEnumerable<GdbRegister> X64()
    {
        const string Core = "org.gnu.gdb.i386.core";
        string[] general = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
        foreach (string name in general)
            yield return new GdbRegister(name, 64, name is "rbp" or "rsp" ? "data_ptr" : "int64", Core);

        yield return new GdbRegister("rip", 64, "code_ptr", Core);
        foreach (string name in (string[])["eflags", "cs", "ss", "ds", "es", "fs", "gs"])
            yield return new GdbRegister(name, 32, "int32", Core);

        for (int i = 0; i < 8; i++)
            yield return new GdbRegister($"st{i}", 80, "i387_ext", Core);

        foreach (string name in (string[])["fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"])
            yield return new GdbRegister(name, 32, "int", Core);

        yield return new GdbRegister("fs_base", 64, "int64", "org.gnu.gdb.i386.segments");
        yield return new GdbRegister("gs_base", 64, "int64", "org.gnu.gdb.i386.segments");
    }

    private IEnumerable<string> SystemNames()
    {
        string[] wanted = _isX64 ? ["cr0", "cr2", "cr3", "cr4"] : ["sp_el0", "tpidr_el1", "daif", "elr_el1", "spsr_el1", "esr_el1", "far_el1", "vbar_el1"];
        return wanted.Where(name => _session.Machine.Engine.SystemRegisterNames.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private void Append(StringBuilder hex, GdbRegister register, int core)
    {
        Span<byte> bytes = stackalloc byte[10];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, Value(core, register));
        hex.Append(Convert.ToHexStringLower(bytes[..register.Bytes]));
    }

    private ulong Value(int core, GdbRegister register)
    {
        if (_session.ContextOf(core) is not { } context || register.Bits > 64)
            return 0;

        if (register.Feature == SystemFeature || Selectors.Contains(register.Name))
            return _session.Machine.Engine.TryReadSystem(_session.Machine.Cores[core], register.Name, out ulong value) ? value : 0;

        return register.Name switch
        {
            "cpsr" => _session.Machine.Engine.ReadRegister(context, "nzcv") | El1h | (_session.Machine.Cores[core].IsMasked ? MaskedIrq : 0),
            _ => Spelled(register.Name) is { } name ? _session.Machine.Engine.ReadRegister(context, name) : 0,
        };
    }

    // The engine's name of one of gdb's registers, or null where it has none.
    private string? Spelled(string name) => name switch
    {
        "cpsr" => "nzcv",
        "eflags" => "rflags",
        _ when Selectors.Contains(name) => null,
        _ when name.StartsWith("st", StringComparison.Ordinal) || (_isX64 && name[0] == 'f' && name is not "fs_base") => null,
        _ => SystemNames().Contains(name) ? null : name,
    };
}
