using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>
/// One operand of a spelling: it knows its bits, so it decodes, prints and parses itself. The decoder, the
/// disassembler and the assembler are loops over these.
/// </summary>
internal abstract class A64Operand
{
    /// <summary>False where the operand's bits make the encoding unallocated.</summary>
    public virtual bool IsAllocated(uint word) => true;

    /// <summary>Puts the operand's value into the fields of <paramref name="insn"/>.</summary>
    public virtual void Decode(uint word, ref A64Insn insn)
    {
    }

    /// <summary>The registers it reads and writes.</summary>
    public virtual A64Roles Roles(uint word) => default;

    /// <summary>Prints it.</summary>
    public abstract void Format(uint word, in A64FormatContext context, StringBuilder text);

    /// <summary>Reads it from text into its bits.</summary>
    public abstract bool Parse(ref A64Scanner scanner, ref uint word);

    /// <summary>The <paramref name="count"/> bits of <paramref name="word"/> from bit <paramref name="low"/>.</summary>
    protected static uint Get(uint word, int low, int count) => (word >> low) & ((1u << count) - 1);

    /// <summary>The same bits as a two's complement number.</summary>
    protected static int GetSigned(uint word, int low, int count) => (int)(word << (32 - low - count)) >> (32 - count);

    /// <summary>Puts <paramref name="value"/> into <paramref name="count"/> bits from bit <paramref name="low"/>.</summary>
    protected static void Put(ref uint word, int low, int count, uint value)
    {
        uint mask = ((1u << count) - 1) << low;
        word = (word & ~mask) | ((value << low) & mask);
    }

    /// <summary>A number as the GNU tools print it: #0x2a.</summary>
    protected static void AppendHex(StringBuilder text, ulong value) =>
        text.Append("#0x").Append(value.ToString("x", null));
}
