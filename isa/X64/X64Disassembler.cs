using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>How instructions are spelled.</summary>
public enum X64Syntax : byte
{
    /// <summary>Destination first, lower case, sizes as <c>qword ptr</c>: objdump -M intel, gdb.</summary>
    Intel,

    /// <summary>Source first, registers with %: objdump's and the kernel's own.</summary>
    Att,
}

/// <summary>Bytes to text, over Iced's formatters.</summary>
public static class X64Disassembler
{
    [ThreadStatic]
    private static Speller? _speller;

    /// <summary>
    /// The instruction at <paramref name="rip"/> as text: <c>call 0xffffffff81000010 &lt;ftrace_caller&gt;</c>. <paramref name="symbolize"/> names an
    /// address or gives null; a RIP-relative operand gets its address behind <c>#</c>, as objdump has it. <paramref name="length"/> is the instruction's, in bytes; bytes that are no instruction give
    /// <c>(bad)</c> and 1, no bytes at all <c>(bad)</c> and 0.
    /// </summary>
    public static string Format(
        ReadOnlySpan<byte> bytes,
        ulong rip,
        out int length,
        Func<ulong, string?>? symbolize = null,
        X64Syntax syntax = X64Syntax.Intel)
    {
        X64Decoder.DecodeIced(bytes, rip, out Instruction iced, out bool incomplete);
        if (incomplete || iced.IsInvalid)
        {
            length = Math.Min(bytes.Length, 1);
            return "(bad)";
        }

        length = iced.Length;
        return (_speller ??= new Speller()).Spell(iced, symbolize, syntax);
    }

    /// <summary>The address that an instruction names as its target or as its RIP-relative operand, or null.</summary>
    private static ulong? Named(in Instruction iced)
    {
        if (iced.OpCount > 0 && iced.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64)
            return iced.NearBranchTarget;

        return iced.IsIPRelativeMemoryOperand ? iced.IPRelativeMemoryAddress : null;
    }

    private sealed class Speller
    {
        private readonly StringOutput _output = new();
        private readonly Formatter _intel = new IntelFormatter(), _att = new GasFormatter();

        public Speller()
        {
            SetOptions(_intel.Options);
            SetOptions(_att.Options);
            _intel.Options.AlwaysShowScale = true;
            _att.Options.GasShowMnemonicSizeSuffix = false;
        }

        public string Spell(in Instruction iced, Func<ulong, string?>? symbolize, X64Syntax syntax)
        {
            (syntax == X64Syntax.Intel ? _intel : _att).Format(iced, _output);
            string text = _output.ToStringAndReset();
            if (symbolize is null || Named(iced) is not ulong address || symbolize(address) is not string name)
                return text;

            return iced.IsIPRelativeMemoryOperand ? $"{text} # 0x{address:x} <{name}>" : $"{text} <{name}>";
        }

        private static void SetOptions(FormatterOptions options)
        {
            options.HexPrefix = "0x";
            options.HexSuffix = null;
            options.UppercaseHex = false;
            options.SmallHexNumbersInDecimal = false;
            options.BranchLeadingZeros = false;
            options.LeadingZeros = false;
            options.SpaceAfterOperandSeparator = false;
            options.RipRelativeAddresses = true;
            options.ShowBranchSize = false;
            options.MemorySizeOptions = MemorySizeOptions.Always;
        }
    }
}
